"""What could still be invoiced, by project (REFERENCE §9)."""

from __future__ import annotations

from collections import defaultdict
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from harvest_bridge.sandbox.billing import billable_rate, is_billable
from harvest_bridge.sandbox.call import Answer, Call
from harvest_bridge.sandbox.currencies import smallest_unit
from harvest_bridge.sandbox.records import Expense, Project, TimeEntry
from harvest_bridge.sandbox.reports.period import period_of, wants_fixed_fee
from harvest_bridge.sandbox.reports.rows import client_columns, report_listing, visible_entries, visible_expenses
from harvest_bridge.sandbox.rights import invoice_drafters
from harvest_bridge.sandbox.routing import Routes
from harvest_bridge.sandbox.timekeeping import ZERO, hours_at, rounded

routes = Routes()


@routes.get("/reports/uninvoiced", may=invoice_drafters)
def uninvoiced(call: Call) -> Answer:
    """Projects with time or expenses in the period, of those that the caller manages."""
    period = period_of(call.query)
    entries: defaultdict[Project, list[TimeEntry]] = defaultdict(list)
    expenses: defaultdict[Project, list[Expense]] = defaultdict(list)
    for entry in visible_entries(call, period):
        entries[entry.project].append(entry)
    for expense in visible_expenses(call, period):
        expenses[expense.project].append(expense)
    with_fixed_fee = wants_fixed_fee(call.query)
    projects = [
        project
        for project in dict.fromkeys([*entries, *expenses])
        if call.rights.manages(project) and (with_fixed_fee or not project.is_fixed_fee)
    ]
    return report_listing(call, [_row(call, project, entries[project], expenses[project]) for project in projects])


def _row(call: Call, project: Project, entries: list[TimeEntry], expenses: list[Expense]) -> dict[str, Any]:
    company, now = call.account.company, call.world.clock.now()
    total, open_hours, amount = ZERO, ZERO, ZERO
    currency = project.client.currency
    for entry in entries:
        hours = rounded(hours_at(entry, now, company), company)
        total += hours
        if is_billable(entry) and not entry.is_billed:
            open_hours += hours
            amount += hours * (billable_rate(entry) or ZERO)
    open_expenses = sum((one.total_cost for one in expenses if one.billable and not one.is_billed), Decimal(0))
    return {
        **client_columns(project.client),
        "project_id": project.id,
        "project_name": project.name,
        "currency": currency,
        "total_hours": float(total),
        "uninvoiced_hours": float(open_hours),
        "uninvoiced_expenses": float(open_expenses),
        "uninvoiced_amount": float((amount + open_expenses).quantize(smallest_unit(currency), ROUND_HALF_UP)),
    }
