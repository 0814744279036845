"""Spans of our own by OpenTelemetry: off, and nothing of it imported, unless OTEL_EXPORTER_OTLP_ENDPOINT is set.

Attributes are ids of ours, templates of paths, states and counts: never a name, an address, a token or a body. What an
error said stays out as well; its class is told.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from functools import cache
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, Literal, Protocol

if TYPE_CHECKING:
    from opentelemetry.trace import Tracer

Value = str | int | float | bool
Kind = Literal["internal", "server", "client", "consumer"]

IS_WANTED = bool(os.environ.get("OTEL_EXPORTER_OTLP_ENDPOINT"))
IS_INSTALLED = not IS_WANTED or find_spec("opentelemetry.sdk") is not None
IS_ON = IS_WANTED and IS_INSTALLED

_WORD = re.compile(r"[a-z_]{1,40}")


class Span(Protocol):
    """What is done just now."""

    def note(self, **attributes: Value | None) -> None:
        """Attributes, `http_route` as `http.route`; those that are None are left out."""
        ...

    def fail(self, reason: str) -> None:
        """It did not work; `reason` is a stable code."""
        ...


class _NoSpan:
    def note(self, **attributes: Value | None) -> None:
        """Traces are off."""

    def fail(self, reason: str) -> None:
        """Traces are off."""


_OFF: AbstractContextManager[Span] = nullcontext(_NoSpan())


def span(
    name: str, kind: Kind = "internal", *, parent: str = "", **attributes: Value | None
) -> AbstractContextManager[Span]:
    """A span around what follows. `parent` is a `traceparent`; empty for the span under way, or a trace of its own."""
    return _span(name, kind, parent, attributes) if IS_ON else _OFF


def traceparent() -> str:
    """Of the span under way, to be sent along or kept; empty where there is none."""
    if not IS_ON:
        return ""
    from opentelemetry.trace import get_current_span

    context = get_current_span().get_span_context()
    return f"00-{context.trace_id:032x}-{context.span_id:016x}-{context.trace_flags:02x}" if context.is_valid else ""


def path_template(path: str) -> str:
    """`/v2/users/7/cost_rates` -> `/v2/users/{id}/cost_rates`: nothing but words and `{id}`, as in the request log."""
    return "/".join(_part(part) for part in path.partition("?")[0].split("/"))


def _part(part: str) -> str:
    if part in ("", "v2") or _WORD.fullmatch(part):
        return part
    return "{id}" if part.isascii() and part.isdecimal() else "{other}"


@contextmanager
def _span(name: str, kind: Kind, parent: str, attributes: dict[str, Value | None]) -> Iterator[Span]:
    from opentelemetry.trace import SpanKind
    from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

    context = TraceContextTextMapPropagator().extract({"traceparent": parent}) if parent else None
    with _tracer().start_as_current_span(
        name, context, kind=SpanKind[kind.upper()], record_exception=False, set_status_on_exception=False
    ) as current:
        ours = _OpenTelemetrySpan(current)
        ours.note(**attributes)
        try:
            yield ours
        except BaseException as error:
            ours.fail(type(error).__name__)
            raise


class _OpenTelemetrySpan:
    def __init__(self, current: Any) -> None:
        self._current = current

    def note(self, **attributes: Value | None) -> None:
        for name, value in attributes.items():
            if value is not None:
                self._current.set_attribute(name.replace("_", ".", 1), value)

    def fail(self, reason: str) -> None:
        from opentelemetry.trace import StatusCode

        self._current.set_status(StatusCode.ERROR)
        self._current.set_attribute("error.type", reason)


@cache
def _tracer() -> Tracer:
    """Of this process. The SDK reads the other OTEL_… variables, and sends what is left when the process ends."""
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
    from opentelemetry.sdk.resources import Resource
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import BatchSpanProcessor

    from harvest_bridge.version import version

    name = os.environ.get("OTEL_SERVICE_NAME", "harvest-bridge")
    provider = TracerProvider(resource=Resource.create({"service.name": name, "service.version": version()}))
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
    return provider.get_tracer("harvest_bridge")
