"""Hours, and hours × rate, added up by the database in whole numbers.

Harvest's hours have two decimals and its rates at most four, so hundredths × ten-thousandths are exact and fit into 64
bits over any number of entries. Where an entry is finer than that, its project's sums are made rate by rate instead.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from django.db.models import BigIntegerField, Count, F, Q, QuerySet, Sum, Value
from django.db.models.functions import Cast, Coalesce

from harvest_bridge.mirror.models import Mirror, TimeEntry

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


def entries_on(mirror: Mirror, first: int, last: int, project_ids: Sequence[int] | None) -> QuerySet[TimeEntry]:
    rows = TimeEntry.objects.filter(mirror=mirror, day__gte=first, day__lte=last).order_by()
    return rows if project_ids is None else rows.filter(project_id__in=project_ids)


def sums(rows: QuerySet[TimeEntry], key: str) -> Iterator[Worked]:
    """By `key` (`task_id`, `user_id`, or "" for neither), project, and whether it is billable and billed."""
    keys = [*([key] if key else []), "project_id", "is_billable", "is_billed"]
    found = (
        rows.annotate(**_PARTS)
        .values_list(*keys)
        .annotate(
            rounded=_sum("rounded_hours_micros"),
            budgeted=_sum("rounded_hours_micros", Q(is_budgeted=True)),
            value=_sum(F("rounded_hours_micros") / _HUNDREDTH * (F("billable_rate_micros") / _TEN_THOUSANDTH)),
            cost=_sum(F("hours_micros") / _HUNDREDTH * (F("cost_rate_micros") / _TEN_THOUSANDTH)),
            no_rate=Count("id", filter=Q(billable_rate_micros=None)),
            no_cost=Count("id", filter=Q(cost_rate_micros=None)),
            fine=Count("id", filter=_FINE),
        )
    )
    fine: list[tuple[Any, ...]] = []
    for row in found.iterator(chunk_size=10_000):
        *named, rounded, budgeted, value, cost, no_rate, no_cost, is_fine = row
        if is_fine:
            fine.append(row)
            continue
        yield _worked(key, named, rounded, budgeted, value * _PRODUCTS, cost * _PRODUCTS, no_rate, no_cost)
    for row in fine:
        *named, rounded, budgeted, _, _, no_rate, no_cost, _ = row
        value, cost = _exact(rows.filter(**dict(zip(keys, named, strict=True))))
        yield _worked(key, named, rounded, budgeted, value, cost, no_rate, no_cost)


_PARTS = {
    "hundredths": F("hours_micros") % _HUNDREDTH,
    "rounded_hundredths": F("rounded_hours_micros") % _HUNDREDTH,
    "billable_rest": F("billable_rate_micros") % _TEN_THOUSANDTH,
    "cost_rest": F("cost_rate_micros") % _TEN_THOUSANDTH,
}


def _exact(rows: QuerySet[TimeEntry]) -> tuple[int, int]:
    """Rate by rate, multiplied here, where numbers have no end."""
    by_rate = rows.values_list("billable_rate_micros", "cost_rate_micros").annotate(
        rounded=_sum("rounded_hours_micros"), hours=_sum("hours_micros")
    )
    value = cost = 0
    for billable_rate, cost_rate, rounded, hours in by_rate:
        value += rounded * (billable_rate or 0)
        cost += hours * (cost_rate or 0)
    return value, cost


def _worked(key: str, named: list[Any], rounded: int, budgeted: int, value: int, cost: int, *unknown: int) -> Worked:
    own = named.pop(0) if key else 0
    project_id, is_billable, is_billed = named
    worth = Fraction(value, _TRILLION) if is_billable else Fraction(0)
    return Worked(
        own, project_id, is_billable, is_billed, rounded, budgeted, worth, Fraction(cost, _TRILLION), *unknown
    )


def _sum(what: Any, condition: Q | None = None) -> Coalesce:
    return Coalesce(Cast(Sum(what, filter=condition), BigIntegerField()), Value(0), output_field=BigIntegerField())
