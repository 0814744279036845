"""REFERENCE §8.12."""

from __future__ import annotations

from harvest_bridge.sandbox.call import Answer, Call
from harvest_bridge.sandbox.errors import forbidden, unprocessable
from harvest_bridge.sandbox.filters import bool_filter, updated_since
from harvest_bridge.sandbox.forms import Form, flag, number, text
from harvest_bridge.sandbox.records import ExpenseCategory
from harvest_bridge.sandbox.rights import administrators
from harvest_bridge.sandbox.routing import Routes
from harvest_bridge.sandbox.shapes.expenses import expense_category_shape

routes = Routes()
FORM = Form(text("name", required=True), text("unit_name"), number("unit_price"), flag("is_active"))


@routes.get("/expense_categories")
def list_expense_categories(call: Call) -> Answer:
    _require_reader(call)
    rows = call.account.expense_categories.rows()
    is_active = bool_filter(call.query, "is_active")
    if is_active is not None:
        rows = [category for category in rows if category.is_active is is_active]
    return call.listing("expense_categories", updated_since(rows, call.query), expense_category_shape)


@routes.get("/expense_categories/{id}")
def get_expense_category(call: Call, category_id: int) -> Answer:
    _require_reader(call)
    return Answer(expense_category_shape(call.find(call.account.expense_categories, category_id)))


@routes.post("/expense_categories", may=administrators)
def create_expense_category(call: Call) -> Answer:
    category = ExpenseCategory(**call.fresh("expense_categories"), **FORM.new(call.body, call.account))
    call.account.expense_categories.add(category)
    return call.created(expense_category_shape(category), category)


@routes.patch("/expense_categories/{id}", may=administrators)
def update_expense_category(call: Call, category_id: int) -> Answer:
    category = call.find(call.account.expense_categories, category_id)
    call.change(call.account.expense_categories, category, FORM.changes(call.body, call.account))
    return Answer(expense_category_shape(category))


@routes.delete("/expense_categories/{id}", may=administrators)
def delete_expense_category(call: Call, category_id: int) -> Answer:
    category = call.find(call.account.expense_categories, category_id)
    if any(expense.expense_category is category for expense in call.account.expenses):
        raise unprocessable("This expense category is not removable. It still has expenses.")
    call.account.expense_categories.remove(category)
    return call.deleted(expense_category_shape(category))


def _require_reader(call: Call) -> None:
    """Whether others than administrators may read is unconfirmed (REFERENCE §6.2)."""
    if not call.rights.is_administrator and call.switches.expense_categories != "read":
        raise forbidden()
