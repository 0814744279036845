"""When work began and ended, however late a click is delivered. Pure: moments in; moments, hours and fields out."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from decimal import Decimal
from enum import StrEnum
from typing import Any

from timer_widget.account_mode import Mode, fields_of

# A younger click is timed by Harvest itself, as it always was.
PROMPT = timedelta(seconds=10)
# Harvest keeps hundredths of an hour, and minutes of a clock.
FINEST = timedelta(seconds=36)
MINUTE = timedelta(minutes=1)
# The same start, as told twice: Harvest counts whole seconds.
_SAME = timedelta(seconds=2)
LEAST_HOURS = Decimal("0.01")  # a new entry of 0.00 hours would run
_NOTED_CLOCK_ERROR_SECONDS = 120.0
_DAY = timedelta(hours=24)


class StopAction(StrEnum):
    """What a stop does to an entry that runs."""

    STOP_NOW = "stop_now"
    STOP_AT_CLICK = "stop_at_click"
    LEAVE = "leave"


def moment_of(clicked_at: datetime, received_at: datetime) -> datetime:
    """Nobody clicks in the future: such a clock is ahead, and the click is as old as its arrival."""
    return min(clicked_at, received_at)


def noted_offset(clicked_at: datetime, received_at: datetime, said: float | None) -> float | None:
    """Seconds that the person's clock is off, where it is more than two minutes: as said, or as far as it is seen."""
    off = said if said is not None else max(0.0, (clicked_at - received_at).total_seconds())
    return off if abs(off) > _NOTED_CLOCK_ERROR_SECONDS else None


def is_late(moment: datetime, now: datetime) -> bool:
    return now - moment > PROMPT


def is_same_start(one: datetime | None, other: datetime | None) -> bool:
    return one is not None and other is not None and abs(one - other) < _SAME


def end_of_start(moment: datetime, *, stops: Iterable[datetime], starts: Iterable[datetime]) -> datetime | None:
    """Where work ends that began at `moment`: at the first stop that names it, or where the next timer began.

    None while it goes on. A stop from before the start, by another clock, ends it at once.
    """
    ends = [max(each, moment) for each in stops] + [each for each in starts if each > moment]
    return min(ends, default=None)


def stop_action(
    *, run_started_at: datetime | None, named: Iterable[datetime], moment: datetime, now: datetime
) -> StopAction:
    """`named` are the starts that the stop can mean: what its page showed, and what we have moved that to since.

    A run with another start is another timer; where none was named, one that began after a late click.
    """
    known = list(named)
    if known and not any(is_same_start(run_started_at, each) for each in known):
        return StopAction.LEAVE
    if not is_late(moment, now):
        return StopAction.STOP_NOW
    began_later = run_started_at is not None and run_started_at > moment + PROMPT
    return StopAction.LEAVE if began_later and not known else StopAction.STOP_AT_CLICK


def hours_between(started_at: datetime, ended_at: datetime, *, before: Decimal = Decimal(0)) -> Decimal:
    """Hours of one run, with those from before it; at least the smallest that Harvest keeps."""
    worked = Decimal(max(0.0, (ended_at - started_at).total_seconds())) / 3600
    return max(LEAST_HOURS, (before + worked).quantize(Decimal("0.01")))


def hours_of(span: timedelta) -> Decimal:
    return (Decimal(span.total_seconds()) / 3600).quantize(Decimal("0.01"))


def shortened_hours(hours: Decimal, *, ended_at: datetime, moment: datetime) -> Decimal:
    """Of an entry that ended at `ended_at`, had it ended at `moment` already."""
    return max(LEAST_HOURS, hours - hours_of(ended_at - moment))


def finished_fields(mode: Mode, started_at: datetime, ended_at: datetime, zone: tzinfo) -> dict[str, Any]:
    """What Harvest is sent for one run that is over, on the owner's clock."""
    fields = {
        "hours": hours_between(started_at, ended_at),
        "started_time": wall_time(started_at, zone),
        "ended_time": wall_time(ended_at, zone),
    }
    return fields_of(mode, fields)


def fits_a_clock(started_at: datetime, ended_at: datetime) -> bool:
    """A start and an end on the clock say nothing of whole days between them, and nobody works so long."""
    return ended_at - started_at < _DAY


def wall_time(moment: datetime, zone: tzinfo) -> time:
    return moment.astimezone(zone).time().replace(second=0, microsecond=0)


def day_of(moment: datetime, zone: tzinfo) -> date:
    return moment.astimezone(zone).date()


def end_on_clock(
    spent_date: date, started: time | None, ended: time, zone: tzinfo, *, near: datetime | None = None
) -> datetime:
    """The moment of an end on the owner's clock; one before the start lies on the next day.

    Where clocks are put back a time comes twice: it is the one that lies nearer to `near`.
    """
    day = spent_date + timedelta(days=1) if started is not None and ended < started else spent_date
    first, second = (datetime.combine(day, ended.replace(fold=fold), zone).astimezone(UTC) for fold in (0, 1))
    return second if near is not None and abs(second - near) < abs(first - near) else first
