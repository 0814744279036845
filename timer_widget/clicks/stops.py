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
from .endings import end_earlier, end_of, end_run, resumed, stop_now
from .notices import names_of, notice_for
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
    entry_id = start.harvest_entry_id if start else attempt.asked["entry_id"]
    try:
        entry = attempt.own_entry(entry_id or 0)
    except HarvestNotFound:
        gone = timeline.names_of_entry(attempt.person, entry_id or 0)
        return Done(None, outcome=_note("entry_gone", gone, "{} was deleted in Harvest; there was nothing to stop."))
    stopped = resumed(attempt, entry)
    if stopped is not None:
        return _stopped(attempt, stopped)
    return _stop(attempt, entry, start) if entry.is_running else _stopped_before(attempt, entry, start)


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


def _named(attempt: Attempt, entry: TimeEntry, start: Intent | None) -> list[datetime]:
    said = attempt.asked.get("timer_started_at")
    if said:
        return timeline.same_starts(attempt.intent, entry.id, datetime.fromisoformat(said))
    runs = (start.outcome or {}).get("runs", ()) if start else ()
    return [
        each for run in runs for each in timeline.same_starts(attempt.intent, entry.id, datetime.fromisoformat(run))
    ]


def _stop(attempt: Attempt, entry: TimeEntry, start: Intent | None) -> Done:
    action = stop_action(
        run_started_at=entry.timer_started_at,
        named=_named(attempt, entry, start),
        moment=attempt.moment,
        now=timezone.now(),
    )
    if action == StopAction.LEAVE:
        words = "{} had stopped already when this stop came; the run that goes on now began later."
        note = _note("another_run", names_of(entry), words)
        return Done(None, running=entry, is_running_known=True, outcome=note)
    if action == StopAction.STOP_NOW:
        return _stopped(attempt, stop_now(attempt, entry))
    return _stopped(attempt, end_run(attempt, entry, attempt.moment))


def _stopped(attempt: Attempt, entry: TimeEntry) -> Done:
    return Done(entry, is_running_known=True, outcome={"ended_at": state.iso(attempt.moment)})


def _stopped_before(attempt: Attempt, entry: TimeEntry, start: Intent | None) -> Done:
    """It ended elsewhere meanwhile. Where that was later than the click, it ends at the click."""
    named = _named(attempt, entry, start)
    ended_at = end_of(attempt, entry, named[0] if named else None)
    shortened = end_earlier(attempt, entry, ended_at=ended_at) if ended_at else None
    if shortened is not None:
        # Else the next stop would take the time between the two ends away once more.
        timeline.note_end(attempt.intent, entry.id, attempt.moment)
        words = "{} had ended elsewhere meanwhile; the earlier of both ends holds."
        note = _note("ended_earlier", names_of(entry), words)
        return Done(shortened, outcome=note | {"ended_at": state.iso(attempt.moment)})
    if attempt.is_late and ended_at is not None and attempt.moment - ended_at >= FINEST:
        return Done(None, outcome=_had_stopped(names_of(entry)))
    return Done(None)


def _had_stopped(names: dict[str, Any]) -> dict[str, Any]:
    return _note("had_stopped", names, "{} had been stopped before; that stop holds.")


def _note(code: str, names: dict[str, Any], words: str) -> dict[str, Any]:
    return {"note": notice_for(code, names, words)}
