"""When a timer counts as forgotten, and when it is likely to have ended. Pure, on the clock of its owner."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo

from timer_widget.guard_models import Reason, Weekend

_DAYS_OFF = {
    Weekend.SATURDAY_SUNDAY: frozenset({5, 6}),
    Weekend.FRIDAY_SATURDAY: frozenset({4, 5}),
    Weekend.SUNDAY: frozenset({6}),
    Weekend.NONE: frozenset[int](),
}
_DAYS_AHEAD = 9
_AWAY = timedelta(minutes=10)
_MIDNIGHT = time(0)


@dataclass(frozen=True)
class Rules:
    """Shape: times of day on the owner's clock; None for what does not count. `stops_after` and `reminds_after` are off
    where None."""

    is_on: bool = True
    longest_run: timedelta | None = None
    day_starts: time | None = None
    day_ends: time | None = None
    weekend: Weekend = Weekend.NONE
    stops_after: timedelta | None = None
    reminds_after: timedelta | None = None

    def is_day_off(self, day: date) -> bool:
        return day.weekday() in _DAYS_OFF[self.weekend]


@dataclass(frozen=True)
class Due:
    at: datetime
    reason: Reason


def due(rules: Rules, began_at: datetime, zone: tzinfo) -> Due | None:
    """From when on a run that began then counts as forgotten: by the first of the rules that applies."""
    found = [
        Due(at, reason)
        for reason, at in (
            (Reason.LONGEST_RUN, _longest_run(rules, began_at)),
            (Reason.WORK_DAY, _work_day_end(rules, began_at, zone)),
            (Reason.WEEKEND, _weekend(rules, began_at, zone)),
        )
        if at is not None
    ]
    return min(found, key=lambda each: each.at, default=None) if rules.is_on else None


def likely_stop(began_at: datetime, now: datetime, signs: Iterable[datetime | None]) -> datetime:
    """The last sign of the person since the run began; without one, its beginning."""
    return max((sign for sign in signs if sign is not None and began_at <= sign <= now), default=began_at)


def followed(proposal: datetime, sign: datetime) -> datetime:
    """The likely end after a later sign. Whoever was away for longer in between worked until they left."""
    return sign if proposal < sign <= proposal + _AWAY else proposal


def work_time(rules: Rules, now: datetime, zone: tzinfo) -> tuple[datetime, datetime] | None:
    """The work day that lasts or comes next: its beginning and its end. A day without one lasts from midnight."""
    today = now.astimezone(zone).date()
    for day in _days(today - timedelta(days=1)):
        if not rules.is_day_off(day):
            begins = _moment(day, rules.day_starts or _MIDNIGHT, zone)
            ends = _end_of(rules, day, zone) or _moment(day + timedelta(days=1), _MIDNIGHT, zone)
            if ends > now:
                return begins, ends
    return None


def _longest_run(rules: Rules, began_at: datetime) -> datetime | None:
    return None if rules.longest_run is None else began_at + rules.longest_run


def _work_day_end(rules: Rules, began_at: datetime, zone: tzinfo) -> datetime | None:
    """The first end of a work day after the beginning."""
    first = began_at.astimezone(zone).date() - timedelta(days=1)
    ends = (_end_of(rules, day, zone) for day in _days(first) if not rules.is_day_off(day))
    return next((end for end in ends if end is not None and end > began_at), None)


def _weekend(rules: Rules, began_at: datetime, zone: tzinfo) -> datetime | None:
    """Midnight, or the end of a night's work day that lasts beyond it. Who begins on a day off means to work then."""
    first = began_at.astimezone(zone).date()
    if rules.is_day_off(first):
        return None
    for day in _days(first):
        if rules.is_day_off(day):
            midnight = _moment(day, _MIDNIGHT, zone)
            night = _end_of(rules, day - timedelta(days=1), zone)
            return max(midnight, night) if night is not None else midnight
    return None


def _end_of(rules: Rules, day: date, zone: tzinfo) -> datetime | None:
    """One that is no later than the beginning lies on the next day."""
    if rules.day_ends is None:
        return None
    is_night = rules.day_starts is not None and rules.day_ends <= rules.day_starts
    return _moment(day + timedelta(days=1) if is_night else day, rules.day_ends, zone)


def _days(first: date) -> list[date]:
    return [first + timedelta(days=ahead) for ahead in range(_DAYS_AHEAD)]


def _moment(day: date, at: time, zone: tzinfo) -> datetime:
    return datetime.combine(day, at, zone).astimezone(UTC)
