"""What is spent of a budget, and when it runs out."""

from __future__ import annotations

from harvest_bridge.insights.definitions import Definition, register

BUDGETED = register(
    Definition(
        "budgets",
        "budgeted",
        1,
        "Σ rounded hours of entries that count toward the budget; of budgets of fees × the entry's billable rate, with "
        "all expenses where the budget includes them. Burn is that of the last 28 days ÷ 28; it runs out after "
        "left ÷ burn days.",
        ("projects", "clients", "time_entries", "task_assignments", "user_assignments"),
        ("expenses", "reports_project_budget"),
    )
)
