"""Arithmetic of timers: how long one ran, in both account modes (REFERENCE §7.1, §7.2). Nothing changes here."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from decimal import ROUND_HALF_UP, Decimal

from harvest_bridge.sandbox.fields import CENT
from harvest_bridge.sandbox.records import Company, TimeEntry
from harvest_bridge.sandbox.timezones import zone_for

HOUR_SECONDS = Decimal(3600)
ZERO = Decimal("0.00")
MINUTE = timedelta(minutes=1)


def hours_of(elapsed: timedelta) -> Decimal:
    """Hours to two decimals; never negative, whatever the clocks say."""
    seconds = max(Decimal(0), Decimal(str(elapsed.total_seconds())))
    return (seconds / HOUR_SECONDS).quantize(CENT, ROUND_HALF_UP)


def elapsed_at(entry: TimeEntry, now: datetime, company: Company) -> timedelta:
    """How long the current run lasts. Accounts with start and end times count whole minutes of the wall clock."""
    if entry.timer_started_at is None:
        return timedelta()
    if company.wants_timestamp_timers:
        return _minute(now) - _minute(entry.timer_started_at)
    return now - entry.timer_started_at


def hours_at(entry: TimeEntry, now: datetime, company: Company) -> Decimal:
    return entry.hours + hours_of(elapsed_at(entry, now, company)) if entry.is_running else entry.hours


def hours_between(started: time, ended: time) -> Decimal:
    """An end before the start lies on the next day."""
    minutes = (ended.hour * 60 + ended.minute) - (started.hour * 60 + started.minute)
    return hours_of(timedelta(minutes=minutes % (24 * 60)))


def wall_time(moment: datetime, timezone: str) -> time:
    """The clock on the owner's wall, to the minute."""
    return moment.astimezone(zone_for(timezone)).time().replace(second=0, microsecond=0)


def last_moment_at(wall: time, now: datetime, timezone: str) -> datetime:
    """When the owner's wall clock last showed `wall`: a timer cannot have been started in the future."""
    local = now.astimezone(zone_for(timezone))
    moment = datetime.combine(local.date(), wall, local.tzinfo)
    if moment > now:
        moment = datetime.combine(local.date() - timedelta(days=1), wall, local.tzinfo)
    return moment.astimezone(now.tzinfo)


def rounded(hours: Decimal, company: Company) -> Decimal:
    """`hours` under the account's rounding rule: up to the next full step."""
    if not company.rounding_minutes:
        return hours
    step = Decimal(company.rounding_minutes) / 60
    return ((hours / step).to_integral_value("ROUND_CEILING") * step).quantize(CENT, ROUND_HALF_UP)


def _minute(moment: datetime) -> datetime:
    return moment.replace(second=0, microsecond=0)
