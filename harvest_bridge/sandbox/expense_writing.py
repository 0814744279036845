"""Creating and changing expenses: what they cost, whose they are, and their receipts (REFERENCE §8.12)."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from harvest_bridge.sandbox.assignment import assigned_person, owner_of
from harvest_bridge.sandbox.call import Call
from harvest_bridge.sandbox.errors import forbidden, unprocessable
from harvest_bridge.sandbox.fields import CENT, as_bool
from harvest_bridge.sandbox.forms import Form, day, flag, number, reference, text
from harvest_bridge.sandbox.locks import expense_lock_reason
from harvest_bridge.sandbox.records import Expense, ExpenseCategory, Receipt

FORM = Form(
    reference("project_id", lambda account: account.projects),
    reference("expense_category_id", lambda account: account.expense_categories),
    day("spent_date", required=True),
    number("units"),
    number("total_cost"),
    text("notes"),
    flag("billable"),
)


def create_expense(call: Call) -> Expense:
    """Errors: 403 for somebody else's, 422."""
    values = FORM.new(call.body, call.account)
    user = owner_of(call, values["project"])
    if not values["expense_category"].is_active:
        raise unprocessable("Expense category is archived")
    expense = Expense(
        **call.fresh("expenses"),
        user=user,
        user_assignment=assigned_person(call.account, user, values["project"]),
        **{**values, **_cost(values["expense_category"], values)},
        receipt=_receipt(call),
    )
    return call.account.expenses.add(expense)


def update_expense(call: Call, expense: Expense) -> None:
    """Of a locked expense, project and category are dropped without an error (documented)."""
    locked = expense_lock_reason(expense)
    if locked is not None and not call.rights.is_administrator:
        raise forbidden() if call.switches.locked_edit == "403" else unprocessable(locked)
    values = FORM.changes(call.body, call.account)
    if locked is not None:
        values.pop("project", None)
        values.pop("expense_category", None)
    if values.get("project", expense.project) is not expense.project:
        values["user_assignment"] = assigned_person(call.account, expense.user, values["project"])
    if {"units", "total_cost", "expense_category"} & set(values):
        known = {"units": expense.units, "total_cost": expense.total_cost, **values}
        values |= _cost(values.get("expense_category", expense.expense_category), known)
    receipt = _receipt(call)
    if receipt is not None or as_bool(call.body.get("delete_receipt")):
        values["receipt"] = receipt
    call.change(call.account.expenses, expense, values)


def _cost(category: ExpenseCategory, values: dict[str, Any]) -> dict[str, Decimal]:
    """A category with a unit price needs units, the others a total."""
    units, total = values.get("units"), values.get("total_cost")
    if category.unit_price is None:
        if total is None:
            raise unprocessable("Total cost can't be blank")
        return {"units": Decimal(1), "total_cost": total.quantize(CENT)}
    if units is None:
        raise unprocessable("Units can't be blank")
    return {"units": units, "total_cost": (units * category.unit_price).quantize(CENT)}


def _receipt(call: Call) -> Receipt | None:
    """Only a file counts, and only multipart carries one."""
    sent = call.body.get("receipt")
    return sent if isinstance(sent, Receipt) else None
