"""The span of a request, beneath the span of whoever sent its `traceparent`: the browser, or the host's back end."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext

from harvest_bridge import tracing
from harvest_bridge.request_context import RequestContext

from .areas import NOT_LOGGED
from .path_templates import template_of

_OFF: AbstractContextManager[None] = nullcontext()
_LASTING = b"/stream"  # of server-sent events, open for hours


def traced(context: RequestContext) -> AbstractContextManager[None]:
    """Around the answer to a request that the request log keeps as well. Nothing where traces are off."""
    is_wanted = tracing.IS_ON and context.area != NOT_LOGGED and not context.raw_path.endswith(_LASTING)
    return _traced(context) if is_wanted else _OFF


@contextmanager
def _traced(context: RequestContext) -> Iterator[None]:
    parent = context.trace.parent if context.trace is not None else ""
    with tracing.span(f"{context.method} {context.area}", "server", parent=parent) as span:
        try:
            yield
        finally:
            _tell(span, context)


def _tell(span: tracing.Span, context: RequestContext) -> None:
    who = context.who
    span.note(
        http_method=context.method,
        http_route=template_of(context.raw_path, context.route),
        http_status=context.status or None,
        bridge_request_id=context.request_id,
        bridge_caller=who.caller or None,
        bridge_host_app_id=str(who.host_app_id) if who.host_app_id else None,
        bridge_connection_id=str(who.connection_id) if who.connection_id else None,
        bridge_code=context.code or None,
    )
    if context.status >= 500:
        span.fail(context.code or str(context.status))
