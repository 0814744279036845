"""Compares sums per month with Harvest's own time and expense reports."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import msgspec
from django.db.models import Max, Min, Q, Sum
from msgspec import Raw

from harvest_bridge.harvest.budgets import Budget
from harvest_bridge.harvest.operations.raw import list_raw
from harvest_bridge.mirror.columns import MICROS, day_of
from harvest_bridge.mirror.models import Expense, Mirror, TimeEntry

from .findings import Scope, SumDifference
from .patient_calls import PatientCalls

Sums = dict[str, Decimal]
_PER_PAGE = 1000
_ROUNDING = Decimal("0.01")  # of each row of a report
_EPOCH = date(1970, 1, 1)


@dataclass(frozen=True)
class MonthSums:
    """The months of one mirror, `time_entries` or `expenses`."""

    mirror: Mirror
    resource: str
    harvest: PatientCalls
    scope: Scope

    def months(self) -> list[tuple[date, date]]:
        """First and last day of each month in which we hold something, within the scope."""
        model: Any = TimeEntry if self.resource == "time_entries" else Expense
        span = model.objects.filter(mirror=self.mirror).aggregate(first=Min("day"), last=Max("day"))
        if span["first"] is None:
            return []
        first, last = (_EPOCH + timedelta(days=span[name]) for name in ("first", "last"))
        return list(_months(max(first, self.scope.first or first), min(last, self.scope.last or last)))

    def differing(self, first: date, last: date) -> list[SumDifference]:
        """Errors: those of the calls."""
        read = self._time if self.resource == "time_entries" else self._expenses
        least, most, harvests, rows = read(first, last)
        slack = _ROUNDING * rows
        return [
            SumDifference(f"{first:%Y-%m}", name, str(least.get(name, Decimal())), str(harvests.get(name, Decimal())))
            for name in sorted({*least, *most, *harvests})
            if not least.get(name, Decimal()) - slack
            <= harvests.get(name, Decimal())
            <= most.get(name, Decimal()) + slack
        ]

    def _time(self, first: date, last: date) -> tuple[Sums, Sums, Sums, int]:
        """What runs is asked for before and after, so that its growth is between the two."""
        before = self._running(first, last)
        rows = self._report("/v2/reports/time/projects", first, last)
        after = self._running(first, last)
        still = TimeEntry.objects.filter(mirror=self.mirror, is_running=False, **_within(first, last))
        billable = Q(is_billable=True)
        found = still.aggregate(
            hours=Sum("rounded_hours_micros"), billable_hours=Sum("rounded_hours_micros", filter=billable)
        )
        ours = {name: Decimal(value or 0) / MICROS for name, value in found.items()}
        harvests = {"hours": _sum(rows, "total_hours"), "billable_hours": _sum(rows, "billable_hours")}
        least = {name: ours[name] + min(before[name], after[name]) for name in ours}
        return least, {name: ours[name] + max(before[name], after[name]) for name in ours}, harvests, len(rows)

    def _running(self, first: date, last: date) -> Sums:
        filters = {"is_running": "true", "from": first.isoformat(), "to": last.isoformat()}
        sums = {"hours": Decimal(), "billable_hours": Decimal()}
        for page in self.harvest.pages(
            lambda position: list_raw("/v2/time_entries", "time_entries", position, per_page=_PER_PAGE, filters=filters)
        ):
            for raw in page.items:
                entry = msgspec.json.decode(raw, type=_Running)
                hours = entry.hours if entry.rounded_hours is None else entry.rounded_hours
                sums["hours"] += hours
                sums["billable_hours"] += hours if entry.billable else Decimal()
        return sums

    def _expenses(self, first: date, last: date) -> tuple[Sums, Sums, Sums, int]:
        rows = self._report("/v2/reports/expenses/projects", first, last)
        ours: Sums = {}
        theirs: Sums = defaultdict(Decimal)
        found = Expense.objects.filter(mirror=self.mirror, **_within(first, last)).order_by().values("currency")
        for row in found.annotate(
            amount=Sum("total_cost_micros"), billable=Sum("total_cost_micros", filter=Q(is_billable=True))
        ):
            ours[f"amount {row['currency']}"] = Decimal(row["amount"]) / MICROS
            ours[f"billable amount {row['currency']}"] = Decimal(row["billable"] or 0) / MICROS
        for one in rows:
            theirs[f"amount {one.currency}"] += one.total_amount
            theirs[f"billable amount {one.currency}"] += one.billable_amount or Decimal()
        return ours, ours, dict(theirs), len(rows)

    def _report(self, path: str, first: date, last: date) -> list[_Row]:
        filters = {"from": first.isoformat(), "to": last.isoformat()}
        pages = self.harvest.pages(
            lambda position: list_raw(
                path, "results", position, per_page=_PER_PAGE, budget=Budget.REPORTS, filters=filters
            )
        )
        return [_row(raw) for page in pages for raw in page.items]


class _Running(msgspec.Struct):
    hours: Decimal
    billable: bool = False
    rounded_hours: Decimal | None = None


class _Row(msgspec.Struct):
    """What we read of a report's row."""

    total_hours: Decimal = Decimal()
    billable_hours: Decimal = Decimal()
    total_amount: Decimal = Decimal()
    billable_amount: Decimal | None = None
    currency: str = ""


def _row(raw: Raw) -> _Row:
    return msgspec.json.decode(raw, type=_Row)


def _sum(rows: list[_Row], name: str) -> Decimal:
    return sum((getattr(row, name) or Decimal() for row in rows), Decimal())


def _within(first: date, last: date) -> dict[str, Any]:
    return {"day__gte": day_of(first), "day__lte": day_of(last)}


def _months(first: date, last: date) -> Iterator[tuple[date, date]]:
    begin = first
    while begin <= last:
        following = (begin.replace(day=1) + timedelta(days=32)).replace(day=1)
        yield begin, min(last, following - timedelta(days=1))
        begin = following
