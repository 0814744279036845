"""Expenses by client, project, category and person (REFERENCE §9), one row per subject and currency."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from harvest_bridge.sandbox.call import Answer, Call
from harvest_bridge.sandbox.records import Expense
from harvest_bridge.sandbox.reports.period import period_of
from harvest_bridge.sandbox.reports.rows import client_columns, project_columns, report_listing, visible_expenses
from harvest_bridge.sandbox.routing import Routes
from harvest_bridge.sandbox.timekeeping import ZERO

routes = Routes()


@dataclass(slots=True)
class Totals:
    columns: dict[str, Any]
    currency: str
    total_amount: Decimal = ZERO
    billable_amount: Decimal = ZERO


@routes.get("/reports/expenses/clients")
def expenses_by_client(call: Call) -> Answer:
    return _report(call, lambda expense: client_columns(expense.project.client))


@routes.get("/reports/expenses/projects")
def expenses_by_project(call: Call) -> Answer:
    return _report(
        call, lambda one: {**client_columns(one.project.client), **project_columns(one.project)}, key="project_id"
    )


@routes.get("/reports/expenses/categories")
def expenses_by_category(call: Call) -> Answer:
    return _report(
        call,
        lambda expense: {
            "expense_category_id": expense.expense_category.id,
            "expense_category_name": expense.expense_category.name,
        },
    )


@routes.get("/reports/expenses/team")
def expenses_by_person(call: Call) -> Answer:
    return _report(
        call,
        lambda expense: {
            "user_id": expense.user.id,
            "user_name": expense.user.name,
            "is_contractor": expense.user.is_contractor,
        },
    )


def _report(call: Call, columns_of: Callable[[Expense], dict[str, Any]], *, key: str = "") -> Answer:
    groups: dict[tuple[Any, str], Totals] = {}
    for expense in visible_expenses(call, period_of(call.query)):
        columns, currency = columns_of(expense), expense.project.client.currency
        subject = columns[key] if key else next(iter(columns.values()))
        totals = groups.setdefault((subject, currency), Totals(columns, currency))
        totals.total_amount += expense.total_cost
        if expense.billable:
            totals.billable_amount += expense.total_cost
    return report_listing(call, [_row(totals) for totals in groups.values()])


def _row(totals: Totals) -> dict[str, Any]:
    return {
        **totals.columns,
        "total_amount": float(totals.total_amount),
        "billable_amount": float(totals.billable_amount),
        "currency": totals.currency,
    }
