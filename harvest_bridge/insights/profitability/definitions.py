"""What work earns: as Harvest counts it, and by accrual."""

from __future__ import annotations

from harvest_bridge.insights.definitions import Definition, register

OF = "profitability"
_NEEDS = ("company", "time_entries", "projects", "clients", "expenses")
_USES = ("invoices", "tasks", "users")

HARVEST = register(
    Definition(
        OF,
        "harvest",
        1,
        "Time and materials: billable rounded hours × rate + billable expenses. Fixed fee: fee ÷ days of the project × "
        "days in the range, or what was invoiced where that is more. Less hours × cost rate and all expenses.",
        _NEEDS,
        _USES,
    )
)
ACCRUAL = register(
    Definition(
        OF,
        "accrual",
        1,
        "As harvest, but a fixed fee is earned by its share of the budgeted hours that was worked in the range, up to "
        "the whole fee, and its billable expenses besides.",
        (*_NEEDS, "task_assignments", "user_assignments"),
        _USES,
    )
)
METHODS = {one.name: one for one in (HARVEST, ACCRUAL)}
