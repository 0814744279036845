"""Deletes an entry, and keeps what an undo needs to create it again."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.utils import timezone

from harvest_bridge.harvest.errors import HarvestNotFound
from harvest_bridge.harvest.operations import delete_time_entry
from harvest_bridge.harvest.records import TimeEntry
from timer_widget import state

from .attempt import Attempt, Done
from .edits import entry_meant
from .later_changes import (
    LaterRuns,
    changed_later,
    is_changed_since,
    runs_begun_since,
    started_again,
    write_hours_before,
)
from .snapshots import snapshot
from .work_times import hours_of


def delete(attempt: Attempt) -> Done:
    """Deleting an entry that is gone succeeds. `undo` creates it again. Errors: as of an edit."""
    entry_id = entry_meant(attempt)
    try:
        before = attempt.open_entry(entry_id)
    except HarvestNotFound:
        attempt.note(entry_id=entry_id)
        return Done(None)
    if is_changed_since(attempt, entry_id):
        attempt.note(entry_id=entry_id)
        return Done(None, leaves_running=True, outcome=changed_later(before))
    later = runs_begun_since(attempt, before)
    if later is not None:
        return _delete_before(attempt, before, later)
    attempt.note(deleted=_fields_for_undo(before) | _hours_at(attempt, before), was=snapshot(before))
    attempt.harvest.call(delete_time_entry(before.id))
    return Done(before, is_running_known=before.is_running, leaves_running=not before.is_running)


def _delete_before(attempt: Attempt, entry: TimeEntry, later: LaterRuns) -> Done:
    """The entry was continued after the click: that stays, and only the time from before is taken away."""
    part = _fields_for_undo(entry) | {"hours": str(later.hours_before), "started_time": None, "ended_time": None}
    attempt.note(deleted=attempt.progress.get("deleted") or part, was=attempt.progress.get("was") or snapshot(entry))
    left, kept = write_hours_before(attempt, entry, later, Decimal(0))
    running = left if left.is_running else None
    return Done(
        left, None, running, left.is_running, leaves_running=not left.is_running, outcome=kept | started_again(left)
    )


def _hours_at(attempt: Attempt, entry: TimeEntry) -> dict[str, Any]:
    """Of a timer that ran on until a late click was heard of: without what came after that."""
    ran_on = max(0, state.seconds_of(entry, timezone.now()) - state.seconds_of(entry, attempt.moment))
    return {"hours": str(entry.hours - hours_of(timedelta(seconds=ran_on)))} if entry.is_running else {}


def _fields_for_undo(entry: TimeEntry) -> dict[str, Any]:
    return {
        "project_id": entry.project.id if entry.project else None,
        "task_id": entry.task.id if entry.task else None,
        "spent_date": entry.spent_date.isoformat(),
        "notes": entry.notes,
        "hours": str(entry.hours),
        "started_time": state.clock_time(entry.started_time),
        "ended_time": state.clock_time(entry.ended_time),
        "reference": entry.external_reference.to_harvest() if entry.external_reference else None,
    }
