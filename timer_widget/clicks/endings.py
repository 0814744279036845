"""Ends a run at the moment of a click, also when Harvest hears of it late."""

from __future__ import annotations

from datetime import datetime, time, timedelta, tzinfo
from decimal import Decimal
from typing import Any

import structlog
from django.utils import timezone

from harvest_bridge.harvest.errors import (
    HarvestForbidden,
    HarvestNotFound,
    HarvestRejected,
    HarvestUnavailable,
)
from harvest_bridge.harvest.operations import get_time_entry, stop_time_entry, update_time_entry
from harvest_bridge.harvest.records import TimeEntry
from timer_widget import state
from timer_widget.account_mode import Mode, learn_mode
from timer_widget.entry_locks import lock_of
from timer_widget.errors import EntryLocked, ItemNotAllowed, NotYourEntry
from timer_widget.models import Intent

from . import timeline
from .attempt import Attempt
from .notices import names_of, notice_for
from .work_times import FINEST, MINUTE, end_on_clock, hours_between, is_same_start, shortened_hours, wall_time

log = structlog.get_logger(__name__)


def stop_now(attempt: Attempt, entry: TimeEntry) -> TimeEntry:
    """One write. Errors: the HarvestError tree."""
    stopped, _ = _stopped(attempt, entry)
    return stopped


def _stopped(attempt: Attempt, entry: TimeEntry) -> tuple[TimeEntry, bool]:
    """The entry, and whether it was we who stopped it.

    Errors: the HarvestError tree; HarvestUnavailable also where Harvest accepts the stop and the entry runs on.
    """
    try:
        stopped = attempt.harvest.call(stop_time_entry(entry.id))
    except HarvestRejected:
        # Stopped a moment ago, in Harvest or in another tab: just what was wanted.
        now = attempt.harvest.call(get_time_entry(entry.id))
        if now.is_running:
            raise
        return now, False
    if stopped.is_running:  # the entry as it was before: it tells neither the end nor how the account keeps time
        stopped = attempt.harvest.call(get_time_entry(entry.id))
    if stopped.is_running:
        raise HarvestUnavailable("Harvest accepted the stop, but says that the timer runs.", retry_after=1)
    return stopped, True


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


def end_earlier(attempt: Attempt, entry: TimeEntry, *, ended_at: datetime) -> TimeEntry | None:
    """An entry that has stopped at `ended_at`, ended at the click already; None where that is no earlier.

    The hours that are left are noted before they are written, so that an attempt that is repeated takes nothing twice.
    """
    finest = MINUTE if entry.ended_time else FINEST
    if ended_at - attempt.moment < finest:
        return None
    if entry.ended_time:
        return _write_end(attempt, entry, attempt.moment)
    kept = attempt.progress.get("shortened_hours")
    hours = Decimal(kept) if kept else shortened_hours(entry.hours, ended_at=ended_at, moment=attempt.moment)
    attempt.note(shortened_hours=str(hours))
    return _write_hours(attempt, entry, hours)


def end_where_next_began(attempt: Attempt) -> TimeEntry | None:
    """What an earlier click began and is over by now, ended at this start if it went on beyond it; the last of them.

    Of whatever item, as a start ends whatever runs. Time that somebody has changed since is left as it is, and so is
    what Harvest lets nobody change: the person is told that both overlap. Errors: the HarvestError tree.
    """
    cut = None
    for earlier, ended_at in timeline.started_before(attempt.intent):
        if ended_at - attempt.moment < MINUTE or earlier.harvest_entry_id is None:
            continue
        try:
            entry = attempt.entry_of_any_item(earlier.harvest_entry_id)
        except (HarvestNotFound, NotYourEntry):
            continue  # no time of this person's
        before = Decimal((earlier.outcome or {}).get("hours_before") or 0)
        if not entry.is_running and _is_run_of(attempt, entry, earlier.clicked_at, ended_at, before):
            cut = _ended_or_told(attempt, entry, earlier, before) or cut
    return cut


def _ended_or_told(attempt: Attempt, entry: TimeEntry, earlier: Intent, before: Decimal) -> TimeEntry | None:
    """None for one that is locked, or that Harvest refuses to change."""
    try:
        if lock_of(entry) is None:
            cut = _end_at(attempt, entry, began=earlier.clicked_at, before=before)
            timeline.note_end(attempt.intent, entry.id, attempt.moment)
            return cut
    except (HarvestForbidden, HarvestRejected) as refused:
        log.info("an earlier entry could not be ended", entry=entry.id, code=refused.code)
    words = "{} is locked in Harvest, so it could not be ended where this timer began: the two overlap."
    attempt.note(told=notice_for("overlap", names_of(entry), words))
    return None


def _is_run_of(attempt: Attempt, entry: TimeEntry, began: datetime, ended_at: datetime, before: Decimal) -> bool:
    """Whether the entry's time is this one run, after the hours `before` it, and nothing else that was added or taken
    away."""
    ended = state.time_on_clock(entry.ended_time)
    if ended is None:
        return abs(timedelta(hours=float(entry.hours - before)) - (ended_at - began)) <= MINUTE
    zone = attempt.harvest.zone()
    kept = end_on_clock(entry.spent_date, state.time_on_clock(entry.started_time), ended, zone, near=ended_at)
    return abs(kept - ended_at) <= MINUTE


def _end_at(attempt: Attempt, entry: TimeEntry, *, began: datetime, before: Decimal) -> TimeEntry:
    if entry.ended_time:
        return _write_end(attempt, entry, attempt.moment)
    return _write_hours(attempt, entry, hours_between(began, attempt.moment, before=before))


def end_of(attempt: Attempt, entry: TimeEntry, started_at: datetime | None) -> datetime | None:
    """When a run that is over ended, where that is sure: known here, on the entry's clock, or by its last change."""
    here = timeline.known_end(attempt.intent, entry.id)
    if here is not None:
        return here
    ended = state.time_on_clock(entry.ended_time)
    if ended is not None:
        started, zone = state.time_on_clock(entry.started_time), attempt.harvest.zone()
        return end_on_clock(entry.spent_date, started, ended, zone, near=entry.updated_at)
    if started_at is None or entry.updated_at is None:
        return None
    # What was dated back here counts from its click, though Harvest says that it began when it was dated back.
    began = timeline.true_start(attempt.intent, entry.id, started_at) or started_at
    before = timeline.hours_before(attempt.intent, entry.id, started_at) or Decimal(0)
    said = began + timedelta(hours=float(entry.hours - before))
    return said if abs(said - entry.updated_at) <= MINUTE else None


def hours_until(attempt: Attempt, entry: TimeEntry, until: datetime) -> Decimal:
    """What a running entry would hold, had it ended then."""
    return Decimal(_facts(attempt, entry, until)["hours"])


def _facts(attempt: Attempt, entry: TimeEntry, until: datetime) -> dict[str, Any]:
    """The run began with the click that started it, where that was here, and when Harvest says otherwise."""
    began = entry.timer_started_at or until
    before = entry.hours_without_timer or Decimal(0)
    true_start = timeline.true_start(attempt.intent, entry.id, began)
    kept = timeline.hours_before(attempt.intent, entry.id, began) or Decimal(0)
    since, before = (true_start, kept) if true_start else (began, before)
    return {
        "entry_id": entry.id,
        "seen_at": timezone.now().isoformat(),
        "started_at": began.isoformat(),
        "until": max(until, since).isoformat(),
        "hours": str(hours_between(since, until, before=before)),
    }


def _cut(attempt: Attempt, stopped: TimeEntry, *, is_ours: bool) -> TimeEntry:
    """The answer to a stop shows how its account keeps time. Nothing is ever made longer.

    `is_ours` says that it ran until we stopped it, so that whatever its clock shows is later than the click.
    """
    facts = attempt.progress["ending"]
    mode = Mode.CLOCK if stopped.ended_time else Mode.HOURS
    learn_mode(attempt.harvest, mode)
    if mode == Mode.CLOCK:
        return _write_end(attempt, stopped, datetime.fromisoformat(facts["until"]), is_later=is_ours)
    return _write_hours(attempt, stopped, Decimal(facts["hours"]))


def _write_hours(attempt: Attempt, entry: TimeEntry, hours: Decimal) -> TimeEntry:
    write = update_time_entry(entry.id, hours=hours)
    if hours >= entry.hours:
        attempt.note_arrival(write)
        return entry
    return attempt.harvest.call(write)


def _write_end(attempt: Attempt, entry: TimeEntry, until: datetime, *, is_later: bool = False) -> TimeEntry:
    zone = attempt.harvest.zone()
    ended, wanted = state.time_on_clock(entry.ended_time), wall_time(until, zone)
    write = update_time_entry(entry.id, ended_time=wanted)
    if ended is None or ended == wanted or (not is_later and _ended_before(entry, ended, until, zone)):
        attempt.note_arrival(write)
        return entry
    return attempt.harvest.call(write)


def _ended_before(entry: TimeEntry, ended: time, until: datetime, zone: tzinfo) -> bool:
    """Within a day of the start, which is as far as the clock of an entry tells."""
    kept = end_on_clock(entry.spent_date, state.time_on_clock(entry.started_time), ended, zone, near=entry.updated_at)
    return kept <= until < kept + timedelta(days=1)
