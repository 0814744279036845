"""Measures calls to Harvest, for the request log and for Prometheus."""

from __future__ import annotations

from contextlib import AbstractContextManager
from time import perf_counter

from harvest_bridge import metrics, request_context, tracing
from harvest_bridge.harvest.budgets import Budget, Lane
from harvest_bridge.harvest.deadline import Deadline
from harvest_bridge.harvest.errors import HarvestRateLimited
from harvest_bridge.harvest.operations.operation import Host
from harvest_bridge.harvest.pacing.pacer import Pacer
from harvest_bridge.harvest.pacing.slots import Granted

# Less is no wait: what the store of slots takes to answer.
_SHORTEST_WAIT_SECONDS = 0.001


def note_call(host: Host, started: float, status: int | None) -> None:
    """One call is over that began at `started`, by `perf_counter`, with an answer of that `status` or none."""
    name = host.name.lower()
    metrics.HARVEST_SECONDS.labels(name).observe(perf_counter() - started)
    metrics.HARVEST_CALLS.labels(name, status or "none").inc()
    request_context.note_harvest(started, calls=1)


def trace_headers() -> list[tuple[str, str]]:
    """`traceparent` and `tracestate` for a call: of our own span, else where its caller sent some."""
    context = request_context.current()
    if own := tracing.traceparent():
        state = context.trace.state if context is not None and context.trace is not None else ""
        return [("traceparent", own), *([("tracestate", state)] if state else [])]
    return context.trace.onward() if context is not None and context.trace is not None else []


def attempt_span(about: str, attempt: int, lane: Lane) -> AbstractContextManager[tracing.Span]:
    """Around one attempt of a call, the wait for its slot included. `about` is verb and path."""
    if not tracing.IS_ON:
        return tracing.span("")
    verb, _, path = about.partition(" ")
    name = f"Harvest {verb} {tracing.path_template(path)}"
    return tracing.span(name, "client", http_method=verb, harvest_attempt=attempt, harvest_lane=lane.name.lower())


async def acquire(pacer: Pacer, key: str, budget: Budget, *, lane: Lane, deadline: Deadline) -> Granted:
    """`Pacer.acquire`, watched."""
    started = perf_counter()
    try:
        granted = await pacer.acquire(key, budget, lane=lane, deadline=deadline)
    except HarvestRateLimited:
        metrics.PACING_REFUSALS.labels(lane.name.lower()).inc()
        raise
    finally:
        waited = perf_counter() - started
        if waited > _SHORTEST_WAIT_SECONDS:
            metrics.PACING_WAITS.labels(lane.name.lower()).observe(waited)
            request_context.note_wait(started)
    request_context.note_budget(granted.state.limit, granted.state.remaining)
    return granted
