"""Ends a run at the moment of a click, also when Harvest hears of it late."""

from __future__ import annotations

from datetime import datetime, time, timedelta, tzinfo
from decimal import Decimal
from typing import Any

from django.utils import timezone

from harvest_bridge.harvest.errors import HarvestNotFound, HarvestRejected
from harvest_bridge.harvest.operations import get_time_entry, stop_time_entry, update_time_entry
from harvest_bridge.harvest.records import TimeEntry
from timer_widget import state
from timer_widget.account_mode import Mode, learn_mode
from timer_widget.errors import EntryLocked, ItemNotAllowed, NotYourEntry

from .attempt import Attempt
from .confirmation import change_entry, confirmed
from .later_changes import time_said_since
from .runs import run_said
from .work_times import MINUTE, end_on_clock, hours_between, is_same_start, wall_time


def stop_now(attempt: Attempt, entry: TimeEntry) -> TimeEntry:
    """One write. Errors: the HarvestError tree."""
    stopped, _ = _stopped(attempt, entry)
    return stopped


def _stopped(attempt: Attempt, entry: TimeEntry) -> tuple[TimeEntry, bool]:
    """The entry, and whether it was we who stopped it.

    Errors: the HarvestError tree; ChangeNotKept where Harvest accepts the stop and the entry runs on.
    """
    try:
        stopped = attempt.harvest.call(stop_time_entry(entry.id))
    except HarvestRejected:
        # Stopped a moment ago, in Harvest or in another tab: just what was wanted.
        now = attempt.harvest.call(get_time_entry(entry.id))
        if now.is_running:
            raise
        return now, False
    # The entry as it was before tells neither the end nor how the account keeps time.
    return confirmed(attempt.harvest, stopped, lambda now: not now.is_running), True


def end_run(attempt: Attempt, entry: TimeEntry, until: datetime) -> TimeEntry:
    """Stop a running entry, and take back the time since `until`. What this rests on is noted before the first write,
    so that an attempt that was cut short is finished by the next. Errors: the HarvestError tree."""
    attempt.note(ending=_facts(attempt, entry, until), creates=False)
    stopped, is_ours = _stopped(attempt, entry)
    return _cut(attempt, stopped, is_ours=is_ours)


def finished_end(attempt: Attempt) -> TimeEntry | None:
    """What an earlier attempt had begun to end, ended; None where there is nothing left of it to end."""
    facts = attempt.progress.get("ending")
    if not facts:
        return None
    try:
        return resumed(attempt, attempt.open_entry(facts["entry_id"]))
    except (HarvestNotFound, EntryLocked, NotYourEntry, ItemNotAllowed):
        return None


def resumed(attempt: Attempt, entry: TimeEntry) -> TimeEntry | None:
    """The end that an earlier attempt began for this entry, finished; None for none, or where another run began."""
    facts = attempt.progress.get("ending")
    if not facts or facts["entry_id"] != entry.id:
        return None
    if not entry.is_running:
        attempt.note_arrival(stop_time_entry(entry.id))
        return _cut(attempt, entry, is_ours=_is_unchanged_since(entry, facts))
    if not is_same_start(entry.timer_started_at, datetime.fromisoformat(facts["started_at"])):
        return None
    stopped, is_ours = _stopped(attempt, entry)
    return _cut(attempt, stopped, is_ours=is_ours)


def _is_unchanged_since(entry: TimeEntry, facts: dict[str, Any]) -> bool:
    """Whether its last change was the stop of the attempt that was cut short."""
    if "seen_at" not in facts or entry.updated_at is None:
        return False
    return entry.updated_at - datetime.fromisoformat(facts["seen_at"]) <= MINUTE


def hours_until(attempt: Attempt, entry: TimeEntry, until: datetime) -> Decimal:
    """What a running entry would hold, had it ended then."""
    return Decimal(_facts(attempt, entry, until)["hours"])


def _facts(attempt: Attempt, entry: TimeEntry, until: datetime) -> dict[str, Any]:
    """The run began with the click that started it, where that was here, and when Harvest says otherwise."""
    began = entry.timer_started_at or until
    said = run_said(attempt.person.pk, entry.id, began)
    since, before = (said.began_at, said.hours_before) if said else (began, entry.hours_without_timer)
    until = max(until, time_said_since(attempt, entry.id) or until)  # what was said of the time since then holds
    return {
        "entry_id": entry.id,
        "seen_at": timezone.now().isoformat(),
        "started_at": began.isoformat(),
        "until": max(until, since).isoformat(),
        "hours": str(hours_between(since, until, before=before or Decimal(0))),
    }


def _cut(attempt: Attempt, stopped: TimeEntry, *, is_ours: bool) -> TimeEntry:
    """The answer to a stop shows how its account keeps time. Nothing is ever made longer.

    `is_ours` says that it ran until we stopped it, so that whatever its clock shows is later than the click.
    """
    facts = attempt.progress["ending"]
    mode = Mode.CLOCK if stopped.ended_time else Mode.HOURS
    learn_mode(attempt.harvest, mode)
    if mode == Mode.CLOCK:
        return write_end(attempt, stopped, datetime.fromisoformat(facts["until"]), is_later=is_ours)
    return write_hours(attempt, stopped, Decimal(facts["hours"]))


def write_hours(attempt: Attempt, entry: TimeEntry, hours: Decimal) -> TimeEntry:
    if hours >= entry.hours:
        attempt.note_arrival(update_time_entry(entry.id, hours=hours))
        return entry
    return change_entry(attempt.harvest, entry, hours=hours)


def write_end(attempt: Attempt, entry: TimeEntry, until: datetime, *, is_later: bool = False) -> TimeEntry:
    zone = attempt.harvest.zone()
    ended, wanted = state.time_on_clock(entry.ended_time), wall_time(until, zone)
    is_over = ended is not None and not is_later and _ended_before(entry, ended, until, zone)
    if ended is None or ended == wanted or is_over or _begins_after(entry, until, zone):
        attempt.note_arrival(update_time_entry(entry.id, ended_time=wanted))
        return entry
    return change_entry(attempt.harvest, entry, ended_time=wanted)


def _begins_after(entry: TimeEntry, until: datetime, zone: tzinfo) -> bool:
    """Its times were changed since: an end before its start would be one on the next day."""
    started = state.time_on_clock(entry.started_time)
    return started is not None and until < datetime.combine(entry.spent_date, started, zone)


def _ended_before(entry: TimeEntry, ended: time, until: datetime, zone: tzinfo) -> bool:
    """Within a day of the start, which is as far as the clock of an entry tells."""
    kept = end_on_clock(entry.spent_date, state.time_on_clock(entry.started_time), ended, zone, near=entry.updated_at)
    return kept <= until < kept + timedelta(days=1)
