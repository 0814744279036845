"""Days as the mirror counts them, and the stretches that a range is cut into."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

_EPOCH = date(1970, 1, 1).toordinal()


def day_number(day: date) -> int:
    """Days since 1970-01-01, as the mirror keeps them."""
    return day.toordinal() - _EPOCH


def date_of(number: int) -> date:
    return date.fromordinal(number + _EPOCH)


def week_number(number: int) -> int:
    """Weeks from Monday to Sunday, as the mirror keeps them, of a day."""
    return (number + 3) // 7


def month_number(day: date) -> int:
    return day.year * 12 + day.month - 1


@dataclass(frozen=True, slots=True)
class Stretch:
    """Days from `first` to `last`, both included, by their numbers; `key` is what the mirror's rows call it."""

    key: int
    first: int
    last: int


def stretches(first: date, last: date, interval: str) -> list[Stretch]:
    """The days, weeks or months that the range touches, each cut to it; the whole range where there is no interval."""
    return list(_stretches(day_number(first), day_number(last), interval))


def _stretches(first: int, last: int, interval: str) -> Iterator[Stretch]:
    at = first
    while at <= last:
        key, end = _one(at, last, interval)
        yield Stretch(key, at, min(end, last))
        at = end + 1


def _one(at: int, last: int, interval: str) -> tuple[int, int]:
    """The key of what `at` lies in, and its last day."""
    match interval:
        case "day":
            return at, at
        case "week":
            return week_number(at), week_number(at) * 7 + 3
        case "month":
            day = date_of(at)
            following = date(day.year + day.month // 12, day.month % 12 + 1, 1)
            return month_number(day), day_number(following) - 1
    return 0, last
