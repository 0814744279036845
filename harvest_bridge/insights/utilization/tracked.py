"""Sums of tracked time, by the database, in whole numbers: millionths of an hour."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

from django.db.models import BigIntegerField, Q, QuerySet, Sum, Value
from django.db.models.functions import Cast, Coalesce

from harvest_bridge.insights.records.days import date_of, day_number, month_number, week_number
from harvest_bridge.insights.records.month_totals import fetched, read_cut
from harvest_bridge.mirror.models import Mirror, PersonMonth, TimeEntry

from .absence import Absence
from .query_parameters import By, Question

_BUCKETS = {"": None, "day": "day", "week": "week", "month": "month"}


# Of each person the days with time off: how much, and what of it is billable.
DaysOff = Mapping[int, Sequence[tuple[int, int, int]]]


# One sum: whose, the project where the question is by project or client (else 0), the bucket; then hours that were
# tracked, billable, absence, and billable absence.
Tracked = tuple[int, int, int, int, int, int, int]


def entries_of(mirror: Mirror, question: Question) -> QuerySet[TimeEntry]:
    """Every entry that the question is about, whoever's it is."""
    rows = TimeEntry.objects.filter(
        mirror=mirror, day__gte=day_number(question.first), day__lte=day_number(question.last)
    )
    return rows.filter(project_id__in=question.project_ids) if question.project_ids else rows


def sums(mirror: Mirror, question: Question, absence: Absence, off: DaysOff) -> Iterable[Tracked]:
    """Several may be of the same person, group and bucket. `off` is what `absence_by_day` found."""
    is_by_project = question.by in (By.PROJECT, By.CLIENT) or bool(question.client_ids)
    if is_by_project or question.project_ids or question.interval == "day":
        return _of_entries(mirror, question, absence, is_by_project=is_by_project)
    return [*_of_months(mirror, question), *_off_by_bucket(question, off)]


def _of_entries(mirror: Mirror, question: Question, absence: Absence, *, is_by_project: bool) -> Iterator[Tracked]:
    bucket, off, hours = _BUCKETS[question.interval], absence.condition, _hours(question)
    keys = ["user_id", *(["project_id"] if is_by_project else []), *([bucket] if bucket else [])]
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
    place = 1 + is_by_project
    for row in fetched(rows):
        group, at = row[1] if is_by_project else 0, row[place] if bucket else 0
        yield (row[0], group, at, *row[len(keys) :], *tail)


def _of_months(mirror: Mirror, question: Question) -> Iterator[Tracked]:
    """Of everybody's whole time, without what is absence in it."""
    bucket, hours = _BUCKETS[question.interval], _hours(question)
    keys = ["user_id", *([bucket] if bucket else [])]

    def totals(condition: Q) -> list[tuple[int, ...]]:
        rows = PersonMonth.objects.filter(condition, mirror=mirror).order_by().values_list(*keys)
        return fetched(rows.annotate(tracked=_sum(hours), billable=_sum(f"billable_{hours}")))

    def entries(first: int, last: int) -> list[tuple[int, ...]]:
        rows = TimeEntry.objects.filter(mirror=mirror, day__gte=first, day__lte=last).order_by().values_list(*keys)
        return fetched(rows.annotate(tracked=_sum(hours), billable=_sum(hours, Q(is_billable=True))))

    first, last = day_number(question.first), day_number(question.last)
    for row in read_cut(mirror, first, last, totals=totals, entries=entries, by_week=True):
        yield (row[0], 0, row[1] if bucket else 0, row[-2], row[-1], 0, 0)


def _off_by_bucket(question: Question, off: DaysOff) -> Iterator[Tracked]:
    for user_id, days in off.items():
        for day, hours, billable in days:
            yield (user_id, 0, _bucket_of(day, question.interval), 0, 0, hours, billable)


def _bucket_of(day: int, interval: str) -> int:
    if interval == "week":
        return week_number(day)
    return month_number(date_of(day)) if interval == "month" else 0


def absence_by_day(mirror: Mirror, question: Question, absence: Absence) -> DaysOff:
    """Of whatever project, as a day off is off for all."""
    condition, hours = absence.condition, _hours(question)
    if condition is None:
        return {}
    first, last = day_number(question.first), day_number(question.last)
    rows = TimeEntry.objects.filter(condition, mirror=mirror, day__gte=first, day__lte=last).order_by()
    found: dict[int, list[tuple[int, int, int]]] = defaultdict(list)
    sums_ = {"total": _sum(hours), "billable": _sum(hours, Q(is_billable=True))}
    for user_id, *day in rows.values_list("user_id", "day").annotate(**sums_):
        found[user_id].append((day[0], day[1], day[2]))
    return found


def _hours(question: Question) -> str:
    return "rounded_hours_micros" if question.rounded else "hours_micros"


def _sum(hours: str, condition: Q | None = None) -> Coalesce:
    """As a whole number on every database: PostgreSQL's own sum of these is `numeric`."""
    return Coalesce(Cast(Sum(hours, filter=condition), BigIntegerField()), Value(0), output_field=BigIntegerField())
