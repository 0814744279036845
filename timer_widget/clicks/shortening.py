"""Ends a run that is over at an earlier moment than it ended; later runs of the same entry keep their time."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal

import structlog
from django.utils import timezone

from harvest_bridge.harvest.errors import HarvestForbidden, HarvestNotFound, HarvestRejected
from harvest_bridge.harvest.operations import update_time_entry
from harvest_bridge.harvest.records import TimeEntry
from timer_widget import state
from timer_widget.account_mode import Mode, mode_of
from timer_widget.entry_locks import lock_of
from timer_widget.errors import NotYourEntry

from . import timeline
from .attempt import Attempt
from .endings import write_end, write_hours
from .later_changes import time_said_since
from .notices import names_of, notice_for
from .runs import EntryRuns, Run
from .time_writing import begin_at
from .work_times import FINEST, MINUTE, end_on_clock, hours_of, shortened_hours

log = structlog.get_logger(__name__)


def end_of(attempt: Attempt, entry: TimeEntry, runs: EntryRuns, run: Run) -> datetime | None:
    """When a run that is over ended, where that is sure: known here, on the entry's clock, or by its last change."""
    if run.ended_at is not None:
        return run.ended_at
    if entry.is_running or run is not runs.latest:
        return None
    ended = state.time_on_clock(entry.ended_time)
    if ended is not None:
        started, zone = state.time_on_clock(entry.started_time), attempt.harvest.zone()
        return end_on_clock(entry.spent_date, started, ended, zone, near=entry.updated_at)
    if entry.updated_at is None:
        return None
    # What was dated back here counts from its click, though Harvest says that it began when it was dated back.
    said = run.began_at + timedelta(hours=float(entry.hours - runs.hours_before(run)))
    return said if abs(said - entry.updated_at) <= MINUTE else None


def end_earlier(attempt: Attempt, entry: TimeEntry, runs: EntryRuns, run: Run) -> TimeEntry | None:
    """The entry, with the run ended at the click, or where a later click said what time it has; None where it ended no
    later, or where that cannot be told.

    Errors: the HarvestError tree.
    """
    moment = max(attempt.moment, run.began_at + FINEST, time_said_since(attempt, entry.id) or attempt.moment)
    if run.ended_at is None or run.ended_at - moment < (MINUTE if entry.ended_time else FINEST):
        return None
    if entry.is_running:
        return _end_before_running(attempt, entry, runs, run, moment)
    if entry.ended_time:
        shortened = write_end(attempt, entry, moment)
    else:
        shortened = write_hours(attempt, entry, _hours_left(attempt, entry, run, moment))
    # Else the next such click would take the time between the two ends away once more.
    runs.note_earlier_end(run, moment)
    return shortened


def _hours_left(attempt: Attempt, entry: TimeEntry, run: Run, moment: datetime) -> Decimal:
    """Noted before they are written, so that an attempt that is repeated takes nothing twice."""
    known: dict[str, str] = attempt.progress.get("hours_left", {})
    key = _key(entry, run)
    if key not in known and run.ended_at is not None:
        left = shortened_hours(entry.hours, ended_at=run.ended_at, moment=moment)
        known = {**known, key: str(left)}
        attempt.note(hours_left=known)
    return Decimal(known[key])


def _key(entry: TimeEntry, run: Run) -> str:
    return f"{entry.id}.{run.position}"


def _end_before_running(
    attempt: Attempt, entry: TimeEntry, runs: EntryRuns, run: Run, moment: datetime
) -> TimeEntry | None:
    """Of an entry whose latest run goes on: that one runs on, and the entry holds less before it.

    None where it is not known, or somebody has changed the time since.
    """
    latest = runs.latest
    if latest is run or latest.hours_before is None or run.ended_at is None or mode_of(attempt.harvest) != Mode.HOURS:
        return None
    taken = hours_of(run.ended_at - moment)
    since = latest.began_at - timedelta(hours=float(latest.hours_before))
    wanted = since + timedelta(hours=float(taken))
    shown = timezone.now() - timedelta(seconds=state.seconds_of(entry, timezone.now()))
    if min(abs(shown - since), abs(shown - wanted)) > MINUTE:
        return None
    if abs(shown - since) < abs(shown - wanted):
        entry = begin_at(attempt.harvest, entry, wanted)
    else:
        attempt.note_arrival(update_time_entry(entry.id))
    runs.note_earlier_end(run, moment, goes_on_since=entry.timer_started_at)
    return entry


def end_where_next_began(attempt: Attempt) -> TimeEntry | None:
    """What an earlier click began and is over by now, ended at this start if it went on beyond it; the last of them.

    Of whatever item, as a start ends whatever runs. Time that somebody has changed since is left as it is, and so is
    what Harvest lets nobody change: the person is told that both overlap. Errors: the HarvestError tree.
    """
    cut = None
    for entry_id, runs, run in timeline.runs_before(attempt.intent):
        if run.ended_at is None or run.ended_at - attempt.moment < MINUTE:
            continue
        try:
            entry = attempt.entry_of_any_item(entry_id)
        except (HarvestNotFound, NotYourEntry):
            continue  # no time of this person's
        if is_as_clicked(attempt, entry, runs, run):
            cut = _ended_or_told(attempt, entry, runs, run) or cut
    return cut


def _ended_or_told(attempt: Attempt, entry: TimeEntry, runs: EntryRuns, run: Run) -> TimeEntry | None:
    """None for one that is locked, or that Harvest refuses to change."""
    try:
        if lock_of(entry) is None:
            return end_earlier(attempt, entry, runs, run)
    except (HarvestForbidden, HarvestRejected) as refused:
        log.info("an earlier entry could not be ended", entry=entry.id, code=refused.code)
    words = "{} is locked in Harvest, so it could not be ended where this timer began: the two overlap."
    attempt.note(told=notice_for("overlap", names_of(entry), words))
    return None


def is_as_clicked(attempt: Attempt, entry: TimeEntry, runs: EntryRuns, run: Run) -> bool:
    """Whether the entry's time since the run began is this run, up to the next one, and nothing else that was added or
    taken away; or whether an earlier attempt has taken of it."""
    if run.ended_at is None or _key(entry, run) in attempt.progress.get("hours_left", {}):
        return run.ended_at is not None
    ended = state.time_on_clock(entry.ended_time)
    if ended is None:
        later = runs.after(run)
        until = later[0].hours_before if later else entry.hours
        if until is None or (entry.is_running and not later):
            return False
        return abs(timedelta(hours=float(until - (run.hours_before or 0))) - (run.ended_at - run.began_at)) <= MINUTE
    zone = attempt.harvest.zone()
    kept = end_on_clock(entry.spent_date, state.time_on_clock(entry.started_time), ended, zone, near=run.ended_at)
    return abs(kept - run.ended_at) <= MINUTE
