"""Converts by the host's own rates, with the one of the day; what has none stays unknown."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from fractions import Fraction

from harvest_bridge.connections.models import Connection
from harvest_bridge.insights.records.days import day_number

from .models import ExchangeRate


class Exchange:
    """The rates of one account."""

    def __init__(self, connection: Connection) -> None:
        self._rates: dict[tuple[str, str], list[tuple[int, Fraction]]] = defaultdict(list)
        for row in ExchangeRate.objects.filter(connection=connection).order_by("starts_on"):
            self._rates[row.source, row.target].append((day_number(row.starts_on), Fraction(row.rate)))

    def days(self) -> set[int]:
        """Those on which a rate changes."""
        return {day for rates in self._rates.values() for day, _ in rates}

    def rate(self, source: str, target: str, day: int) -> Fraction | None:
        """As it was supplied, or its inverse; None where the host supplied neither by that day."""
        if source == target:
            return Fraction(1)
        found = self._at(source, target, day)
        if found is not None:
            return found
        inverse = self._at(target, source, day)
        return None if inverse is None else 1 / inverse

    def _at(self, source: str, target: str, day: int) -> Fraction | None:
        rates = self._rates.get((source, target), [])
        place = bisect_right(rates, day, key=lambda one: one[0])
        return rates[place - 1][1] if place else None
