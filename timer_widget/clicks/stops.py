"""A stop: of the start that it names, at the moment of the click."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils import timezone

from harvest_bridge.harvest.errors import HarvestNotFound
from harvest_bridge.harvest.records import TimeEntry
from timer_widget import state
from timer_widget.models import Intent, IntentStatus

from . import timeline
from .attempt import Attempt, Done
from .endings import end_run, resumed, stop_now
from .later_changes import changed_later, time_said_since
from .notices import names_of, notice_for
from .runs import EntryRuns, Run
from .shortening import end_earlier, end_of
from .work_times import FINEST, StopAction, stop_action


def stop(attempt: Attempt) -> Done:
    """One that has stopped already is what was wanted; the earlier of two ends holds.

    Errors: StartUnknown, NotYourEntry, ItemNotAllowed, HarvestErrors.
    """
    start = timeline.start_named(attempt.intent)
    if start is not None and start.status != IntentStatus.DONE:
        return _joined(attempt, start)
    ended_at = _ended_with(start)
    if start is not None and ended_at is not None and ended_at <= attempt.moment:
        return _ended_before(attempt, start, ended_at)
    entry_id = (start.harvest_entry_id if start else attempt.asked["entry_id"]) or 0
    entry = _entry_meant(attempt, entry_id, start)
    if entry is None:
        gone = timeline.names_of_entry(attempt.person, entry_id)
        return Done(None, outcome=_note("entry_gone", gone, "{} was deleted in Harvest; there was nothing to stop."))
    runs, run = _run_meant(attempt, entry, start)
    stopped = resumed(attempt, entry)
    if stopped is not None:
        return _stopped(attempt, stopped, runs)
    if not entry.is_running:
        return _stopped_before(attempt, entry, runs, run or runs.latest)
    return _stop(attempt, entry, runs, run)


def _joined(attempt: Attempt, start: Intent) -> Done:
    """The start is not done, and may be after a decision: then it ends here."""
    ended_at = min(attempt.moment, start.ended_at or attempt.moment)
    Intent.objects.filter(pk=start.pk).update(ended_at=ended_at)
    return Done(None, outcome={"ended_at": state.iso(ended_at)})


def _ended_with(start: Intent | None) -> datetime | None:
    """The end that a start had already when it was done: it made a finished entry."""
    said = (start.outcome or {}).get("ended_at") if start is not None else None
    return datetime.fromisoformat(said) if said else None


def _ended_before(attempt: Attempt, start: Intent, ended_at: datetime) -> Done:
    """Harvest is not asked: its entry ended with this very stop, or earlier."""
    if attempt.moment - ended_at < FINEST:
        return Done(None, changes_nothing=True)
    names = timeline.names_of_entry(attempt.person, start.harvest_entry_id or 0)
    return Done(None, changes_nothing=True, outcome=_had_stopped(names))


def _entry_meant(attempt: Attempt, entry_id: int, start: Intent | None) -> TimeEntry | None:
    """The undo of a switch may have moved the run to another entry. None for one that is gone."""
    entry = _entry_or_none(attempt, entry_id)
    if entry is not None and entry.is_running:
        return entry
    now_on = timeline.entry_after_undo(attempt.intent, entry_id, _starts_named(attempt, start))
    return entry if now_on is None else _entry_or_none(attempt, now_on)


def _entry_or_none(attempt: Attempt, entry_id: int) -> TimeEntry | None:
    try:
        return attempt.own_entry(entry_id)
    except HarvestNotFound:
        return None


def _starts_named(attempt: Attempt, start: Intent | None) -> list[datetime]:
    """As the page showed it, or as Harvest told it of the start."""
    said = attempt.asked.get("timer_started_at")
    runs = (start.outcome or {}).get("runs", ()) if start else ()
    return [datetime.fromisoformat(each) for each in ([said] if said else runs)]


def _run_meant(attempt: Attempt, entry: TimeEntry, start: Intent | None) -> tuple[EntryRuns, Run | None]:
    """By the click that began it, or its start; None where neither was given."""
    named = _starts_named(attempt, start)
    runs = EntryRuns(attempt.person.pk, entry.id, named=next(iter(named), None))
    begun = runs.begun_by(start) if start else None
    found = begun or next(filter(None, (runs.with_start(each, attempt.moment) for each in named)), None)
    return runs, found and runs.as_of(found, attempt.moment)


def _stop(attempt: Attempt, entry: TimeEntry, runs: EntryRuns, run: Run | None) -> Done:
    action = stop_action(
        run_started_at=entry.timer_started_at,
        named=run.starts if run else [],
        moment=attempt.moment,
        now=timezone.now(),
    )
    is_over = run is not None and any(each.has_start(entry.timer_started_at) for each in runs.after(run))
    if is_over or action == StopAction.LEAVE:
        return _left(attempt, entry, runs, run or runs.latest)
    if action == StopAction.STOP_NOW:
        return _stopped(attempt, stop_now(attempt, entry), runs)
    return _stopped(attempt, end_run(attempt, entry, attempt.moment), runs)


def _stopped(attempt: Attempt, entry: TimeEntry, runs: EntryRuns) -> Done:
    outcome, cut_off = {"ended_at": state.iso(attempt.moment)}, runs.cut_off(runs.latest, attempt.moment)
    return Done(entry, is_running_known=True, outcome=outcome, cut_off=cut_off)


def _left(attempt: Attempt, entry: TimeEntry, runs: EntryRuns, run: Run) -> Done:
    """What runs now began later, and runs on; the run that was meant ends at the click, if it ended later than that."""
    words = "{} had stopped already when this stop came; the run that goes on now began later."
    note = _note("another_run", names_of(entry), words)
    left = Done(None, running=entry, is_running_known=True, outcome=note)
    return _ended_earlier(attempt, entry, runs, run) or left


def _stopped_before(attempt: Attempt, entry: TimeEntry, runs: EntryRuns, run: Run) -> Done:
    """It ended elsewhere meanwhile. Where that was later than the click, it ends at the click."""
    shortened = _ended_earlier(attempt, entry, runs, run)
    if shortened is not None:
        return shortened
    if run.ended_at is not None and attempt.moment < run.ended_at and time_said_since(attempt, entry.id):
        return Done(None, outcome=changed_later(entry))
    if attempt.is_late and run.ended_at is not None and attempt.moment - run.ended_at >= FINEST:
        return Done(None, outcome=_had_stopped(names_of(entry)))
    return Done(None)


def _ended_earlier(attempt: Attempt, entry: TimeEntry, runs: EntryRuns, run: Run) -> Done | None:
    """None where the run that is meant ended no later than the click, or nobody knows when."""
    runs.read_ends()
    run.ended_at = end_of(attempt, entry, runs, run)
    shortened = end_earlier(attempt, entry, runs, run)
    if shortened is None:
        return None
    words = "{} had ended elsewhere meanwhile; the earlier of both ends holds."
    outcome = _note("ended_earlier", names_of(entry), words) | {"ended_at": state.iso(attempt.moment)}
    running = shortened if shortened.is_running else None
    return Done(shortened, running=running, is_running_known=shortened.is_running, outcome=outcome)


def _had_stopped(names: dict[str, Any]) -> dict[str, Any]:
    return _note("had_stopped", names, "{} had been stopped before; that stop holds.")


def _note(code: str, names: dict[str, Any], words: str) -> dict[str, Any]:
    return {"note": notice_for(code, names, words)}
