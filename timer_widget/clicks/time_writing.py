"""Writes time in the fields of the account's mode, and again in those of the other mode if it has changed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from django.utils import timezone

from harvest_bridge.harvest.operations import (
    list_time_entries,
    restart_time_entry,
    stop_time_entry,
    update_time_entry,
)
from harvest_bridge.harvest.records import TimeEntry
from timer_widget import state
from timer_widget.access import Harvest
from timer_widget.account_mode import Mode, learn_mode, mode_of, other_mode, time_fields

from .attempt import Attempt
from .confirmation import as_it_is, confirmed, has_changed
from .work_times import hours_of

_NO_TIME = timedelta()
_FINEST_SECONDS = 36  # Harvest keeps hundredths of an hour


def requested_time_fields(
    attempt: Attempt, asked: dict[str, Any], day: date, mode: Mode | None = None, *, ran_on: timedelta = _NO_TIME
) -> dict[str, Any]:
    """The time that is asked for, as the fields of the account's mode; empty if none is.

    Hours without a start, in an account with start and end times, end when the form was sent. `ran_on` is what was
    worked after that, and is added to hours.
    """
    hours, started, ended = (asked.get(name) for name in ("hours", "started_time", "ended_time"))
    if hours is None and started is None:
        return {}
    return time_fields(
        mode or mode_of(attempt.harvest),
        day=day,
        now=(attempt.moment + ran_on).astimezone(attempt.harvest.zone()),
        hours=None if hours is None else Decimal(str(hours)) + hours_of(ran_on),
        started=None if started is None else time.fromisoformat(started),
        ended=None if ended is None else time.fromisoformat(ended),
    )


def write_time(
    harvest: Harvest,
    before: TimeEntry,
    write: Callable[[Mode], TimeEntry],
    is_written: Callable[[Mode, TimeEntry], bool],
) -> TimeEntry:
    """Write in the fields of the account's mode, and in those of the other one where the entry does not show them.

    Harvest ignores the fields of the other mode without an error (REFERENCE §7.1). An account that has changed its mode
    since we learnt it is recognised by the second answer, and remembered. Errors: ChangeNotKept; the HarvestError tree.
    """
    mode = mode_of(harvest)
    entry = as_it_is(harvest, write(mode), lambda now: is_written(mode, now))
    if is_written(mode, entry):
        return entry
    other = other_mode(mode)
    entry = confirmed(harvest, write(other), lambda now: is_written(other, now) or has_changed(before, now))
    if is_written(other, entry):
        learn_mode(harvest, other)
    return entry


def shows_time(mode: Mode, entry: TimeEntry, fields: dict[str, Any], *, by_times: bool) -> bool:
    """Whether an entry has the time that `fields` (as `time_fields` of an unknown mode) say in the fields of `mode`.

    `by_times`: the person gave a start and an end, so an entry that keeps others is not as they said.
    """
    times = [fields["started_time"], fields["ended_time"]]
    kept = [state.clock_time(entry.started_time), state.clock_time(entry.ended_time)]
    has_times = kept == [each.strftime("%H:%M") for each in times]
    has_hours = entry.hours == fields["hours"] and not (by_times and entry.ended_time and not has_times)
    return {Mode.HOURS: has_hours, Mode.CLOCK: has_times, Mode.UNKNOWN: has_hours or has_times}[mode]


def begin_at(harvest: Harvest, entry: TimeEntry, started_at: datetime) -> TimeEntry:
    """Give a running timer the time since `started_at`, in the fields of its account's mode.

    With start and end times its day is the day of the start, on the owner's clock.
    """
    worked = max(timedelta(), timezone.now() - started_at)
    hours = (Decimal(worked.total_seconds()) / 3600).quantize(Decimal("0.01"))
    local = started_at.astimezone(harvest.zone())

    def write(mode: Mode) -> TimeEntry:
        if mode == Mode.CLOCK:
            return harvest.call(update_time_entry(entry.id, spent_date=local.date(), started_time=local.time()))
        return harvest.call(update_time_entry(entry.id, hours=hours))

    def is_written(mode: Mode, answer: TimeEntry) -> bool:
        if mode == Mode.CLOCK:
            return state.clock_time(answer.started_time) == local.strftime("%H:%M")
        is_same = abs(state.seconds_of(entry, timezone.now()) - worked.total_seconds()) < _FINEST_SECONDS
        return is_same or _clockwork(answer) != _clockwork(entry)

    return write_time(harvest, entry, write, is_written)


def settled(harvest: Harvest, entry: TimeEntry, fields: Callable[[Mode], dict[str, Any]]) -> TimeEntry:
    """A new entry that runs although its time was given: the account has changed its mode since we learnt it.

    Harvest ignores time in the fields of the other mode and starts a timer, so it is told once more in the right ones,
    and the timer that Harvest stopped for it runs on. Errors: ChangeNotKept; the HarvestError tree.
    """
    made = as_it_is(harvest, entry, _has_ended)
    if not made.is_running:
        return made
    ended = _ended_for(harvest, made)

    def write(mode: Mode) -> TimeEntry:
        return harvest.call(update_time_entry(made.id, **fields(mode)))

    entry = write_time(harvest, made, write, lambda _mode, now: has_changed(made, now))
    if entry.is_running:
        entry = confirmed(harvest, harvest.call(stop_time_entry(entry.id)), _has_ended)
    if ended:
        harvest.call(restart_time_entry(ended.id))
    return entry


def _has_ended(entry: TimeEntry) -> bool:
    return not entry.is_running


def _ended_for(harvest: Harvest, entry: TimeEntry) -> TimeEntry | None:
    """What ran until `entry` was created: Harvest stopped it in that second. What was made stopped never changed."""
    if entry.created_at is None:
        return None
    since = entry.created_at - timedelta(seconds=1)  # exclusive
    page = harvest.call(list_time_entries(user_id=harvest.user_id, updated_since=since))
    stopped = (each for each in page.items if each.id != entry.id and not each.is_running)
    return next((each for each in stopped if each.created_at != each.updated_at), None)


def _clockwork(entry: TimeEntry) -> tuple[Any, ...]:
    return entry.hours_without_timer, entry.timer_started_at
