"""Edits an existing entry, or moves the start of a running timer."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from harvest_bridge.harvest.operations import update_time_entry
from harvest_bridge.harvest.records import TimeEntry
from timer_widget import state
from timer_widget.account_mode import Mode, fields_of, mode_of
from timer_widget.errors import NotRunning
from timer_widget.models import IntentStatus

from . import timeline
from .attempt import Attempt, Done
from .confirmation import change_entry, confirmed, shows
from .later_changes import runs_begun_since
from .snapshots import snapshot
from .time_writing import begin_at, requested_time_fields, shows_time, write_time

_PLACE = ("project_id", "task_id", "notes")


def edit(attempt: Attempt) -> Done:
    """What is given of one of the person's own entries; a running one goes on running.

    Errors: NotYourEntry, EntryLocked, HarvestErrors.
    """
    entry = attempt.open_entry(entry_meant(attempt))
    _note_run(attempt, entry)
    if not _is_written(attempt, entry):
        entry = _edit(attempt, entry)
    return _done(attempt, entry)


def move(attempt: Attempt) -> Done:
    """The running timer as if it had begun at another moment. Errors: as `edit`, and NotRunning."""
    entry = attempt.open_entry(entry_meant(attempt))
    if not entry.is_running or runs_begun_since(attempt, entry) is not None:
        raise NotRunning("entry_id: this timer does not run any more.")
    _note_run(attempt, entry)
    started_at = attempt.asked["started_at"]
    return _done(
        attempt, begin_at(attempt.harvest, entry, datetime.fromisoformat(started_at)), {"started_at": started_at}
    )


def entry_meant(attempt: Attempt) -> int:
    """By its id, or by the key of the start that made it. Errors: StartUnknown, NotRunning."""
    start = timeline.start_named(attempt.intent)
    if start is None:
        return int(attempt.asked["entry_id"])
    if start.status != IntentStatus.DONE or start.harvest_entry_id is None:
        raise NotRunning("start_key: this start has not been done.")
    return start.harvest_entry_id


def _is_written(attempt: Attempt, entry: TimeEntry) -> bool:
    """Whether an earlier attempt changed it: then it is no more as it was before that."""
    before, now = attempt.progress.get("before"), _written(entry)
    attempt.note(before=before or now)
    return attempt.was_sent and before is not None and before != now


def _edit(attempt: Attempt, before: TimeEntry) -> TimeEntry:
    asked, harvest = attempt.asked, attempt.harvest
    place: dict[str, Any] = {name: asked[name] for name in _PLACE if name in asked}
    if "spent_date" in asked:
        place["spent_date"] = date.fromisoformat(asked["spent_date"])
    time = requested_time_fields(attempt, place.get("spent_date", before.spent_date), Mode.UNKNOWN)
    if not time:
        return change_entry(harvest, before, **place)
    known, has_times = mode_of(harvest), asked.get("started_time") is not None
    written = write_time(
        harvest,
        before,
        lambda mode: harvest.call(update_time_entry(before.id, **place, **fields_of(mode, time))),
        lambda mode, entry: shows_time(mode, entry, time, by_times=has_times and mode == known),
    )
    return confirmed(harvest, written, lambda entry: shows(entry, place))


def _written(entry: TimeEntry) -> list[str]:
    """What people write; the hours of a running timer change by themselves."""
    place = (entry.project, entry.task, entry.spent_date, entry.notes)
    time = (entry.hours_without_timer, entry.timer_started_at, entry.started_time, entry.ended_time)
    return [str(each) for each in (*place, *time)]


def _note_run(attempt: Attempt, entry: TimeEntry) -> None:
    """Its start as it was: a page may still mean that, when it stops a run that was moved. And, for the history of the
    click, all of it as it was before the first attempt."""
    attempt.note(was=attempt.progress.get("was") or snapshot(entry))
    known = attempt.progress.get("runs", [])
    attempt.note(runs=sorted({*known, *filter(None, [state.iso(entry.timer_started_at)])}))


def _done(attempt: Attempt, entry: TimeEntry, outcome: dict[str, Any] | None = None) -> Done:
    _note_run(attempt, entry)
    running = entry if entry.is_running else None
    said = {"runs": attempt.progress["runs"], **(outcome or {})}
    return Done(entry, None, running, entry.is_running, leaves_running=not entry.is_running, outcome=said)
