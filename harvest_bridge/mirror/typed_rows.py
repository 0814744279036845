"""The rows of numbers that stand beside time entries, expenses and invoices (`models.TimeEntry` …)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from .columns import Fields, Row, Seen, day_of, micros, month_of, week_of, whole


@dataclass(frozen=True)
class TypedTable:
    """Shape: `row` gives the values of `columns`; None for a record that lacks what sums need."""

    name: str
    columns: tuple[str, ...]
    row: Callable[[Seen], Row | None]


def _time_entry(one: Seen) -> Row | None:
    f = one.fields
    refs = (whole(f.user), whole(f.client), whole(f.project), whole(f.task))
    if f.spent_date is None or None in refs:
        return None
    return (
        *_calendar(f.spent_date),
        *refs,
        bool(f.billable),
        micros(f.hours) or 0,
        micros(f.hours if f.rounded_hours is None else f.rounded_hours) or 0,
        micros(f.billable_rate),
        micros(f.cost_rate),
        bool(f.budgeted),
        bool(f.is_running),
        bool(f.is_locked),
        bool(f.is_billed),
        (f.approval_status or "")[:20],
        whole(f.invoice),
        _currency(f),
    )


def _expense(one: Seen) -> Row | None:
    f = one.fields
    refs = (whole(f.user), whole(f.client), whole(f.project))
    if f.spent_date is None or None in refs:
        return None
    return (
        *_calendar(f.spent_date),
        *refs,
        whole(f.expense_category),
        micros(f.total_cost) or 0,
        bool(f.billable),
        bool(f.is_billed),
        bool(f.is_locked),
        (f.approval_status or "")[:20],
        whole(f.invoice),
        _currency(f),
    )


def _invoice(one: Seen) -> Row | None:
    f = one.fields
    client = whole(f.client)
    if f.issue_date is None or client is None:
        return None
    return (
        (f.number or "")[:255],
        client,
        (f.state or "")[:20],
        day_of(f.issue_date),
        month_of(f.issue_date),
        day_of(f.due_date),
        day_of(f.paid_date),
        micros(f.amount) or 0,
        micros(f.due_amount) or 0,
        micros(f.tax_amount),
        (f.currency or "")[:3],
    )


@lru_cache(maxsize=4096)
def _calendar(value: date) -> Row:
    day = day_of(value) or 0
    return (day, week_of(day), month_of(value))


def _currency(f: Fields) -> str:
    return ((f.client.currency if f.client else None) or "")[:3]


_REFERENCES = ("day", "week", "month", "user_id", "client_id", "project_id")
_END = ("is_billed", "approval_status", "invoice_id", "currency")

TABLES: dict[str, TypedTable] = {
    "time_entries": TypedTable(
        "mirror_timeentry",
        (
            *_REFERENCES,
            *("task_id", "is_billable", "hours_micros", "rounded_hours_micros", "billable_rate_micros"),
            *("cost_rate_micros", "is_budgeted", "is_running", "is_locked"),
            *_END,
        ),
        _time_entry,
    ),
    "expenses": TypedTable(
        "mirror_expense",
        (
            *_REFERENCES,
            *("expense_category_id", "total_cost_micros", "is_billable", "is_billed", "is_locked"),
            *_END[1:],
        ),
        _expense,
    ),
    "invoices": TypedTable(
        "mirror_invoice",
        (
            *("number", "client_id", "state", "day", "month", "due_day", "paid_day"),
            *("amount_micros", "due_amount_micros", "tax_amount_micros", "currency"),
        ),
        _invoice,
    ),
}
