"""The entries behind a figure: which they are, and what they add up to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import BigIntegerField, Count, Q, QuerySet, Sum
from django.db.models.functions import Cast

from harvest_bridge.insights.money import from_micros, plain
from harvest_bridge.insights.query import day_range, flag, text, whole_numbers
from harvest_bridge.insights.rounding import HoursText
from harvest_bridge.mirror.models import Mirror, TimeEntry

from .days import date_of, day_number
from .people import people_of
from .projects import projects_of

KNOWN = (
    *("from", "to", "user_id", "role", "project_id", "client_id", "task_id"),
    *("is_billable", "is_billed", "is_contractor", "is_budgeted"),
)


@dataclass(frozen=True)
class Asked:
    """Shape: `condition` is all of it but what names people and clients, who are looked up in the mirror."""

    condition: Q
    role: str
    client_ids: tuple[int, ...]
    is_contractor: bool | None

    def rows(self, mirror: Mirror) -> QuerySet[TimeEntry]:
        rows = TimeEntry.objects.filter(self.condition, mirror=mirror)
        if self.role or self.is_contractor is not None:
            rows = rows.filter(user_id__in=self._people(mirror))
        if self.client_ids:
            mine = [one.id for one in projects_of(mirror).values() if one.client_id in self.client_ids]
            rows = rows.filter(project_id__in=mine)
        return rows

    def _people(self, mirror: Mirror) -> list[int]:
        return [
            one.id
            for one in people_of(mirror).values()
            if (not self.role or self.role in one.roles)
            and (self.is_contractor is None or one.is_contractor is self.is_contractor)
        ]


def asked_of(given: Mapping[str, Any]) -> Asked:
    """Errors: InvalidRequest, naming the parameter."""
    first, last = day_range(given)
    condition = Q(day__gte=day_number(first), day__lte=day_number(last))
    for name in ("user_id", "project_id", "task_id"):
        if ids := whole_numbers(given, name):
            condition &= Q(**{f"{name}__in": ids})
    for name in ("is_billable", "is_billed", "is_budgeted"):
        if (wanted := flag(given, name)) is not None:
            condition &= Q(**{name: wanted})
    return Asked(condition, text(given, "role"), whole_numbers(given, "client_id"), flag(given, "is_contractor"))


def total_of(rows: QuerySet[TimeEntry]) -> dict[str, Any]:
    found = rows.aggregate(
        count=Count("id"),
        hours=Cast(Sum("hours_micros"), BigIntegerField()),
        rounded=Cast(Sum("rounded_hours_micros"), BigIntegerField()),
    )
    hours = HoursText()
    return {
        "count": found["count"],
        "hours": hours[found["hours"] or 0],
        "rounded_hours": hours[found["rounded"] or 0],
    }


def page(rows: QuerySet[TimeEntry], after: Any, limit: int) -> list[TimeEntry]:
    """In the order of days, then ids; one more than `limit` where there is more. `after` is a day and an id."""
    if after:
        day, harvest_id = after
        rows = rows.filter(Q(day__gt=day) | Q(day=day, harvest_id__gt=harvest_id))
    return list(rows.order_by("day", "harvest_id")[: limit + 1])


def serialize_entry(row: TimeEntry, *, with_cost: bool) -> dict[str, Any]:
    """Without `with_cost` the cost rate, which is what a person earns, is null."""
    hours = HoursText()
    return {
        "id": row.harvest_id,
        "spent_date": date_of(row.day),
        "user_id": row.user_id,
        "client_id": row.client_id,
        "project_id": row.project_id,
        "task_id": row.task_id,
        "hours": hours[row.hours_micros],
        "rounded_hours": hours[row.rounded_hours_micros],
        "is_billable": row.is_billable,
        "is_budgeted": row.is_budgeted,
        "is_billed": row.is_billed,
        "is_running": row.is_running,
        "approval_status": row.approval_status or None,
        "billable_rate": _rate(row.billable_rate_micros),
        "cost_rate": _rate(row.cost_rate_micros) if with_cost else None,
        "currency": row.currency or None,
        "invoice_id": row.invoice_id,
    }


def _rate(micros: int | None) -> str | None:
    return None if micros is None else plain(from_micros(micros))
