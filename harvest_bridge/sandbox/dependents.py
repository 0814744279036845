"""Time and expenses whose record on the wire changes because something that they refer to did (REFERENCE §16).

Names, client, rates and rounding are read when an entry is shown, so an old entry shows the new value at once, without
having been edited. Nobody outside of Harvest knows whether `updated_at` moves with it: the switches decide.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import datetime

from harvest_bridge.sandbox.account import Account
from harvest_bridge.sandbox.records import (
    Client,
    Expense,
    ExpenseCategory,
    Project,
    Record,
    Task,
    TaskAssignment,
    TimeEntry,
    User,
    UserAssignment,
)
from harvest_bridge.sandbox.switches import Switches

Tracked = TimeEntry | Expense
NAMES = frozenset({"name", "code", "first_name", "last_name", "currency"})
RATES = frozenset({"hourly_rate", "bill_by", "is_billable", "billable", "use_default_rates", "unit_price"})


def follow_change(
    account: Account, switches: Switches, record: Record, changed: Collection[str], stamp: datetime
) -> None:
    """Move `updated_at` of what refers to `record`, where the switch of this kind of change says so."""
    is_moved = isinstance(record, Project) and "client" in changed
    moves = (
        (is_moved and switches.moved_project_updated_at == "move")
        or (not NAMES.isdisjoint(changed) and switches.rename_updated_at == "move")
        or (not RATES.isdisjoint(changed) and switches.rate_change_updated_at == "move")
    )
    if moves:
        touch_tracked(account, _refers_to(record), stamp)


def follow_rates(account: Account, switches: Switches, stamp: datetime, user: User | None = None) -> None:
    """After new rates of a person, or (`user` None) another rounding of the whole account."""
    if switches.rate_change_updated_at == "move":
        touch_tracked(account, lambda one: user is None or one.user is user, stamp)


def touch_tracked(account: Account, chosen: Callable[[Tracked], bool], stamp: datetime) -> None:
    for entry in account.time_entries:
        if chosen(entry):
            entry.updated_at = stamp
    for expense in account.expenses:
        if chosen(expense):
            expense.updated_at = stamp


def _refers_to(record: Record) -> Callable[[Tracked], bool]:
    match record:
        case Client():
            return lambda one: one.project.client is record
        case Project():
            return lambda one: one.project is record
        case User():
            return lambda one: one.user is record
        case UserAssignment():
            return lambda one: one.user_assignment is record
        case Task():
            return lambda one: isinstance(one, TimeEntry) and one.task is record
        case TaskAssignment():
            return lambda one: isinstance(one, TimeEntry) and one.task_assignment is record
        case ExpenseCategory():
            return lambda one: isinstance(one, Expense) and one.expense_category is record
    return lambda one: False
