"""Time zones that show the same time: same offsets from UTC now and all through the coming year."""

from __future__ import annotations

import math
import re
from datetime import UTC, date, datetime, time, timedelta
from functools import cache, lru_cache
from importlib import resources
from zoneinfo import ZoneInfo, available_timezones

Change = tuple[datetime, timedelta]
Place = tuple[float, float]

_YEAR = timedelta(days=366)
_OLDEST = date(1990, 1, 1)
# No zone has changed its offset twice within a week since then.
_STEP = timedelta(days=7)


@lru_cache(maxsize=1000)
def same_clock(zone: str, among: tuple[str, ...], *, day: date) -> str | None:
    """The zone of `among` with the same clock from `day` on for a year; None where there is none.

    Of several it is the nearest on the map. Where clocks change, the one that has changed with it for the longest time
    goes first: Detroit's is New York's, not that of Indianapolis, which had no summer time until 2006.
    """
    if zone not in _known_zones():
        return None
    coming = _changes(zone, day, day + _YEAR)
    alike = [other for other in among if _changes(other, day, day + _YEAR) == coming]
    has_summer_time = len(coming) > 1

    def distance(other: str) -> tuple[float, float]:
        since, kilometres = _shared_since(zone, other, day).timestamp(), _kilometres(zone, other)
        return (since, kilometres) if has_summer_time else (kilometres, since)

    return min(alike, key=distance, default=None)


@cache
def _known_zones() -> frozenset[str]:
    return frozenset(available_timezones())


@lru_cache(maxsize=1000)
def _changes(zone: str, begin: date, end: date) -> tuple[Change, ...]:
    """The offset at the beginning, and each change of it to the minute."""
    clock = ZoneInfo(zone)
    at, last = _midnight(begin), _midnight(end)
    found = [(at, _offset(clock, at))]
    while at < last:
        following = min(at + _STEP, last)
        if _offset(clock, following) != found[-1][1]:
            found.append((_moment_of_change(clock, at, following), _offset(clock, following)))
        at = following
    return tuple(found)


def _moment_of_change(clock: ZoneInfo, before: datetime, after: datetime) -> datetime:
    while after - before > timedelta(minutes=1):
        middle = (before + (after - before) / 2).replace(second=0, microsecond=0)
        before, after = (before, middle) if _offset(clock, middle) == _offset(clock, after) else (middle, after)
    return after


def _shared_since(zone: str, other: str, day: date) -> datetime:
    """When the clocks of two zones, which are the same on `day`, last differed."""
    one, two = ({*_changes(each, _OLDEST, day)} for each in (zone, other))
    return max((at for at, _ in one ^ two), default=_midnight(_OLDEST))


def _kilometres(zone: str, other: str) -> float:
    """Along the earth; 0 where a zone is no place, such as `Etc/GMT+5`."""
    places = _places()
    if zone not in places or other not in places:
        return 0.0
    (a, b), (c, d) = places[zone], places[other]
    cosine = math.sin(a) * math.sin(c) + math.cos(a) * math.cos(c) * math.cos(b - d)
    return 6371 * math.acos(max(-1.0, min(1.0, cosine)))


@cache
def _places() -> dict[str, Place]:
    """Latitude and longitude of each zone's city, in radians. Source: the tz database's `zone.tab`."""
    lines = (resources.files("tzdata") / "zoneinfo" / "zone.tab").read_text().splitlines()
    rows = (line.split("\t") for line in lines if not line.startswith("#"))
    return {row[2]: _place(row[1]) for row in rows}


def _place(text: str) -> Place:
    """`+404251-0740023` and `+5230+01322`: degrees, minutes and perhaps seconds, twice."""
    latitude, longitude = re.findall(r"[+-]\d+", text)
    return _radians(latitude, 2), _radians(longitude, 3)


def _radians(text: str, digits: int) -> float:
    sign, degrees, rest = text[0], text[1 : 1 + digits], text[1 + digits :]
    total = int(degrees) + int(rest[:2]) / 60 + int(rest[2:] or 0) / 3600
    return math.radians(-total if sign == "-" else total)


def _offset(clock: ZoneInfo, at: datetime) -> timedelta:
    offset = at.astimezone(clock).utcoffset()
    return offset if offset is not None else timedelta()


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)
