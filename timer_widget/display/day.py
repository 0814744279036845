"""One day of a person: entries, their total, and the time of the last stop."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from django.utils import timezone

from harvest_bridge.harvest.records import TimeEntry
from timer_widget import state
from timer_widget.access import Harvest
from timer_widget.account_clock import clock_of, learn_clock_from
from timer_widget.account_mode import mode_of
from timer_widget.clicks.runs import EntryRuns
from timer_widget.models import Intent, IntentKind, IntentStatus, Person

_REACH = timedelta(hours=16)


def day_of(person: Person, harvest: Harvest, day: date | None) -> dict[str, Any]:
    """Shape: `{"date", "today", "timezone", "mode", "clock", "seconds", "entries", "last_stop"}`; `mode` as
    `account_mode.Mode`; `clock` is `12h`, `24h`, or None where it is not known.
    `timezone` is the IANA name of the person's Harvest zone, on whose clock all days and times of day are.

    Units: `seconds` include the running timer up to now; its entry has `began_at`, when the run that goes on began.
    `last_stop` is a moment within the last 16 hours, or None.
    """
    now = timezone.now()
    today = harvest.today()
    entries = harvest.entries_of_day(day or today)
    learn_clock_from(harvest, entries)
    mode = mode_of(harvest)
    return {
        "date": (day or today).isoformat(),
        "today": today.isoformat(),
        "timezone": str(harvest.zone()),
        "mode": mode,
        "clock": clock_of(harvest),
        "seconds": sum(state.seconds_of(entry, now) for entry in entries),
        "entries": [
            state.serialize_entry(entry, now=now) | {"began_at": state.iso(_began_at(person, entry))}
            for entry in entries
        ],
        "last_stop": state.iso(_last_stop(person, harvest, entries, now)),
    }


def _began_at(person: Person, entry: TimeEntry) -> datetime | None:
    """None for one that does not run."""
    if not entry.is_running or entry.timer_started_at is None:
        return None
    runs = EntryRuns(person.pk, entry.id, named=entry.timer_started_at, held=entry.hours_without_timer)
    return runs.latest.began_at


def _last_stop(person: Person, harvest: Harvest, entries: list[TimeEntry], now: datetime) -> datetime | None:
    """The latest end of an entry, where Harvest keeps ends, or of a timer that was stopped here."""
    stops = Intent.objects.filter(person=person, kind=IntentKind.STOP, status=IntentStatus.DONE)
    clicked = stops.order_by("-clicked_at").values_list("clicked_at", flat=True).first()
    ended = [_moment(entry, harvest) for entry in entries if not entry.is_running]
    known = [moment for moment in (clicked, *ended) if moment is not None and now - _REACH <= moment <= now]
    return max(known, default=None)


def _moment(entry: TimeEntry, harvest: Harvest) -> datetime | None:
    text = state.clock_time(entry.ended_time)
    if text is None:
        return None
    local = datetime.combine(entry.spent_date, datetime.strptime(text, "%H:%M").time(), harvest.zone())
    return local.astimezone(timezone.get_default_timezone())
