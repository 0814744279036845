"""A week's capacity, spread over its days."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from harvest_bridge.insights.rounding import half_up

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
USUAL: tuple[Decimal, ...] = tuple(Decimal(n) for n in (1, 1, 1, 1, 1, 0, 0))
_MICROS = 1_000_000
_HOUR_SECONDS = 3600


def daily_micros(weekly_seconds: int, pattern: Sequence[Decimal]) -> tuple[int, ...]:
    """What each day from Monday to Sunday has of it, in millionths of an hour: whole numbers that add up to the week.

    Each is the difference of two rounded running sums, so that nothing is lost to rounding.
    """
    week, whole = half_up(weekly_seconds * _MICROS, _HOUR_SECONDS), sum(pattern, Decimal(0))
    if not whole:
        return (0,) * len(WEEKDAYS)
    ends = [_share(week, sum(pattern[: day + 1], Decimal(0)), whole) for day in range(len(WEEKDAYS))]
    return tuple(end - before for before, end in zip([0, *ends], ends, strict=False))


def _share(week: int, part: Decimal, whole: Decimal) -> int:
    top, bottom = part.as_integer_ratio()
    whole_top, whole_bottom = whole.as_integer_ratio()
    return half_up(week * top * whole_bottom, bottom * whole_top)
