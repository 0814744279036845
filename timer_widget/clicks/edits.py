"""Edits an existing entry, or moves the start of a running timer."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from harvest_bridge.harvest.errors import HarvestNotFound
from harvest_bridge.harvest.operations import update_time_entry
from harvest_bridge.harvest.records import TimeEntry
from timer_widget import state
from timer_widget.account_mode import Mode, fields_of, mode_of
from timer_widget.errors import NotRunning, SwitchUndone
from timer_widget.models import IntentStatus

from . import timeline
from .attempt import Attempt, Done
from .confirmation import change_entry, confirmed, shows
from .corrected_starts import correct_start
from .later_changes import (
    changed_later,
    ran_on_since,
    runs_begun_since,
    runs_of,
    started_again,
    still_asked,
    write_hours_before,
)
from .snapshots import snapshot
from .time_writing import begin_at, requested_time_fields, shows_time, write_time
from .work_times import hours_of

_PLACE = ("project_id", "task_id", "notes")


def edit(attempt: Attempt) -> Done:
    """What is given of one of the person's own entries, but for what a later click has changed; a running one goes on
    running, and what ran since the click is added to hours.

    Errors: NotYourEntry, EntryLocked, SwitchUndone, HarvestErrors.
    """
    entry = _open_entry(attempt)
    _note_run(attempt, entry)
    asked = still_asked(attempt, entry.id)
    place: dict[str, Any] = {name: asked[name] for name in _PLACE if name in asked}
    if "spent_date" in asked:
        place["spent_date"] = date.fromisoformat(asked["spent_date"])
    day, ran_on = place.get("spent_date", entry.spent_date), ran_on_since(attempt, entry)
    time = requested_time_fields(attempt, asked, day, Mode.UNKNOWN, ran_on=ran_on)
    if not place and not time:
        return _left(attempt, entry)
    outcome: dict[str, Any] = {} if asked == attempt.asked else changed_later(entry)
    if not time:
        entry = _placed(attempt, entry, place)
    elif (later := runs_begun_since(attempt, entry)) is not None:
        entry, kept = write_hours_before(attempt, _placed(attempt, entry, place), later, time["hours"])
        outcome |= kept | started_again(entry)
    elif entry.is_running and asked.get("started_time") is None:
        entry, outcome = _running_with(attempt, _placed(attempt, entry, place), time["hours"], outcome)
    else:
        entry = _timed(attempt, entry, place, time)
    return _done(attempt, entry, outcome)


def move(attempt: Attempt) -> Done:
    """The timer as if it had begun at another moment: one that runs, or ran when this was clicked. What its entry held
    before, where it was continued, stays.

    Errors: as `edit`, and NotRunning.
    """
    entry = _open_entry(attempt)
    _note_run(attempt, entry)
    said = still_asked(attempt, entry.id).get("started_at")
    if said is None:
        return _left(attempt, entry)
    started_at = datetime.fromisoformat(said)
    before = runs_of(attempt, entry).latest.hours_before
    if entry.is_running and runs_begun_since(attempt, entry) is None:
        whole = started_at - timedelta(hours=float(before or 0))
        moved: TimeEntry | None = begin_at(attempt.harvest, entry, whole)
    else:
        moved = correct_start(attempt, entry, started_at)
    if moved is None:
        raise NotRunning("entry_id: this timer does not run any more.")
    return _done(attempt, moved, {"started_at": said} | ({"hours_before": str(before)} if before is not None else {}))


def entry_meant(attempt: Attempt) -> int:
    """By its id, or by the key of the start that made it. Errors: StartUnknown, NotRunning."""
    start = timeline.start_named(attempt.intent)
    if start is None:
        return int(attempt.asked["entry_id"])
    if start.status != IntentStatus.DONE or start.harvest_entry_id is None:
        raise NotRunning("start_key: this start has not been done.")
    return start.harvest_entry_id


def _open_entry(attempt: Attempt) -> TimeEntry:
    entry_id = entry_meant(attempt)
    try:
        return attempt.open_entry(entry_id)
    except HarvestNotFound as gone:
        if not timeline.is_switch_undone(attempt.person, entry_id):
            raise
        raise SwitchUndone(
            "entry_id: the switch to this timer was undone, and the timer before it has its time; change that one."
        ) from gone


def _left(attempt: Attempt, entry: TimeEntry) -> Done:
    attempt.note(entry_id=entry.id)
    return Done(None, leaves_running=True, outcome=changed_later(entry))


def _placed(attempt: Attempt, entry: TimeEntry, place: dict[str, Any]) -> TimeEntry:
    """Where an earlier attempt may have written it, it is written again unless it is there: whatever else has changed
    since says nothing of that."""
    if not place or (attempt.was_sent and _shows(entry, place)):
        return entry
    return change_entry(attempt.harvest, entry, **place)


def _timed(attempt: Attempt, before: TimeEntry, place: dict[str, Any], time: dict[str, Any]) -> TimeEntry:
    harvest, says_times = attempt.harvest, attempt.asked.get("started_time") is not None
    known = mode_of(harvest)
    if attempt.was_sent and _shows(before, place) and shows_time(known, before, time, by_times=says_times):
        return before
    written = write_time(
        harvest,
        before,
        lambda mode: harvest.call(update_time_entry(before.id, **place, **fields_of(mode, time))),
        lambda mode, entry: shows_time(mode, entry, time, by_times=says_times and mode == known),
    )
    return confirmed(harvest, written, lambda entry: shows(entry, place))


def _running_with(
    attempt: Attempt, entry: TimeEntry, hours: Decimal, outcome: dict[str, Any]
) -> tuple[TimeEntry, dict[str, Any]]:
    """As if it had begun so many hours before the click."""
    run = runs_of(attempt, entry).latest
    begins_at = attempt.moment - timedelta(hours=float(hours))
    said = {"started_at": state.iso(begins_at)}
    if run.hours_before is not None:
        before = hours - hours_of(attempt.moment - run.began_at)
        said = {"started_at": state.iso(run.began_at), "hours_before": str(before)}
    return begin_at(attempt.harvest, entry, begins_at), outcome | said


def _shows(entry: TimeEntry, place: dict[str, Any]) -> bool:
    kept = entry.notes or ""
    return shows(entry, place) and place.get("notes", kept) == kept


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
