"""Time entries and expenses of the mirror, as payouts read them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple

from django.db.models import Q, QuerySet

from harvest_bridge.mirror.models import Expense, Mirror, TimeEntry

TIME, EXPENSES = "time_entries", "expenses"
_BATCH = 500


class Entry(NamedTuple):
    """Either of them. An expense has `cost_micros` and no hours, rate or task."""

    harvest_id: int
    day: int
    user_id: int
    client_id: int
    project_id: int
    task_id: int
    hours_micros: int
    cost_rate_micros: int | None
    cost_micros: int | None
    currency: str
    approval_status: str
    is_running: bool


_COMMON = ("harvest_id", "day", "user_id", "client_id", "project_id")
_TIME = (*_COMMON, "task_id", "hours_micros", "cost_rate_micros", "currency", "approval_status", "is_running")
_EXPENSE = (*_COMMON, "total_cost_micros", "currency", "approval_status")


def time_of(row: Sequence[Any]) -> Entry:
    return Entry._make([*row[:8], None, *row[8:]])


def expense_of(row: Sequence[Any]) -> Entry:
    return Entry._make([*row[:5], 0, 0, None, *row[5:], False])


def entries(mirror: Mirror, resource: str, where: Q) -> Iterator[Entry]:
    """By day, then id, so that nothing depends on the order of writing."""
    model: type[TimeEntry] | type[Expense] = TimeEntry if resource == TIME else Expense
    columns, shape = (_TIME, time_of) if resource == TIME else (_EXPENSE, expense_of)
    rows: QuerySet[Any] = model.objects.filter(where, mirror=mirror).order_by("day", "harvest_id")
    for row in rows.values_list(*columns).iterator(chunk_size=5000):
        yield shape(row)


def entries_by_id(mirror: Mirror, resource: str, ids: Iterable[int]) -> dict[int, Entry]:
    """Those that are alive."""
    found: dict[int, Entry] = {}
    for batch in batched(sorted(ids)):
        found.update({one.harvest_id: one for one in entries(mirror, resource, Q(harvest_id__in=batch))})
    return found


def batched(ids: Sequence[int]) -> Iterator[Sequence[int]]:
    for start in range(0, len(ids), _BATCH):
        yield ids[start : start + _BATCH]
