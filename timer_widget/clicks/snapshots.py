"""A time entry as the history of clicks keeps it: in words, and short. Pure."""

from __future__ import annotations

from typing import Any

from harvest_bridge.harvest.records import Named, TimeEntry
from timer_widget import state

# In the order in which a change of them is told.
FIELDS = ("client", "project", "task", "spent_date", "hours", "started_time", "ended_time", "started_at", "notes")


def snapshot(entry: TimeEntry | None) -> dict[str, Any] | None:
    """Shape: `FIELDS`, each text or None; `started_at` is that of a timer that runs."""
    if entry is None:
        return None
    return {
        "client": _name(entry.client),
        "project": _name(entry.project),
        "task": _name(entry.task),
        "spent_date": entry.spent_date.isoformat(),
        "hours": str(entry.hours),
        "started_time": state.clock_time(entry.started_time),
        "ended_time": state.clock_time(entry.ended_time),
        "started_at": state.iso(entry.timer_started_at) if entry.is_running else None,
        "notes": entry.notes,
    }


def _name(record: Named | None) -> str | None:
    return record.name if record else None
