"""Budgets and what is spent of them (REFERENCE §9), newest project first."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from harvest_bridge.sandbox.billing import billable_rate, counts_toward_budget
from harvest_bridge.sandbox.call import Answer, Call
from harvest_bridge.sandbox.currencies import smallest_unit
from harvest_bridge.sandbox.encoding import number
from harvest_bridge.sandbox.filters import bool_filter
from harvest_bridge.sandbox.records import Project, TimeEntry
from harvest_bridge.sandbox.reports.rows import report_listing
from harvest_bridge.sandbox.routing import Routes
from harvest_bridge.sandbox.timekeeping import ZERO, hours_at, rounded

routes = Routes()
IN_MONEY = ("project_cost", "task_fees")


@routes.get("/reports/project_budget")
def project_budget(call: Call) -> Answer:
    """Managed projects, and assigned ones whose budget is shown to everybody."""
    is_active = bool_filter(call.query, "is_active")
    mine = {pair.project.id for pair in call.account.user_assignments if pair.user is call.person and pair.is_active}
    rows = [
        _row(call, project)
        for project in call.account.projects.rows()
        if call.rights.manages(project) or (project.show_budget_to_all and project.id in mine)
        if is_active is None or project.is_active is is_active
    ]
    return report_listing(call, rows, by_name=False)


def _row(call: Call, project: Project) -> dict[str, Any]:
    """Amounts of money are null without the rates permission."""
    is_hidden = project.budget_by in IN_MONEY and not call.rights.sees_billable_rates
    budget = None if is_hidden else _budget(call, project)
    spent = None if budget is None else _spent(call, project)
    return {
        "project_id": project.id,
        "project_name": project.name,
        "client_id": project.client.id,
        "client_name": project.client.name,
        "budget_is_monthly": project.budget_is_monthly,
        "budget_by": project.budget_by,
        "is_active": project.is_active,
        "budget": number(budget),
        "budget_spent": number(spent),
        "budget_remaining": number(budget - spent) if budget is not None and spent is not None else None,
    }


def _budget(call: Call, project: Project) -> Decimal | None:
    """Budgets by task or person are the sum of what was given to each."""
    match project.budget_by:
        case "project":
            return project.budget
        case "project_cost":
            return project.cost_budget
        case "task" | "task_fees":
            return _sum(one.budget for one in call.account.task_assignments if one.project is project)
        case "person":
            return _sum(one.budget for one in call.account.user_assignments if one.project is project)
    return None


def _sum(budgets: Iterable[Decimal | None]) -> Decimal | None:
    given = [budget for budget in budgets if budget is not None]
    return sum(given, Decimal(0)) if given else None


def _spent(call: Call, project: Project) -> Decimal:
    """Hours that count toward it, or their fees; of this month for monthly budgets. Total fees alone may include
    expenses (REFERENCE §16.2)."""
    company, now = call.account.company, call.world.clock.now()
    since = call.today().replace(day=1) if project.budget_is_monthly else date.min
    mine = call.account.time_entries.of_project(project.id)
    entries = [one for one in mine if one.spent_date >= since and counts_toward_budget(one)]

    def hours(entry: TimeEntry) -> Decimal:
        return rounded(hours_at(entry, now, company), company)

    if project.budget_by not in IN_MONEY:
        return sum((hours(entry) for entry in entries), ZERO)
    spent = sum((hours(entry) * (billable_rate(entry) or ZERO) for entry in entries), ZERO)
    if project.budget_by == "project_cost" and project.cost_budget_include_expenses:
        expenses = [one for one in call.account.expenses if one.project is project and one.spent_date >= since]
        spent += sum((one.total_cost for one in expenses), ZERO)
    return spent.quantize(smallest_unit(project.client.currency), ROUND_HALF_UP)
