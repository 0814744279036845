"""Answers on forgotten timers: each is a click, and may come late or twice like any other.

The gap is what lies between the moment at which the timer is to end and the click.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.utils import timezone

from harvest_bridge.api.errors import InvalidRequest
from harvest_bridge.harvest.records import ExternalReference, TimeEntry
from timer_widget import state
from timer_widget.account_mode import Mode, mode_of
from timer_widget.errors import ItemNotAllowed, NothingToUndo, NotRunning, StartOutOfReach
from timer_widget.models import ForgottenStatus, ForgottenTimer

from . import stops
from .attempt import Attempt, Done
from .confirmation import change_entry
from .endings import end_run, hours_until, resumed
from .entry_creation import EntryFields, create_entry, find_created_entry
from .later_changes import runs_begun_since
from .time_writing import begin_at, settled
from .work_times import day_of, finished_fields, fits_a_clock, is_late, wall_time

_REVERSIBLE_FOR = timedelta(days=7)
_FINEST_SAID = timedelta(minutes=1)


class EndingAttempt(Attempt):
    """The same attempt, of a click whose timer ends at `moment`."""

    def __init__(self, attempt: Attempt, row: ForgottenTimer, moment: datetime) -> None:
        super().__init__(attempt.intent, attempt.harvest)
        self.deadline, self._moment = attempt.deadline, moment
        self._asked = {"entry_id": row.entry_id, "timer_started_at": state.iso(row.run_started_at)}

    @property
    def moment(self) -> datetime:
        return self._moment

    @property
    def asked(self) -> dict[str, Any]:
        return self._asked


def answer(attempt: Attempt) -> Done:
    """Errors: InvalidRequest, NotRunning, NothingToUndo, StartOutOfReach, NotYourEntry, EntryLocked, the HarvestError
    tree."""
    row = ForgottenTimer.objects.filter(person=attempt.person, pk=attempt.asked["forgotten_id"]).first()
    if row is None:
        raise NotRunning("forgotten_id: nothing is known of this forgotten timer.")
    what = attempt.asked["answer"]
    _check_stop_at(attempt, row)
    done = _HANDLERS[what](attempt, row)
    _note_answer(attempt, row, what)
    return done


def _stop(attempt: Attempt, row: ForgottenTimer) -> Done:
    """As a stop that was clicked back then."""
    return stops.stop(EndingAttempt(attempt, row, _ends_at(attempt, row)))


def _keep(attempt: Attempt, row: ForgottenTimer) -> Done:
    """Nothing is asked of Harvest; the history of the click names the entry all the same."""
    attempt.note(entry_id=row.entry_id)
    return Done(None)


def _continue(attempt: Attempt, row: ForgottenTimer) -> Done:
    """The timer runs on without the gap: in the same entry, or in a new one where entries have a start and an end."""
    entry = _open_run(attempt, row)
    if mode_of(attempt.harvest) == Mode.CLOCK:
        return _continue_in_new_entry(attempt, row, entry)
    if attempt.progress.get("begins_at") is None:
        hours = hours_until(EndingAttempt(attempt, row, _ends_at(attempt, row)), entry, _ends_at(attempt, row))
        begins_at = attempt.moment - timedelta(hours=float(hours))
        attempt.note(begins_at=begins_at.isoformat(), hours_before=str(hours), runs=[state.iso(row.run_started_at)])
    if entry.is_running:
        entry = begin_at(attempt.harvest, entry, datetime.fromisoformat(attempt.progress["begins_at"]))
    outcome = {
        "started_at": state.iso(attempt.moment),
        "hours_before": attempt.progress["hours_before"],
        "runs": _runs(attempt, entry),
    }
    return Done(entry, running=entry if entry.is_running else None, is_running_known=entry.is_running, outcome=outcome)


def _continue_in_new_entry(attempt: Attempt, row: ForgottenTimer, entry: TimeEntry) -> Done:
    ending = EndingAttempt(attempt, row, _ends_at(attempt, row))
    if entry.is_running:
        entry = resumed(ending, entry) or end_run(ending, entry, ending.moment)
    else:
        entry = resumed(ending, entry) or entry
    place = _place_like(entry, day_of(attempt.moment, attempt.harvest.zone()))
    attempt.note(known=sorted({entry.id, *attempt.progress.get("known", ())}))
    made = find_created_entry(attempt, place) or create_entry(attempt, place)
    if made.is_running and is_late(attempt.moment, timezone.now()):
        made = begin_at(attempt.harvest, made, attempt.moment)
    outcome = {
        "started_at": state.iso(attempt.moment),
        "runs": _runs(attempt, made),
        "stopped": {"entry_id": entry.id, "ended_at": state.iso(ending.moment)},
    }
    return Done(made, entry, made if made.is_running else None, made.is_running, outcome=outcome)


def _move(attempt: Attempt, row: ForgottenTimer) -> Done:
    """The gap becomes an entry of its own, of another project and task; the timer runs on without it.

    Errors: ItemNotAllowed where the session may time its own items alone, as the new entry has none.
    """
    if attempt.intent.item_ids is not None:
        raise ItemNotAllowed("answer: the host's token covers its own items alone.")
    _open_run(attempt, row)
    began, ended = _ends_at(attempt, row), attempt.moment
    zone, mode = attempt.harvest.zone(), mode_of(attempt.harvest)
    if mode == Mode.CLOCK and not fits_a_clock(began, ended):
        raise StartOutOfReach("stop_at: an account with start and end times keeps no entry above 24 hours.")
    place: EntryFields = {
        "project_id": attempt.asked["project_id"],
        "task_id": attempt.asked["task_id"],
        "spent_date": day_of(began, zone),
        "notes": attempt.asked.get("notes") or None,
        "external_reference": None,
    }
    attempt.note(known=sorted({row.entry_id, *attempt.progress.get("known", ())}))

    def fields(mode: Mode) -> dict[str, Any]:
        return finished_fields(mode, began, ended, zone)

    # First, so that a lost answer to it is looked for before anything else is written.
    made = find_created_entry(attempt, place, slot="gap_entry_id") or create_entry(
        attempt, place, fields, slot="gap_entry_id"
    )
    made = settled(attempt.harvest, made, fields)
    attempt.note(known=sorted({made.id, *attempt.progress.get("known", ())}))
    done = _continue(attempt, row)
    done.added = made
    return done


def _restore(attempt: Attempt, row: ForgottenTimer) -> Done:
    """The time that was left out when the timer was stopped by itself, put back. Errors: NothingToUndo."""
    if row.stopped_at is None or row.reversible_until is None or attempt.moment > row.reversible_until:
        raise NothingToUndo("forgotten_id: this timer was not stopped by itself within the last 7 days.")
    entry = attempt.open_entry(row.entry_id)
    if entry.is_running:
        raise NothingToUndo("forgotten_id: this entry runs again; change its time instead.")
    if entry.ended_time:
        if not fits_a_clock(row.began_at, row.stopped_at):
            raise StartOutOfReach("forgotten_id: an account with start and end times keeps no entry above 24 hours.")
        until = wall_time(row.stopped_at, attempt.harvest.zone())
        return Done(change_entry(attempt.harvest, entry, ended_time=until))
    if attempt.progress.get("hours") is None:
        gap = Decimal((row.stopped_at - row.likely_stop_at).total_seconds()) / 3600
        attempt.note(hours=str((entry.hours + gap).quantize(Decimal("0.01"))))
    return Done(change_entry(attempt.harvest, entry, hours=Decimal(attempt.progress["hours"])))


_HANDLERS = {
    "stop": _stop,
    "continue": _continue,
    "move": _move,
    "keep": _keep,
    "restore": _restore,
    "accept": _keep,
}


def _ends_at(attempt: Attempt, row: ForgottenTimer) -> datetime:
    """As the person saw it when they answered; noted, as the proposal follows later signs of theirs."""
    said = attempt.asked.get("stop_at") or attempt.progress.get("ends_at") or row.likely_stop_at.isoformat()
    attempt.note(ends_at=said)
    return min(max(datetime.fromisoformat(said), row.began_at), attempt.moment)


def _check_stop_at(attempt: Attempt, row: ForgottenTimer) -> None:
    """People say it to the minute. Errors: InvalidRequest."""
    said = attempt.asked.get("stop_at")
    if said and not row.began_at - _FINEST_SAID <= datetime.fromisoformat(said) <= attempt.moment + _FINEST_SAID:
        began_at, moment = state.iso(row.began_at), state.iso(attempt.moment)
        raise InvalidRequest(f"stop_at: choose a moment from the start, {began_at}, to the answer, {moment}.")


def _open_run(attempt: Attempt, row: ForgottenTimer) -> TimeEntry:
    """The entry, while the run that was asked about goes on, or after an earlier attempt has changed it."""
    entry = attempt.open_entry(row.entry_id)
    is_begun = attempt.progress.get("begins_at") or attempt.progress.get("ending")
    if not is_begun and (not entry.is_running or runs_begun_since(attempt, entry)):
        raise NotRunning("forgotten_id: this timer does not run any more.")
    return entry


def _runs(attempt: Attempt, entry: TimeEntry) -> list[str]:
    moments = (state.iso(entry.timer_started_at),)
    return sorted({*attempt.progress.get("runs", []), *(each for each in moments if each)})


def _place_like(entry: TimeEntry, day: Any) -> EntryFields:
    reference = entry.external_reference
    return {
        "project_id": entry.project.id if entry.project else None,
        "task_id": entry.task.id if entry.task else None,
        "spent_date": day,
        "notes": entry.notes,
        "external_reference": None if reference is None else _copied(reference),
    }


def _copied(reference: ExternalReference) -> ExternalReference:
    return ExternalReference(
        id=reference.id, group_id=reference.group_id, account_id=reference.account_id, permalink=reference.permalink
    )


def _note_answer(attempt: Attempt, row: ForgottenTimer, what: str) -> None:
    fields: dict[str, Any] = {"status": ForgottenStatus.ANSWERED, "answer": what, "answered_at": attempt.moment}
    if what == "stop" and attempt.intent.is_automatic:
        stopped_at = attempt.moment
        fields = {
            "status": ForgottenStatus.STOPPED,
            "likely_stop_at": _ends_at(attempt, row),
            "stopped_at": stopped_at,
            "reversible_until": stopped_at + _REVERSIBLE_FOR,
        }
    ForgottenTimer.objects.filter(pk=row.pk).update(**fields)
