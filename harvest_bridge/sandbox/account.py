"""One Harvest account: its company, its tables, and the ids it gives out."""

from __future__ import annotations

from dataclasses import dataclass, field

from harvest_bridge.sandbox.entries import EntryTable
from harvest_bridge.sandbox.records import (
    Client,
    Company,
    Contact,
    Estimate,
    EstimateItemCategory,
    Expense,
    ExpenseCategory,
    Invoice,
    InvoiceItemCategory,
    Project,
    Role,
    Task,
    TaskAssignment,
    User,
    UserAssignment,
)
from harvest_bridge.sandbox.tables import Table


class Ids:
    """Ids for the whole sandbox, so that a record of one account never answers to another account's id."""

    def __init__(self) -> None:
        # Time entry ids have outgrown 32 bits (REFERENCE §1).
        self._next = {"time_entries": 2_600_000_001}
        self._base = 4_000_000

    def next(self, kind: str) -> int:
        if kind not in self._next:
            self._next[kind] = self._base + 101
            self._base += 1_000_000
        given = self._next[kind]
        self._next[kind] += 1
        return given


def latest_spent_first(expense: Expense) -> tuple[int, ...]:
    return (-expense.spent_date.toordinal(), -expense.id)


def latest_issued_first(document: Invoice | Estimate) -> tuple[int, ...]:
    return (-document.issue_date.toordinal(), -document.id)


@dataclass(slots=True, eq=False, kw_only=True)
class Account:
    """A Harvest account, or (`product` is "forecast") the name of a Forecast one, which has no data here."""

    id: int
    name: str
    product: str
    company: Company
    ids: Ids
    users: Table[User] = field(default_factory=Table)
    roles: Table[Role] = field(default_factory=Table)
    clients: Table[Client] = field(default_factory=Table)
    contacts: Table[Contact] = field(default_factory=Table)
    projects: Table[Project] = field(default_factory=Table)
    tasks: Table[Task] = field(default_factory=Table)
    user_assignments: Table[UserAssignment] = field(default_factory=Table)
    task_assignments: Table[TaskAssignment] = field(default_factory=Table)
    time_entries: EntryTable = field(default_factory=EntryTable)
    expense_categories: Table[ExpenseCategory] = field(default_factory=Table)
    expenses: Table[Expense] = field(default_factory=lambda: Table(latest_spent_first))
    invoice_item_categories: Table[InvoiceItemCategory] = field(default_factory=Table)
    invoices: Table[Invoice] = field(default_factory=lambda: Table(latest_issued_first))
    estimate_item_categories: Table[EstimateItemCategory] = field(default_factory=Table)
    estimates: Table[Estimate] = field(default_factory=lambda: Table(latest_issued_first))

    def assignment_of(self, user: User, project: Project) -> UserAssignment | None:
        pairs = self.user_assignments
        return next((pair for pair in pairs if pair.user is user and pair.project is project), None)

    def task_on(self, project: Project, task: Task) -> TaskAssignment | None:
        pairs = self.task_assignments
        return next((pair for pair in pairs if pair.project is project and pair.task is task), None)
