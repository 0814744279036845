"""Time by client, project, task and person (REFERENCE §9), one row per subject and currency."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from harvest_bridge.sandbox.billing import billable_rate, is_billable
from harvest_bridge.sandbox.call import Answer, Call
from harvest_bridge.sandbox.currencies import smallest_unit
from harvest_bridge.sandbox.records import TimeEntry
from harvest_bridge.sandbox.reports.period import period_of, wants_fixed_fee
from harvest_bridge.sandbox.reports.rows import client_columns, project_columns, report_listing, visible_entries
from harvest_bridge.sandbox.routing import Routes
from harvest_bridge.sandbox.timekeeping import ZERO, hours_at, rounded

routes = Routes()
Columns = Callable[[TimeEntry], dict[str, Any]]


@dataclass(slots=True)
class Totals:
    before: dict[str, Any]
    after: dict[str, Any]
    currency: str
    total_hours: Decimal = ZERO
    billable_hours: Decimal = ZERO
    billable_amount: Decimal = ZERO


@routes.get("/reports/time/clients")
def time_by_client(call: Call) -> Answer:
    return _report(call, lambda entry: client_columns(entry.project.client))


@routes.get("/reports/time/projects")
def time_by_project(call: Call) -> Answer:
    return _report(call, lambda entry: {**project_columns(entry.project), **client_columns(entry.project.client)})


@routes.get("/reports/time/tasks")
def time_by_task(call: Call) -> Answer:
    return _report(call, lambda entry: {"task_id": entry.task.id, "task_name": entry.task.name})


@routes.get("/reports/time/team")
def time_by_person(call: Call) -> Answer:
    return _report(
        call,
        lambda entry: {
            "user_id": entry.user.id,
            "user_name": entry.user.name,
            "is_contractor": entry.user.is_contractor,
        },
        lambda entry: {"weekly_capacity": entry.user.weekly_capacity, "avatar_url": entry.user.avatar_url},
    )


def _report(call: Call, before: Columns, after: Columns = lambda entry: {}) -> Answer:
    """Hours are rounded if the account rounds; money only for those who see rates."""
    with_fixed_fee, company, now = wants_fixed_fee(call.query), call.account.company, call.world.clock.now()
    groups: dict[tuple[Any, str], Totals] = {}
    for entry in visible_entries(call, period_of(call.query)):
        if entry.project.is_fixed_fee and not with_fixed_fee:
            continue
        columns, currency = before(entry), entry.project.client.currency
        key = (next(iter(columns.values())), currency)
        totals = groups.get(key) or groups.setdefault(key, Totals(columns, after(entry), currency))
        hours = rounded(hours_at(entry, now, company), company)
        totals.total_hours += hours
        if is_billable(entry):
            totals.billable_hours += hours
            totals.billable_amount += hours * (billable_rate(entry) or ZERO)
    rows = [_row(totals, sees_money=call.rights.sees_billable_rates) for totals in groups.values()]
    return report_listing(call, rows)


def _row(totals: Totals, *, sees_money: bool) -> dict[str, Any]:
    row = {
        **totals.before,
        "total_hours": float(totals.total_hours),
        "billable_hours": float(totals.billable_hours),
    }
    if sees_money:
        amount = totals.billable_amount.quantize(smallest_unit(totals.currency), ROUND_HALF_UP)
        row |= {"currency": totals.currency, "billable_amount": float(amount)}
    return {**row, **totals.after}
