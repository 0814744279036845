"""Sums of tracked time, by the database, in whole numbers: millionths of an hour."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import NamedTuple

from django.db.models import BigIntegerField, Q, QuerySet, Sum, Value
from django.db.models.functions import Cast, Coalesce

from harvest_bridge.insights.records.days import day_number
from harvest_bridge.mirror.models import Mirror, TimeEntry

from .absence import Absence
from .query_parameters import By, Question

_BUCKETS = {"": None, "day": "day", "week": "week", "month": "month"}


class Tracked(NamedTuple):
    """One sum. `group` is the project where the question is by project or client, else 0."""

    user_id: int
    group: int
    bucket: int
    tracked: int
    billable: int
    absence: int
    billable_absence: int


def entries_of(mirror: Mirror, question: Question) -> QuerySet[TimeEntry]:
    """Every entry that the question is about, whoever's it is."""
    rows = TimeEntry.objects.filter(
        mirror=mirror, day__gte=day_number(question.first), day__lte=day_number(question.last)
    )
    return rows.filter(project_id__in=question.project_ids) if question.project_ids else rows


def sums(mirror: Mirror, question: Question, absence: Absence) -> Iterable[Tracked]:
    by_project = question.by in (By.PROJECT, By.CLIENT) or bool(question.client_ids)
    bucket = _BUCKETS[question.interval]
    keys = ["user_id", *(["project_id"] if by_project else []), *([bucket] if bucket else [])]
    hours = "rounded_hours_micros" if question.rounded else "hours_micros"
    off = absence.condition
    rows = (
        entries_of(mirror, question)
        .order_by()
        .values_list(*keys)
        .annotate(
            tracked=_sum(hours),
            billable=_sum(hours, Q(is_billable=True)),
            **({"off": _sum(hours, off), "billable_off": _sum(hours, off & Q(is_billable=True))} if off else {}),
        )
    )
    tail = () if off else (0, 0)
    for row in rows.iterator(chunk_size=10_000):
        place = 1 + by_project
        yield Tracked(
            row[0],
            row[1] if by_project else 0,
            row[place] if bucket else 0,
            *row[len(keys) :],
            *tail,
        )


def absence_by_day(mirror: Mirror, question: Question, absence: Absence) -> dict[int, list[tuple[int, int]]]:
    """Of each person the days with time off, and how much: of whatever project, as a day off is off for all."""
    off = absence.condition
    if off is None:
        return {}
    hours = "rounded_hours_micros" if question.rounded else "hours_micros"
    first, last = day_number(question.first), day_number(question.last)
    rows = TimeEntry.objects.filter(off, mirror=mirror, day__gte=first, day__lte=last).order_by()
    found: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for user_id, day, total in rows.values_list("user_id", "day").annotate(total=_sum(hours)):
        found[user_id].append((day, total))
    return found


def _sum(hours: str, condition: Q | None = None) -> Coalesce:
    """As a whole number on every database: PostgreSQL's own sum of these is `numeric`."""
    return Coalesce(Cast(Sum(hours, filter=condition), BigIntegerField()), Value(0), output_field=BigIntegerField())
