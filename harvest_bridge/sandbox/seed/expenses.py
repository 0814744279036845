"""Expenses of a year, one a week, some with a receipt."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

from harvest_bridge.sandbox.records import Expense, ExpenseCategory, Receipt
from harvest_bridge.sandbox.seed.builder import Builder

CATEGORIES = (
    ("Meals", None, None),
    ("Transportation", None, None),
    ("Mileage", "mile", "0.67"),
    ("Lodging", None, None),
)
COUNT = 48
APPROVED_AFTER = timedelta(days=35)
RECEIPT = Receipt(file_name="receipt.txt", content_type="text/plain", content=b"Table for two, 33.35\n")


def seed_expenses(build: Builder) -> None:
    categories = [_category(build, *row) for row in CATEGORIES]
    for number in range(COUNT):
        _expense(build, number, categories[number % len(categories)])


def _category(build: Builder, name: str, unit_name: str | None, price: str | None) -> ExpenseCategory:
    unit_price = None if price is None else Decimal(price)
    category = ExpenseCategory(
        **build.base("expense_categories"), name=name, unit_name=unit_name, unit_price=unit_price
    )
    return build.account.expense_categories.add(category)


def _expense(build: Builder, number: int, category: ExpenseCategory) -> None:
    day = build.today - timedelta(days=360 - number * 7)
    pair = build.dice.choice(
        [one for one in build.account.user_assignments if one.project.is_active and one.user.is_active]
    )
    units = Decimal(build.dice.randint(5, 80)) if category.unit_price else Decimal(1)
    cost = units * category.unit_price if category.unit_price else Decimal(build.dice.randint(8, 240))
    expense = Expense(
        **build.born("expenses", day),
        user=pair.user,
        user_assignment=pair,
        project=pair.project,
        expense_category=category,
        spent_date=day,
        units=units,
        total_cost=cost.quantize(Decimal("0.01")),
        notes=f"{category.name} for {pair.project.client.name}",
        billable=number % 5 != 0,
        receipt=RECEIPT if number % 6 == 0 else None,
        approval_status="approved" if build.today - day > APPROVED_AFTER else "unsubmitted",
    )
    build.account.expenses.add(expense)
