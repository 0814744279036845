"""ASGI middleware: gives each request its id, and records how it went.

On the drop-in path every microsecond counts, so this only counts and appends; `log` does the rest, later.
"""

from __future__ import annotations

from collections.abc import Iterable
from time import perf_counter

from django.conf import settings
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from harvest_bridge import request_context
from harvest_bridge.trace_context import TraceContext

from .areas import NOT_LOGGED, area_of
from .buffer import RequestLog
from .traces import traced

_ID = b"x-request-id"
_READ = frozenset({_ID, b"traceparent", b"tracestate"})
# A year, of this host alone: what else lives on the domain is not ours to decide.
_ALWAYS = [(b"strict-transport-security", b"max-age=31536000")] if settings.IS_HTTPS else []
_LASTING = b"text/event-stream"


async def request_log_middleware(app: ASGIApp, log: RequestLog, scope: Scope, receive: Receive, send: Send) -> None:
    """Let `app` answer one request. Its id goes out with the answer; Harvest's own keeps another name."""
    context = _begin(scope)
    context.address = scope["client"][0] if scope.get("client") else ""
    request_id = (_ID, context.request_id.encode())

    async def counted_receive() -> Message:
        message = await receive()
        if body := message.get("body"):
            context.bytes_in += len(body)
        return message

    async def counted_send(message: Message) -> None:
        if message["type"] == "http.response.start":
            context.status = message["status"]
            headers = [_renamed(pair) for pair in message["headers"]]
            if context.area == "timer" and _is_lasting(headers):
                context.ended = perf_counter()  # a stream of events stays open for hours: its beginning is what counts
            message = {**message, "headers": [*headers, request_id, *_ALWAYS]}
        elif message["type"] == "http.response.body":
            context.bytes_out += len(message.get("body", b""))
            context.is_whole = context.ended > 0 or not message.get("more_body", False)
        await send(message)

    try:
        with traced(context):
            await app(scope, counted_receive, counted_send)
    finally:
        if context.area != NOT_LOGGED:
            context.ended = context.ended or perf_counter()
            log.note(context)


def _begin(scope: Scope) -> request_context.RequestContext:
    given: dict[bytes, list[str]] = {}
    for name, value in scope["headers"]:
        if name in _READ:
            given.setdefault(name, []).append(value.decode("latin-1"))
    if not given:
        return request_context.begin(
            area_of(scope["path"]), scope["method"], scope["raw_path"], request_context.request_id_from([]), None
        )
    trace = TraceContext.read(given.get(b"traceparent", []), given.get(b"tracestate", []))
    request_id = request_context.request_id_from(given.get(_ID, []))
    return request_context.begin(area_of(scope["path"]), scope["method"], scope["raw_path"], request_id, trace)


def _renamed(pair: tuple[bytes, bytes]) -> tuple[bytes, bytes]:
    return (b"x-harvest-request-id", pair[1]) if pair[0] == _ID else pair


def _is_lasting(headers: Iterable[tuple[bytes, bytes]]) -> bool:
    return any(name == b"content-type" and value.startswith(_LASTING) for name, value in headers)
