"""Undo: of a switch to another timer, and of a deletion. Each step is looked for before it is done again."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from django.utils import timezone

from harvest_bridge.harvest.errors import HarvestNotFound
from harvest_bridge.harvest.operations import delete_time_entry, restart_time_entry
from harvest_bridge.harvest.records import ExternalReference, TimeEntry
from timer_widget import state
from timer_widget.account_mode import Mode, time_fields
from timer_widget.errors import ChangeNotKept, ItemNotAllowed, NothingToUndo, NotRunning
from timer_widget.normalization import normalize_id

from . import intents
from .attempt import Attempt, Done
from .confirmation import change_entry
from .entry_creation import EntryFields, create_entry, entry_fields, entry_or_none, find_created_entry
from .later_changes import is_changed_since, runs_begun_since
from .runs import EntryRuns
from .time_writing import begin_at, settled
from .work_times import LEAST_HOURS

_WORTH_MOVING = timedelta(seconds=36)  # Harvest keeps hundredths of an hour


def undo(attempt: Attempt) -> Done:
    return _undo_switch(attempt) if attempt.asked.get("previous_id") else _undo_deletion(attempt)


def _undo_switch(attempt: Attempt) -> Done:
    """The earlier timer runs on with the time of the mistaken one, which is deleted.

    A mistaken one that was continued stays, with what it held before.

    Three writes at most: restart, time, delete; one that fails leaves both entries with their time, never less.
    Errors: NotRunning if the mistaken one runs no more, or runs again; NotYourEntry, EntryLocked, HarvestErrors.
    """
    mistaken = _mistaken(attempt)
    entry = _restarted(attempt, mistaken)
    if entry is not None and mistaken is not None:
        entry = _with_its_time(attempt, entry, mistaken)
        _take_back(attempt, mistaken)
    outcome = {**attempt.progress.get("run", {}), "runs": attempt.progress.get("runs", [])}
    return Done(entry, running=entry, is_running_known=entry is not None, outcome=outcome)


def _with_its_time(attempt: Attempt, entry: TimeEntry, mistaken: TimeEntry) -> TimeEntry:
    """The moment that the whole of it would have begun at is noted before it is written, so that it is added once; and
    that the run began with the mistaken one, as Harvest tells the restart."""
    _note_starts(attempt, entry.timer_started_at)
    now = timezone.now()
    mistaken_for = timedelta(seconds=state.seconds_of(mistaken, now) - float(_kept_hours(attempt) or 0) * 3600)
    begins_at = attempt.progress.get("begins_at")
    if "run" not in attempt.progress:
        attempt.note(run=_run(attempt, entry, mistaken_for))
    if begins_at is None and mistaken_for >= _WORTH_MOVING:
        begins_at = (now - timedelta(seconds=state.seconds_of(entry, now)) - mistaken_for).isoformat()
        attempt.note(begins_at=begins_at)
    if begins_at is not None:
        entry = begin_at(attempt.harvest, entry, datetime.fromisoformat(begins_at))
        _note_starts(attempt, entry.timer_started_at)
    return entry


def _run(attempt: Attempt, entry: TimeEntry, mistaken_for: timedelta) -> dict[str, Any]:
    """What is kept of the run that goes on in place of the mistaken one, as of a start."""
    began = (entry.timer_started_at or attempt.moment) - mistaken_for
    is_continued = entry.id == attempt.asked["previous_id"]
    kept = {"hours_before": str(entry.hours_without_timer or Decimal(0))} if is_continued else {}
    return {"started_at": state.iso(began), **kept}


def _note_starts(attempt: Attempt, *starts: datetime | None) -> None:
    """A page may still mean the mistaken timer when it stops the run."""
    known = attempt.progress.get("runs", [])
    attempt.note(runs=sorted({*known, *(str(state.iso(each)) for each in starts if each is not None)}))


def _take_back(attempt: Attempt, mistaken: TimeEntry) -> None:
    kept = _kept_hours(attempt)
    if kept is None:
        attempt.harvest.call(delete_time_entry(mistaken.id))
    else:
        change_entry(attempt.harvest, mistaken, hours=max(kept, LEAST_HOURS))


def _kept_hours(attempt: Attempt) -> Decimal | None:
    kept = attempt.progress.get("kept_hours")
    return None if kept is None else Decimal(kept)


def _mistaken(attempt: Attempt) -> TimeEntry | None:
    """None where an earlier attempt has deleted it."""
    try:
        return attempt.open_entry(attempt.asked["entry_id"])
    except HarvestNotFound:
        if attempt.progress.get("is_begun"):
            return None
        raise


def _restarted(attempt: Attempt, mistaken: TimeEntry | None) -> TimeEntry | None:
    """None where all was done, and what ran was stopped since."""
    if attempt.progress.get("is_begun"):
        entry = _restarted_before(attempt)
        is_running = entry is not None and entry.is_running
        if mistaken is None or is_running:
            return entry if is_running else None
    before = attempt.open_entry(attempt.asked["previous_id"])
    if mistaken is None or not mistaken.is_running or before.is_running or _is_in_use(attempt, mistaken):
        raise NotRunning("entry_id: this switch cannot be undone any more.")
    run = EntryRuns(attempt.person.pk, mistaken.id, named=mistaken.timer_started_at).latest
    kept = run.hours_before
    attempt.note(is_begun=True, kept_hours=None if kept is None else str(kept), known=[before.id, mistaken.id])
    _note_starts(attempt, *run.starts)
    return _restart(attempt, before)


def _restart(attempt: Attempt, before: TimeEntry) -> TimeEntry:
    """An answer that does not run does not tell, with start and end times, which entry does.

    Errors: ChangeNotKept; HarvestUnavailable, while what runs cannot be found.
    """
    entry: TimeEntry | None = attempt.harvest.call(restart_time_entry(before.id))
    if entry is not None and entry.is_running:
        attempt.note(entry_id=entry.id)
        return entry
    attempt.doubt_write()
    entry = _restarted_before(attempt)
    if entry is None or not entry.is_running:
        raise ChangeNotKept("Harvest accepted the restart, but the timer does not run.", retry_after=1)
    return entry


def _restarted_before(attempt: Attempt) -> TimeEntry | None:
    """By an earlier attempt, also where the answer was lost: the earlier timer, or with start and end times a new entry
    like it. Whatever else runs was started by somebody else.

    Errors: HarvestUnavailable, while a restart that was sent may still arrive.
    """
    known = attempt.progress.get("entry_id")
    if known is not None:
        return entry_or_none(attempt, known)
    before = attempt.open_entry(attempt.asked["previous_id"])
    found = before if before.is_running else find_created_entry(attempt, _place_of(before))
    if found is not None:
        attempt.note_arrival(restart_time_entry(before.id))
        attempt.note(entry_id=found.id)
    return found


def _place_of(entry: TimeEntry) -> EntryFields:
    return {
        "project_id": entry.project.id if entry.project else 0,
        "task_id": entry.task.id if entry.task else 0,
        "spent_date": entry.spent_date,
        "notes": entry.notes,
        "external_reference": entry.external_reference,
    }


def _is_in_use(attempt: Attempt, mistaken: TimeEntry) -> bool:
    """Whether it was meant after all: started again, or changed, after the click."""
    return runs_begun_since(attempt, mistaken) is not None or is_changed_since(attempt, mistaken.id)


def _undo_deletion(attempt: Attempt) -> Done:
    """The entry that this person deleted here, once more: with a new id, and stopped if it ran.

    Errors: NothingToUndo, ItemNotAllowed, HarvestErrors.
    """
    gone = intents.deletion_of(attempt.intent, attempt.asked["entry_id"])
    entry = None if gone is None else gone.progress.get("deleted") or gone.asked.get("deleted")
    if gone is None or entry is None:
        raise NothingToUndo("entry_id: no entry with this id was deleted here within the day before the click.")
    reference = ExternalReference.from_harvest(entry["reference"]) if entry["reference"] else None
    item_ids = attempt.intent.item_ids
    if item_ids is not None and normalize_id(reference.id if reference else "") not in item_ids:
        raise ItemNotAllowed("item: the host's token does not cover this item.")
    done = intents.undone_before(attempt.intent, gone)
    if done is not None:
        return Done(entry_or_none(attempt, done))
    place = entry_fields(entry, date.fromisoformat(entry["spent_date"]), reference)

    def fields(mode: Mode) -> dict[str, Any]:
        return _time_of(attempt, entry, mode)

    made = find_created_entry(attempt, place) or create_entry(attempt, place, fields)
    return Done(settled(attempt.harvest, made, fields))


def _time_of(attempt: Attempt, entry: dict[str, Any], mode: Mode) -> dict[str, Any]:
    started, ended = (
        time.fromisoformat(entry[name]) if entry[name] else None for name in ("started_time", "ended_time")
    )
    day, hours = date.fromisoformat(entry["spent_date"]), max(Decimal(entry["hours"]), LEAST_HOURS)
    if mode == Mode.CLOCK and started and not ended:  # it ran
        ended = (datetime.combine(day, started) + timedelta(hours=float(hours))).time()
    return time_fields(
        mode,
        day=day,
        now=attempt.moment.astimezone(attempt.harvest.zone()),
        hours=hours,
        started=started,
        ended=ended,
    )
