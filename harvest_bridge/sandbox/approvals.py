"""Submitting and approving time. Harvest has no API for it: only the sandbox's own controls do it (REFERENCE §7.7)."""

from __future__ import annotations

from datetime import date

from harvest_bridge.sandbox.account import Account
from harvest_bridge.sandbox.clock import Clock
from harvest_bridge.sandbox.records import User

STATUSES = ("unsubmitted", "submitted", "approved")


class TimerRuns(Exception):
    """Time with a running timer can neither be submitted nor approved."""


def set_approval(account: Account, user: User, first: date, last: date, status: str, clock: Clock) -> int:
    """All of a person's time and expenses in these days; approved means locked. Answers how many were changed.

    Errors: TimerRuns.
    """
    entries = [one for one in account.time_entries.of_user(user.id) if first <= one.spent_date <= last]
    if any(entry.is_running for entry in entries):
        raise TimerRuns(user.name)
    expenses = [one for one in account.expenses if one.user is user and first <= one.spent_date <= last]
    for entry in entries:
        entry.approval_status, entry.updated_at = status, clock.stamp()
        account.time_entries.touch(entry)
    for expense in expenses:
        expense.approval_status, expense.updated_at = status, clock.stamp()
        account.expenses.touch(expense)
    return len(entries) + len(expenses)
