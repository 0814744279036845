"""What an entry is worth: whether it is billable, at which rate, whether it uses up a budget (REFERENCE §7.6)."""

from __future__ import annotations

from decimal import Decimal

from harvest_bridge.sandbox.records import TimeEntry
from harvest_bridge.sandbox.records.people import rate_on


def is_billable(entry: TimeEntry) -> bool:
    return entry.project.is_billable and entry.task_assignment.billable


def billable_rate(entry: TimeEntry) -> Decimal | None:
    """By the project's method; None when the entry is not billable or nothing was agreed."""
    if not is_billable(entry):
        return None
    match entry.project.bill_by:
        case "Project":
            return entry.project.hourly_rate
        case "Tasks":
            return entry.task_assignment.hourly_rate
        case "People" if entry.user_assignment.use_default_rates:
            return rate_on(entry.user.billable_rates, entry.spent_date)
        case "People":
            return entry.user_assignment.hourly_rate
    return None


def counts_toward_budget(entry: TimeEntry) -> bool:
    """A budget kept per task or person counts only where that task or person was given one."""
    match entry.project.budget_by:
        case "project":
            return entry.project.budget is not None
        case "project_cost":
            return entry.project.cost_budget is not None
        case "task" | "task_fees":
            return entry.task_assignment.budget is not None
        case "person":
            return entry.user_assignment.budget is not None
    return False
