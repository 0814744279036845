"""Time and expenses of the full account."""

from __future__ import annotations

from datetime import date, time
from decimal import Decimal
from typing import Any

from harvest_bridge.sandbox.records import Expense, ExpenseCategory, ExternalReference, Receipt, TimeEntry
from harvest_bridge.sandbox.seed.builder import Builder

DAY = date(2026, 11, 3)
ISSUE = ExternalReference(id="7", group_id="web", account_id="acme", permalink="https://github.com/acme/web/issues/7")
CARD = ExternalReference(id="card-7", group_id="board", account_id=None, permalink="card-7")


def add_time(build: Builder, ids: dict[str, int]) -> None:
    """Carmen's: one billed and approved, one to change, one running. Elif's: a bare one, and one with times."""
    invoice = build.account.invoices[ids["invoiceId"]]
    add_entry(
        build, "Carmen", "A", notes="Done", external_reference=ISSUE, invoice=invoice, is_billed=True,
        approval_status="approved",
    )  # fmt: skip
    entry = add_entry(build, "Carmen", "B", external_reference=CARD)
    running = add_entry(build, "Carmen", "A", timer_started_at=build.world.clock.now(), started_time=time(9, 5))
    add_entry(build, "Elif", "C")
    add_entry(build, "Elif", "C", started_time=time(9), ended_time=time(10, 30))
    ids.update(timeEntryId=entry.id, running=running.id)


def add_entry(build: Builder, name: str, project_name: str, **more: Any) -> TimeEntry:
    account = build.account
    user = next(one for one in account.users if one.first_name == name)
    pair = next(one for one in account.user_assignments if one.user is user and one.project.name == project_name)
    task_pair = next(one for one in account.task_assignments if one.project is pair.project)
    entry = TimeEntry(
        **build.base("time_entries"),
        user=user,
        user_assignment=pair,
        project=pair.project,
        task=task_pair.task,
        task_assignment=task_pair,
        spent_date=DAY,
        hours=Decimal("1.50"),
        **more,
    )
    return account.time_entries.add(entry)


def add_expenses(build: Builder, ids: dict[str, int], spare: dict[str, int]) -> None:
    """A billed one with a receipt, a bare one, and one in miles."""
    categories = [add_category(build, name) for name in ("Meals", "Mileage", "Lodging", "Spare")]
    meals, mileage, lodging, unused = categories
    mileage.unit_name, mileage.unit_price = "mile", Decimal("0.535")
    receipt = Receipt(file_name="lunch.gif", content_type="image/gif", content=b"GIF89a")
    invoice = build.account.invoices[ids["invoiceId"]]
    add_expense(build, "Carmen", "A", meals, notes="Lunch", receipt=receipt, invoice=invoice, is_billed=True)
    bare = add_expense(build, "Carmen", "B", lodging)
    add_expense(build, "Bruno", "B", mileage)
    add_expense(build, "Elif", "C", mileage)
    ids.update(expenseId=bare.id, expenseCategoryId=meals.id)
    spare.update(expenseCategoryId=unused.id)


def add_category(build: Builder, name: str) -> ExpenseCategory:
    return build.account.expense_categories.add(ExpenseCategory(**build.base("expense_categories"), name=name))


def add_expense(build: Builder, name: str, project_name: str, category: ExpenseCategory, **more: Any) -> Expense:
    pairs = build.account.user_assignments
    pair = next(one for one in pairs if one.user.first_name == name and one.project.name == project_name)
    expense = Expense(
        **build.base("expenses"),
        user=pair.user,
        user_assignment=pair,
        project=pair.project,
        expense_category=category,
        spent_date=DAY,
        units=Decimal(1),
        total_cost=Decimal("13.59"),
        **more,
    )
    return build.account.expenses.add(expense)
