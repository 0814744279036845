"""Forgotten timers as their person sees them: those that wait for an answer, and those stopped automatically."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone

from timer_widget.models import ForgottenStatus, ForgottenTimer, IntentStatus, Person
from timer_widget.state import iso

ANSWERS = {
    ForgottenStatus.OPEN: ["stop", "continue", "move", "keep"],
    ForgottenStatus.STOPPED: ["restore", "accept"],
}


def waiting(person: Person, *, now: datetime) -> QuerySet[ForgottenTimer]:
    """Oldest first."""
    is_open = Q(status=ForgottenStatus.OPEN)
    is_reversible = Q(status=ForgottenStatus.STOPPED, reversible_until__gt=now)
    return ForgottenTimer.objects.filter(is_open | is_reversible, person=person).order_by("found_at")


def serialize_forgotten(
    person: Person, running: dict[str, Any] | None, clicks: list[dict[str, Any]]
) -> list[dict[str, Any]]:
    """Without those whose answer is pending among the person's `clicks`, and those whose run has ended."""
    rows = [
        row
        for row in waiting(person, now=timezone.now())
        if row.status == ForgottenStatus.STOPPED or is_run(row, running)
    ]
    answered = {click["forgotten_id"] for click in clicks if click["status"] == IntentStatus.PENDING}
    return [serialize_forgotten_timer(row) for row in rows if str(row.pk) not in answered]


def serialize_forgotten_timer(row: ForgottenTimer) -> dict[str, Any]:
    """Moments as text. `likely_stop_at` is the last sign of the person."""
    running = row.running
    return {
        "id": str(row.pk),
        "status": row.status,
        "entry_id": row.entry_id,
        **{name: running.get(name) for name in ("item", "client", "project", "task", "notes")},
        "began_at": iso(row.began_at),
        "due_at": iso(row.due_at),
        "found_at": iso(row.found_at),
        "reason": row.reason,
        "likely_stop_at": iso(row.likely_stop_at),
        "stopped_at": iso(row.stopped_at),
        "reversible_until": iso(row.reversible_until),
        "answers": ANSWERS.get(ForgottenStatus(row.status), []),
    }


def is_run(row: ForgottenTimer, running: dict[str, Any] | None) -> bool:
    """Whether the run that was asked about still goes on; one that began after the question is another run."""
    if running is None or running["entry_id"] != row.entry_id:
        return False
    return running["started_at"] is None or datetime.fromisoformat(running["started_at"]) <= row.found_at
