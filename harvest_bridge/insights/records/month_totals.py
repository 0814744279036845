"""Reads sums over many days from totals of months where they stand, and the other days entry by entry."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection as database
from django.db.models import Q, QuerySet

from harvest_bridge.mirror.models import Mirror, MonthState

from .days import day_number, week_number

Rows = Iterable[tuple[Any, ...]]
_TRIES = 2


@dataclass
class Cut:
    """A range in two parts: `totals` is the condition on totals, None without any; `days` are the first and last day
    of each stretch that is read entry by entry."""

    totals: Q | None = None
    days: list[tuple[int, int]] = field(default_factory=list)


def read_cut(
    mirror: Mirror,
    first: int,
    last: int,
    *,
    totals: Callable[[Q], Rows],
    entries: Callable[[int, int], Rows],
    by_week: bool = False,
) -> list[tuple[Any, ...]]:
    """Rows of both parts, one after the other: the same group may be in each.

    `by_week` says that totals are by week too, so that weeks of a month count that is not whole in the range. Whatever
    is committed meanwhile, both parts are of the same moment.
    """
    for _ in range(_TRIES):
        before = _states(mirror)
        cut = cut_of(first, last, [month for month, _, is_current in before if is_current], by_week=by_week)
        rows = list(totals(cut.totals)) if cut.totals else []
        for stretch in cut.days:
            rows += entries(*stretch)
        if (cut.totals is None and len(cut.days) == 1) or _states(mirror) == before:
            return rows
    return list(entries(first, last))


def fetched(rows: QuerySet[Any, Any]) -> list[tuple[Any, ...]]:
    """As the database has them: Django's conversion of each value takes longer than to read it, and whole numbers do
    not need it."""
    try:
        statement = rows.query.sql_with_params()
    except EmptyResultSet:  # of no project, say
        return []
    with database.cursor() as cursor:
        cursor.execute(*statement)
        found: list[tuple[Any, ...]] = cursor.fetchall()
        return found


def _states(mirror: Mirror) -> list[tuple[int, int, bool]]:
    rows = MonthState.objects.filter(mirror=mirror).order_by("month")
    return list(rows.values_list("month", "version", "is_current"))


def cut_of(first: int, last: int, months: Collection[int], *, by_week: bool) -> Cut:
    """`months` are those whose totals stand."""
    cut, at, whole = Cut(), first, []
    for month in sorted(months):
        begins, ends = _days_of(month)
        low, high = max(first, begins), min(last, ends)
        if by_week:
            low = low if low == begins else week_number(low + 6) * 7 - 3
            high = high if high == ends else week_number(high - 6) * 7 + 3
        elif (low, high) != (begins, ends):
            continue
        if low > high:
            continue
        if (low, high) == (begins, ends):
            whole.append(month)
        else:
            weeks = Q(month=month, week__gte=week_number(low), week__lte=week_number(high))
            cut.totals = weeks if cut.totals is None else cut.totals | weeks
        if at < low:
            cut.days.append((at, low - 1))
        at = high + 1
    if whole:
        cut.totals = Q(month__in=whole) if cut.totals is None else cut.totals | Q(month__in=whole)
    if at <= last:
        cut.days.append((at, last))
    return cut


def _days_of(month: int) -> tuple[int, int]:
    first, after = (day_number(date(each // 12, each % 12 + 1, 1)) for each in (month, month + 1))
    return first, after - 1
