"""Which tracked time and expenses go into an invoice (`line_items_import`), and what that does to them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, TypeVar

from harvest_bridge.sandbox.account import Account
from harvest_bridge.sandbox.billing import is_billable
from harvest_bridge.sandbox.errors import unprocessable
from harvest_bridge.sandbox.fields import as_date, as_int
from harvest_bridge.sandbox.invoice_lines import DETAILED, EXPENSE_SUBJECTS, TIME_SUBJECTS, expense_lines, time_lines
from harvest_bridge.sandbox.records import Client, Expense, Invoice, LineItem, Project, TimeEntry
from harvest_bridge.sandbox.records.work import InvoicedPeriod
from harvest_bridge.sandbox.tables import Table

T = TypeVar("T", TimeEntry, Expense)


@dataclass(frozen=True, slots=True)
class Import:
    """What was chosen, and the lines it makes. Shape: `days` are all days worked or spent, sorted."""

    entries: list[TimeEntry]
    expenses: list[Expense]
    lines: list[LineItem]
    days: list[date]


def read_import(account: Account, client: Client, spec: Any) -> Import:
    """Errors: 422 for projects of somebody else, an unknown summary, one of `from` and `to`, a running timer."""
    projects = _projects(account, client, spec)
    time, spent = spec.get("time"), spec.get("expenses")
    entries = _chosen(time, TIME_SUBJECTS, _unbilled_entries(account, projects))
    expenses = _chosen(spent, EXPENSE_SUBJECTS, _unbilled_expenses(account, projects))
    if any(entry.is_running for entry in entries):
        raise unprocessable("Projects with a running timer can't be invoiced")
    lines = time_lines(account, time["summary_type"], entries) if time else []
    lines += expense_lines(account, spent["summary_type"], expenses) if spent else []
    days = sorted([*(one.spent_date for one in entries), *(one.spent_date for one in expenses)])
    return Import(entries, expenses, lines, days)


def bill(account: Account, invoice: Invoice, imported: Import) -> None:
    """Imported records become billed, and their projects locked from the first to the last imported day."""
    _mark(account.time_entries, imported.entries, invoice, invoice.created_at)
    _mark(account.expenses, imported.expenses, invoice, invoice.created_at)
    days: defaultdict[Project, list[date]] = defaultdict(list)
    for entry in imported.entries:
        days[entry.project].append(entry.spent_date)
    for project, worked in days.items():
        project.invoiced_periods.append(InvoicedPeriod(min(worked), max(worked), invoice.id))


def unbill(account: Account, invoice: Invoice, stamp: datetime) -> None:
    """What deleting an invoice gives free again."""
    entries, expenses = account.time_entries, account.expenses
    _mark(entries, [entry for entry in entries if entry.invoice is invoice], None, stamp)
    _mark(expenses, [expense for expense in expenses if expense.invoice is invoice], None, stamp)
    for project in account.projects:
        project.invoiced_periods = [one for one in project.invoiced_periods if one.invoice_id != invoice.id]


def _mark(table: Table[T], records: list[T], invoice: Invoice | None, stamp: datetime) -> None:
    for record in records:
        record.is_billed, record.invoice, record.updated_at = invoice is not None, invoice, stamp
        table.touch(record)


def _projects(account: Account, client: Client, spec: Any) -> list[Project]:
    ids = spec.get("project_ids") if isinstance(spec, dict) else None
    found = [account.projects.get(as_int(one)) for one in ids or []]
    projects = [project for project in found if project is not None and project.client is client]
    if not projects or len(projects) < len(found):
        raise unprocessable("Line items import project ids is invalid")
    return projects


def _unbilled_entries(account: Account, projects: list[Project]) -> list[TimeEntry]:
    entries = [entry for project in projects for entry in account.time_entries.of_project(project.id)]
    return [entry for entry in entries if is_billable(entry) and not entry.is_billed]


def _unbilled_expenses(account: Account, projects: list[Project]) -> list[Expense]:
    return [one for one in account.expenses if one.project in projects and one.billable and not one.is_billed]


def _chosen(spec: Any, subjects: Collection[str], tracked: list[T]) -> list[T]:
    """Those of the days asked for, oldest first; nothing if this kind was not asked for."""
    if spec is None:
        return []
    if not isinstance(spec, dict) or spec.get("summary_type") not in (*subjects, DETAILED):
        raise unprocessable("Line items import summary type is not included in the list")
    first, last = as_date(spec.get("from")), as_date(spec.get("to"))
    if (first is None) != (last is None):
        raise unprocessable("Line items import from and to must be given together")
    within = [one for one in tracked if first is None or last is None or first <= one.spent_date <= last]
    return sorted(within, key=lambda one: (one.spent_date, one.id))
