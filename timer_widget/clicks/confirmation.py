"""Believes no answer to a write that contradicts what was asked: the entry is read once more, by its id."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import time
from typing import Any

from harvest_bridge.harvest.operations import get_time_entry, update_time_entry
from harvest_bridge.harvest.records import TimeEntry
from timer_widget import state
from timer_widget.access import Harvest
from timer_widget.errors import ChangeNotKept

IsAsAsked = Callable[[TimeEntry], bool]


def as_it_is(harvest: Harvest, answer: TimeEntry, is_as_asked: IsAsAsked) -> TimeEntry:
    """The answer, or the entry that Harvest keeps where the answer is not as asked. Errors: the HarvestError tree."""
    return answer if is_as_asked(answer) else harvest.call(get_time_entry(answer.id))


def confirmed(harvest: Harvest, answer: TimeEntry, is_as_asked: IsAsAsked) -> TimeEntry:
    """The same. Errors: ChangeNotKept where neither is as asked; the HarvestError tree."""
    entry = as_it_is(harvest, answer, is_as_asked)
    if not is_as_asked(entry):
        raise ChangeNotKept("Harvest accepted the change, but keeps the entry as it was.", retry_after=1)
    return entry


def change_entry(harvest: Harvest, before: TimeEntry, **fields: Any) -> TimeEntry:
    """What Harvest rounds or moves is as asked too; what is as it was before is not. Errors: as `confirmed`."""
    answer = harvest.call(update_time_entry(before.id, **fields))
    return confirmed(harvest, answer, lambda now: shows(now, fields) or has_changed(before, now))


def has_changed(before: TimeEntry, now: TimeEntry) -> bool:
    """Whether its time was written, whatever a running timer has counted meanwhile."""
    return _time_of(before) != _time_of(now)


def shows(entry: TimeEntry, fields: Mapping[str, Any]) -> bool:
    """Whether an entry has what was written. Notes are left out: Harvest may keep them in other characters."""
    kept = {
        "project_id": entry.project.id if entry.project else None,
        "task_id": entry.task.id if entry.task else None,
        "spent_date": entry.spent_date,
        "hours": entry.hours,
        "started_time": state.clock_time(entry.started_time),
        "ended_time": state.clock_time(entry.ended_time),
    }
    return all(kept[name] == _on_clock(value) for name, value in fields.items() if name in kept and value is not None)


def _on_clock(value: Any) -> Any:
    return value.strftime("%H:%M") if isinstance(value, time) else value


def _time_of(entry: TimeEntry) -> tuple[Any, ...]:
    counted = None if entry.is_running else entry.hours
    return entry.hours_without_timer, entry.timer_started_at, entry.started_time, entry.ended_time, counted
