"""Which rate an entry is paid at: its own cost rate, or the most special payout rate of its day."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from harvest_bridge.connections.models import Connection

from .days import number_of
from .entries import Entry
from .models import PayoutRate, RateSource

Key = tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class Applied:
    """Shape: `of` is `cost_rate`, or `payout_rate:<id>`."""

    rate_micros: int
    currency: str
    of: str


RateOf = Callable[[Entry], Applied | None]


class RateBook:
    """Payout rates by whom and what they are for. The most special wins: person before project before task; of one
    kind the one that began last."""

    def __init__(self, rates: Iterable[PayoutRate]) -> None:
        self._by_key: dict[Key, list[tuple[int, Applied]]] = {}
        for rate in rates:
            key = (rate.user_id, rate.project_id, rate.task_id)
            applied = Applied(rate.rate_micros, rate.currency, f"payout_rate:{rate.pk}")
            self._by_key.setdefault(key, []).append((number_of(rate.starts_on), applied))
        for begun in self._by_key.values():
            begun.sort(key=lambda one: one[0], reverse=True)

    def rate_of(self, entry: Entry) -> Applied | None:
        """None where no rate holds for this entry on its day."""
        for key in _keys(entry):
            for begins, applied in self._by_key.get(key, ()):
                if begins <= entry.day:
                    return applied
        return None


def _keys(entry: Entry) -> Iterable[Key]:
    person, project, task = entry.user_id, entry.project_id, entry.task_id
    for of_person in (person, 0):
        for of_project in (project, 0):
            for of_task in (task, 0):
                yield (of_person, of_project, of_task)


def book_of(connection: Connection) -> RateBook:
    return RateBook(PayoutRate.objects.filter(connection=connection, removed_at=None))


def rate_reader(source: str, book: RateBook, currency: Callable[[Entry], str]) -> RateOf:
    """`currency` tells that of an entry's cost rate."""
    if source == RateSource.PAYOUT_RATE:
        return book.rate_of

    def cost_rate(entry: Entry) -> Applied | None:
        if entry.cost_rate_micros is None:
            return None
        return Applied(entry.cost_rate_micros, currency(entry), "cost_rate")

    return cost_rate
