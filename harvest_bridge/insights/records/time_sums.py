"""Hours, and hours × rate, added up by the database in whole numbers.

Harvest's hours have two decimals and its rates at most four, so hundredths × ten-thousandths are exact and fit into 64
bits over any number of entries. Where an entry is finer than that, its project's sums are made rate by rate instead.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from django.db.models import BigIntegerField, Count, F, Q, QuerySet, Sum, Value
from django.db.models.functions import Cast, Coalesce

from harvest_bridge.mirror.models import Mirror, ProjectMonth, TimeEntry

from .month_totals import fetched, read_cut

_HUNDREDTH, _TEN_THOUSANDTH, _MICROS = 10_000, 100, 1_000_000
_PRODUCTS = _HUNDREDTH * _TEN_THOUSANDTH
_TRILLION = 10**12
_FINE = (
    Q(hours_micros__lt=0)
    | ~Q(hundredths=0)
    | ~Q(rounded_hundredths=0)
    | Q(billable_rest__isnull=False) & ~Q(billable_rest=0)
    | Q(cost_rest__isnull=False) & ~Q(cost_rest=0)
)


@dataclass(frozen=True, slots=True)
class Worked:
    """One sum. `key` is the task's or person's id where it is asked for by these, else 0.

    Units: hours in millionths, money exact and in the currency of the rate. `without_…` count entries whose rate is
    unknown; the sums leave these out.
    """

    key: int
    project_id: int
    is_billable: bool
    is_billed: bool
    rounded: int
    budgeted: int
    value: Fraction
    cost: Fraction
    without_billable_rate: int
    without_cost_rate: int


@dataclass(frozen=True, slots=True)
class Asked:
    """Whose time, on which days, both included. Shape: `project_ids` None: of all; `key` is `task_id`, `user_id` or
    "" for neither."""

    mirror: Mirror
    first: int
    last: int
    project_ids: Sequence[int] | None = None
    key: str = ""
    only_budgeted: bool = False

    def entries(self, first: int, last: int) -> QuerySet[TimeEntry]:
        return self._narrowed(TimeEntry.objects.filter(mirror=self.mirror, day__gte=first, day__lte=last))

    def totals(self, condition: Q) -> QuerySet[ProjectMonth]:
        return self._narrowed(ProjectMonth.objects.filter(condition, mirror=self.mirror))

    @property
    def keys(self) -> list[str]:
        return [*([self.key] if self.key else []), "project_id", "is_billable", "is_billed"]

    def _narrowed(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        rows = rows.order_by() if self.project_ids is None else rows.order_by().filter(project_id__in=self.project_ids)
        return rows.filter(is_budgeted=True) if self.only_budgeted else rows


def sums(asked: Asked) -> list[Worked]:
    """By `key`, project, and whether it is billable and billed."""
    found: dict[tuple[Any, ...], list[int]] = {}
    named = len(asked.keys)
    for row in _rows(asked):
        key, values = row[:named], row[named:]
        before = found.get(key)
        found[key] = list(values) if before is None else [a + b for a, b in zip(before, values, strict=True)]
    return [_worked(asked, key, values) for key, values in found.items()]


def _rows(asked: Asked) -> Iterable[tuple[Any, ...]]:
    """The keys, and seven sums. Totals of months are not by task or person."""
    if asked.key:
        return _of_entries(asked, asked.first, asked.last)
    return read_cut(
        asked.mirror,
        asked.first,
        asked.last,
        totals=lambda condition: _of_totals(asked, condition),
        entries=lambda first, last: _of_entries(asked, first, last),
    )


def _of_entries(asked: Asked, first: int, last: int) -> Iterable[tuple[Any, ...]]:
    rows = asked.entries(first, last).annotate(**_PARTS).values_list(*asked.keys)
    rows = rows.annotate(
        rounded=_sum("rounded_hours_micros"),
        budgeted=_sum("rounded_hours_micros", Q(is_budgeted=True)),
        value=_sum(F("rounded_hours_micros") / _HUNDREDTH * (F("billable_rate_micros") / _TEN_THOUSANDTH)),
        cost=_sum(F("hours_micros") / _HUNDREDTH * (F("cost_rate_micros") / _TEN_THOUSANDTH)),
        no_rate=Count("id", filter=Q(billable_rate_micros=None)),
        no_cost=Count("id", filter=Q(cost_rate_micros=None)),
        fine=Count("id", filter=_FINE),
    )
    return fetched(rows)


def _of_totals(asked: Asked, condition: Q) -> Iterable[tuple[Any, ...]]:
    rows = asked.totals(condition).values_list(*asked.keys)
    rows = rows.annotate(
        rounded=_sum("rounded_hours_micros"),
        budgeted=_sum("rounded_hours_micros", Q(is_budgeted=True)),
        value=_sum("value_units"),
        cost=_sum("cost_units"),
        no_rate=_sum("unrated_count"),
        no_cost=_sum("uncosted_count"),
        fine=_sum("fine_count"),
    )
    return fetched(rows)


_PARTS = {
    "hundredths": F("hours_micros") % _HUNDREDTH,
    "rounded_hundredths": F("rounded_hours_micros") % _HUNDREDTH,
    "billable_rest": F("billable_rate_micros") % _TEN_THOUSANDTH,
    "cost_rest": F("cost_rate_micros") % _TEN_THOUSANDTH,
}


def _exact(asked: Asked, key: tuple[Any, ...]) -> tuple[int, int]:
    """Rate by rate, multiplied here, where numbers have no end."""
    rows = asked.entries(asked.first, asked.last).filter(**dict(zip(asked.keys, key, strict=True)))
    by_rate = rows.values_list("billable_rate_micros", "cost_rate_micros").annotate(
        rounded=_sum("rounded_hours_micros"), hours=_sum("hours_micros")
    )
    value = cost = 0
    for billable_rate, cost_rate, rounded, hours in by_rate:
        value += rounded * (billable_rate or 0)
        cost += hours * (cost_rate or 0)
    return value, cost


def _worked(asked: Asked, key: tuple[Any, ...], values: Sequence[int]) -> Worked:
    rounded, budgeted, value, cost, no_rate, no_cost, fine = values
    value, cost = _exact(asked, key) if fine else (value * _PRODUCTS, cost * _PRODUCTS)
    own, (project_id, is_billable, is_billed) = (key[0] if asked.key else 0), key[-3:]
    worth = Fraction(value, _TRILLION) if is_billable else Fraction(0)
    return Worked(
        own, project_id, is_billable, is_billed, rounded, budgeted, worth, Fraction(cost, _TRILLION), no_rate, no_cost
    )


def _sum(what: Any, condition: Q | None = None) -> Coalesce:
    return Coalesce(Cast(Sum(what, filter=condition), BigIntegerField()), Value(0), output_field=BigIntegerField())
