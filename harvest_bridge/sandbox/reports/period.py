from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from harvest_bridge.sandbox.errors import unprocessable
from harvest_bridge.sandbox.fields import as_bool
from harvest_bridge.sandbox.filters import Query, date_filter

LONGEST_DAYS = 365


@dataclass(frozen=True, slots=True)
class Period:
    """Both days included."""

    first: date
    last: date

    def covers(self, day: date) -> bool:
        return self.first <= day <= self.last


def period_of(query: Query) -> Period:
    """Errors: 422 without `from` and `to`, or for more than 365 days."""
    first, last = date_filter(query, "from"), date_filter(query, "to")
    if first is None or last is None:
        missing = [name for name, day in (("From", first), ("To", last)) if day is None]
        raise unprocessable(*(f"{name} can't be blank" for name in missing))
    if (last - first).days > LONGEST_DAYS:
        raise unprocessable(f"The period can't be longer than {LONGEST_DAYS} days")
    return Period(first, last)


def wants_fixed_fee(query: Query) -> bool:
    """`include_fixed_fee` is true unless it says otherwise."""
    return as_bool(query.get("include_fixed_fee", "true"))
