"""Turns a finished request into its log row and its Prometheus counts."""

from __future__ import annotations

import math
from datetime import UTC, datetime
from typing import NamedTuple
from uuid import UUID

from harvest_bridge import metrics
from harvest_bridge.crypto.redaction import redact
from harvest_bridge.request_context import RequestContext

from .path_templates import template_of

BINS_PER_DOUBLING = 8
_FIRST_BIN_MICROSECONDS = 100
_LAST_BIN = 255
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT"})
# Nginx's word for a caller that left before the answer.
_CALLER_GONE = 499
_MICROSECONDS = 1_000_000


class Row(NamedTuple):
    """The columns of `RequestRecord`, in their order."""

    at: datetime
    minute: int
    area: str
    method: str
    template: str
    status: int
    code: str
    caller: str
    host_app_id: UUID | None
    api_key_id: int | None
    connection_id: UUID | None
    tenant_id: str
    bytes_in: int
    bytes_out: int
    own_microseconds: int
    waited_microseconds: int
    harvest_microseconds: int
    harvest_calls: int
    duration_bin: int
    budget_limit: int | None
    budget_remaining: int | None
    budget_used_percent: int | None
    request_id: str
    trace_id: str


def row_of(context: RequestContext) -> Row:
    """Parts may overlap by a moment where calls ran side by side, so our own time is never below nothing."""
    total = context.ended - context.started
    own = max(0.0, total - context.harvest_seconds - context.waited_seconds)
    who, status, code = context.who, context.status, context.code
    if not status:
        status, code = _CALLER_GONE, "caller_gone"
    elif not context.is_whole:
        code = code or "broken_off"
    return Row(
        at=datetime.fromtimestamp(context.started_at, UTC),
        minute=int(context.started_at // 60),
        area=context.area,
        method=context.method if context.method in _METHODS else "OTHER",
        template=template_of(context.raw_path, context.route)[:200],
        status=status,
        code=code[:60],
        caller=who.caller,
        host_app_id=who.host_app_id,
        api_key_id=who.api_key_id,
        connection_id=who.connection_id,
        tenant_id=who.tenant_id,
        bytes_in=context.bytes_in,
        bytes_out=context.bytes_out,
        own_microseconds=_microseconds(own),
        waited_microseconds=_microseconds(context.waited_seconds),
        harvest_microseconds=_microseconds(context.harvest_seconds),
        harvest_calls=min(context.harvest_calls, 32_767),
        duration_bin=bin_of(total),
        budget_limit=context.budget_limit,
        budget_remaining=context.budget_remaining,
        budget_used_percent=_used_percent(context),
        request_id=redact(context.request_id),
        trace_id=context.trace.trace_id if context.trace else "",
    )


def count(row: Row) -> None:
    metrics.REQUESTS.labels(row.area, row.status).inc()
    metrics.OWN_SECONDS.labels(row.area).observe(row.own_microseconds / _MICROSECONDS)
    if row.harvest_calls:
        metrics.REQUEST_HARVEST_SECONDS.labels(row.area).observe(row.harvest_microseconds / _MICROSECONDS)
    if row.budget_used_percent is not None:
        metrics.BUDGET_USED.observe(row.budget_used_percent / 100)


def bin_of(seconds: float) -> int:
    """Durations in classes that double every eighth, so that percentiles can be read from counts, within 9 %."""
    steps = seconds * _MICROSECONDS / _FIRST_BIN_MICROSECONDS
    return min(_LAST_BIN, max(0, math.floor(math.log2(steps) * BINS_PER_DOUBLING))) if steps > 1 else 0


def longest_of(duration_bin: int) -> float:
    """The upper end of a class, in seconds."""
    return _FIRST_BIN_MICROSECONDS * 2 ** ((duration_bin + 1) / BINS_PER_DOUBLING) / _MICROSECONDS


def _used_percent(context: RequestContext) -> int | None:
    if not context.budget_limit or context.budget_remaining is None:
        return None
    return max(0, min(100, round(100 * (context.budget_limit - context.budget_remaining) / context.budget_limit)))


def _microseconds(seconds: float) -> int:
    return min(2_147_483_647, round(seconds * _MICROSECONDS))
