"""The trace of a click, kept with it, so that the worker's replay belongs to what the person did in their browser."""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import Any

from harvest_bridge import tracing
from timer_widget.models import Intent

_NAME = "traceparent"


def kept() -> dict[str, Any]:
    """What a click notes of the request that brought it; nothing where traces are off."""
    parent = tracing.traceparent()
    return {_NAME: parent} if parent else {}


def execution_span(intent: Intent, *, is_replay: bool) -> AbstractContextManager[tracing.Span]:
    """Around one attempt at a click: beneath the request under way, or in a worker beneath the one that was kept."""
    if not tracing.IS_ON:
        return tracing.span("")
    parent = str(intent.progress.get(_NAME, "")) if is_replay else ""
    return tracing.span(
        f"click {intent.kind}",
        "consumer" if is_replay else "internal",
        parent=parent,
        click_id=str(intent.pk),
        click_attempt=intent.attempts + 1,
        click_replay=is_replay,
    )
