"""The filters that time entries and expenses share (REFERENCE §8.11, §8.12)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

from harvest_bridge.sandbox.filters import Query, bool_filter, date_filter, int_filter
from harvest_bridge.sandbox.records import Expense, TimeEntry

T = TypeVar("T", TimeEntry, Expense)
Tracked = TimeEntry | Expense

NUMBERS: dict[str, Callable[[Tracked], int]] = {
    "user_id": lambda one: one.user.id,
    "client_id": lambda one: one.project.client.id,
    "project_id": lambda one: one.project.id,
}


def tracked_filters(rows: Sequence[T], query: Query) -> Sequence[T]:
    """Person, client, project, whether billed, approval, and days (`from`, `to`, both included)."""
    for name, number_of in NUMBERS.items():
        wanted = int_filter(query, name)
        if wanted is not None:
            rows = [one for one in rows if number_of(one) == wanted]
    is_billed, status = bool_filter(query, "is_billed"), query.get("approval_status")
    if is_billed is not None:
        rows = [one for one in rows if one.is_billed is is_billed]
    if status:
        rows = [one for one in rows if one.approval_status == status]
    first, last = date_filter(query, "from"), date_filter(query, "to")
    if first or last:
        rows = [one for one in rows if (not first or first <= one.spent_date) and (not last or one.spent_date <= last)]
    return rows
