"""Deletes an entry, and keeps what an undo needs to create it again."""

from __future__ import annotations

from typing import Any

from harvest_bridge.harvest.errors import HarvestNotFound
from harvest_bridge.harvest.operations import delete_time_entry
from harvest_bridge.harvest.records import TimeEntry
from timer_widget import state

from .attempt import Attempt, Done
from .edits import entry_meant
from .snapshots import snapshot


def delete(attempt: Attempt) -> Done:
    """Deleting an entry that is gone succeeds. `undo` creates it again. Errors: as of an edit."""
    entry_id = entry_meant(attempt)
    try:
        before = attempt.open_entry(entry_id)
    except HarvestNotFound:
        attempt.note(entry_id=entry_id)
        return Done(None)
    attempt.note(deleted=_fields_for_undo(before), was=snapshot(before))
    attempt.harvest.call(delete_time_entry(before.id))
    return Done(before, is_running_known=before.is_running, leaves_running=not before.is_running)


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
