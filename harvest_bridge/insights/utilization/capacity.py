"""How many hours each person could work, day by day, as running sums: any stretch of days is one subtraction."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate

from harvest_bridge.insights.records.days import Stretch

from .calendars import holidays_between
from .employment import Presence
from .patterns import daily_micros
from .terms import Span, Terms

Sums = list[int]


@dataclass(frozen=True, slots=True)
class Part:
    """Days of the range with the same terms, within the person's presence.

    Shape: `gross[n]` is what the days of the range before its n-th come to by the working pattern, `net[n]` the same
    without public holidays. Units: millionths of an hour; `target` in ten-thousandths.
    """

    first: int
    last: int
    gross: Sums
    net: Sums
    target: int


class Capacities:
    """Of the people of one question over one range of days. People with the same terms share their sums."""

    def __init__(self, first: int, last: int) -> None:
        self.first, self.last = first, last
        self._sums: dict[Terms, tuple[Sums, Sums]] = {}

    def parts(self, spans: Sequence[Span], presence: Presence) -> list[Part]:
        found = []
        for span in spans:
            first, last = max(span.first, presence.first), min(span.last, presence.last)
            if first <= last and span.terms.weekly_seconds:
                gross, net = self._sums_of(span.terms)
                found.append(Part(first - self.first, last - self.first, gross, net, span.terms.target))
        return found

    def _sums_of(self, terms: Terms) -> tuple[Sums, Sums]:
        if terms not in self._sums:
            week = daily_micros(terms.weekly_seconds or 0, terms.pattern)
            off = holidays_between(terms.country, terms.subdivision, self.first, self.last)
            days = range(self.first, self.last + 1)
            gross = [week[(day + 3) % 7] for day in days]
            net = [0 if day in off else hours for day, hours in zip(days, gross, strict=True)]
            self._sums[terms] = list(accumulate(gross, initial=0)), list(accumulate(net, initial=0))
        return self._sums[terms]


def hours_in(parts: Sequence[Part], stretch: tuple[int, int], *, net: bool) -> int:
    """From the first to the last of these places in the range, both included."""
    first, last = stretch
    found = 0
    for part in parts:
        begin, end = max(first, part.first), min(last, part.last)
        if begin <= end:
            sums = part.net if net else part.gross
            found += sums[end + 1] - sums[begin]
    return found


def goal_in(parts: Sequence[Part], stretch: tuple[int, int], *, net: bool) -> int:
    """Σ capacity × target, in ten-thousandths of millionths of an hour."""
    first, last = stretch
    found = 0
    for part in parts:
        begin, end = max(first, part.first), min(last, part.last)
        if begin <= end:
            sums = part.net if net else part.gross
            found += (sums[end + 1] - sums[begin]) * part.target
    return found


def places(stretch: Stretch, first: int) -> tuple[int, int]:
    return stretch.first - first, stretch.last - first
