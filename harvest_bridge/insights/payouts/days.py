"""Days as the mirror counts them, from 1970-01-01, and the bounds of payout periods. Pure."""

from __future__ import annotations

import calendar
from datetime import date, timedelta

from .errors import PeriodNotValid
from .models import PeriodKind

_EPOCH = date(1970, 1, 1)
_LONGEST_DAYS = 1100
_FIRST_YEAR, _LAST_YEAR = 1970, 2200


def number_of(day: date) -> int:
    return (day - _EPOCH).days


def day_of(number: int) -> date:
    return _EPOCH + timedelta(days=number)


def last_day_of(kind: str, first: date) -> date | None:
    """Where a period of this kind ends that begins on `first`; None for a free one. Errors: PeriodNotValid."""
    month_ends = first.replace(day=calendar.monthrange(first.year, first.month)[1])
    match kind:
        case PeriodKind.WEEKLY:
            return first + timedelta(days=6)
        case PeriodKind.FORTNIGHTLY:
            return first + timedelta(days=13)
        case PeriodKind.TWICE_A_MONTH if first.day == 1:
            return first.replace(day=15)
        case PeriodKind.TWICE_A_MONTH if first.day == 16:
            return month_ends
        case PeriodKind.TWICE_A_MONTH:
            raise PeriodNotValid(f"from: half a month begins on the 1st or the 16th, not on {first}.")
        case PeriodKind.MONTHLY if first.day == 1:
            return month_ends
        case PeriodKind.MONTHLY:
            raise PeriodNotValid(f"from: a month begins on the 1st, not on {first}; take kind=free for other days.")
    return None


def bounds_of(kind: str, first: date, last: date | None) -> tuple[date, date]:
    """Errors: PeriodNotValid where `last` is not the end that the kind gives, or lacks for a free one."""
    if not _FIRST_YEAR <= first.year <= _LAST_YEAR:
        raise PeriodNotValid(f"from: a period begins in the years from {_FIRST_YEAR} to {_LAST_YEAR}.")
    end = last_day_of(kind, first)
    if end is None and last is None:
        raise PeriodNotValid("to: a free period needs its last day.")
    if end is not None and last not in (None, end):
        raise PeriodNotValid(f"to: a {kind} period from {first} ends on {end}, not on {last}.")
    found = end or last
    if found is None or found < first:
        raise PeriodNotValid(f"to: {last} is before {first}.")
    if (found - first).days > _LONGEST_DAYS:
        raise PeriodNotValid(f"to: a period has {_LONGEST_DAYS} days at most.")
    return first, found
