"""When an entry or expense can no longer be changed freely, and what Harvest says about it (REFERENCE §7.7)."""

from __future__ import annotations

from harvest_bridge.sandbox.records import Expense, TimeEntry


def lock_reason(entry: TimeEntry) -> str | None:
    """Approved, invoiced (itself, or a day of the project that an invoice covers), or something archived."""
    approved = entry.approval_status == "approved"
    if entry.is_billed or _is_in_invoiced_period(entry):
        middle = "Invoiced and Approved" if approved else "Invoiced"
        return f"Item {middle} and Locked for this Time Period"
    if approved:
        return "Item Approved and Locked for this Time Period"
    if not (entry.task.is_active and entry.task_assignment.is_active):
        return "Task is archived"
    return _archived(entry)


def expense_lock_reason(expense: Expense) -> str | None:
    if expense.is_billed:
        return "Expense is invoiced."
    if expense.approval_status == "approved":
        return "The project is locked for this time period."
    return _archived(expense)


def _is_in_invoiced_period(entry: TimeEntry) -> bool:
    return any(period.first <= entry.spent_date <= period.last for period in entry.project.invoiced_periods)


def _archived(tracked: TimeEntry | Expense) -> str | None:
    project = tracked.project
    for word, is_active in (
        ("Client", project.client.is_active),
        ("Project", project.is_active),
        ("Person", tracked.user.is_active),
    ):
        if not is_active:
            return f"{word} is archived"
    return None
