"""The mode of a Harvest account: hours, or start and end times; Harvest tells administrators alone (REFERENCE §7.1)."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Any

from django.core.cache import cache
from django.utils import timezone

from harvest_bridge.api.outages import best_effort
from harvest_bridge.connections.harvest_permissions import ADMINISTRATOR
from harvest_bridge.harvest.operations import get_company, list_time_entries
from harvest_bridge.harvest.records import TimeEntry
from timer_widget.access import Harvest
from timer_widget.account_clock import learn_clock

_SECONDS = 3600


class Mode(StrEnum):
    """Unknown: for a member who never stopped a timer. Fields of both kinds are sent then; Harvest ignores one kind."""

    HOURS = "hours"
    CLOCK = "clock"
    UNKNOWN = "unknown"


def mode_of(harvest: Harvest) -> Mode:
    """Asked for once an hour; two reads at most. Errors: the HarvestError tree."""
    key = harvest.remembered_of_account("mode")
    known = best_effort(lambda: cache.get(key))
    if known is None:
        known = _asked(harvest)
        if known != Mode.UNKNOWN:
            best_effort(lambda: cache.set(key, str(known), _SECONDS))
    return Mode(known)


def known_mode(harvest: Harvest) -> Mode:
    """The same without a question to Harvest: unknown where it was not asked for lately."""
    return Mode(best_effort(lambda: cache.get(harvest.remembered_of_account("mode"))) or Mode.UNKNOWN)


def learn_mode(harvest: Harvest, mode: Mode) -> None:
    best_effort(lambda: cache.set(harvest.remembered_of_account("mode"), str(mode), _SECONDS))


def other_mode(mode: Mode) -> Mode:
    """For an unknown one that which is tried second."""
    return Mode.HOURS if mode == Mode.CLOCK else Mode.CLOCK


def time_fields(
    mode: Mode, *, day: date, now: datetime, hours: Decimal | None, started: time | None, ended: time | None
) -> dict[str, Any]:
    """What Harvest is sent for time that was worked: the fields of its mode, whichever the person gave.

    `now` is on the person's own clock: hours in an account with times end now, or at six for another day.
    """
    if started is None or ended is None:
        if hours is None:
            return {}
        until = now if day == now.date() else datetime.combine(day, time(18))
        begin = max(until.replace(tzinfo=None) - timedelta(hours=float(hours)), datetime.combine(day, time(0)))
        end = begin + timedelta(hours=float(hours))
        if end > begin and end.time() == begin.time():  # a whole day: the same minute twice would be none
            end -= timedelta(minutes=1)
        started, ended = begin.time(), end.time()
    else:
        hours = hours_between(started, ended)
    return fields_of(mode, {"hours": hours, "started_time": started, "ended_time": ended})


def fields_of(mode: Mode, fields: dict[str, Any]) -> dict[str, Any]:
    """Of the fields of both kinds those that an account of this mode takes; both where it is unknown."""
    kept = {Mode.HOURS: ("hours",), Mode.CLOCK: ("started_time", "ended_time"), Mode.UNKNOWN: tuple(fields)}[mode]
    return {name: fields[name] for name in kept if name in fields}


def hours_between(started: time, ended: time) -> Decimal:
    """Decimal hours; an end before the start lies on the next day."""
    minutes = (ended.hour * 60 + ended.minute) - (started.hour * 60 + started.minute)
    return (Decimal(minutes % (24 * 60)) / 60).quantize(Decimal("0.01"))


def _asked(harvest: Harvest) -> Mode:
    if ADMINISTRATOR in harvest.connection.access_roles:
        company = harvest.call(get_company())
        learn_clock(harvest, company.clock)
        return Mode.CLOCK if company.wants_timestamp_timers else Mode.HOURS
    since = timezone.now().date() - timedelta(days=60)
    user_id = harvest.user_id
    page = harvest.call(list_time_entries(user_id=user_id, is_running=False, from_date=since, per_page=1))
    return _mode_shown_by(page.items[0]) if page.items else Mode.UNKNOWN


def _mode_shown_by(entry: TimeEntry) -> Mode:
    return Mode.CLOCK if entry.ended_time else Mode.HOURS
