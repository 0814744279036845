"""REFERENCE §8.12."""

from __future__ import annotations

from typing import Any

from harvest_bridge.sandbox.call import Answer, Call
from harvest_bridge.sandbox.errors import forbidden, unprocessable
from harvest_bridge.sandbox.expense_writing import create_expense, update_expense
from harvest_bridge.sandbox.filters import updated_since
from harvest_bridge.sandbox.locks import expense_lock_reason
from harvest_bridge.sandbox.records import Expense
from harvest_bridge.sandbox.routing import Routes
from harvest_bridge.sandbox.shapes.expenses import expense_shape
from harvest_bridge.sandbox.tracked_filters import tracked_filters

routes = Routes()


def render(call: Call, expense: Expense) -> dict[str, Any]:
    return expense_shape(expense, call.rights, call.base_url)


@routes.get("/expenses")
def list_expenses(call: Call) -> Answer:
    table = call.account.expenses
    rows = [expense for expense in table.rows() if call.rights.sees(expense)]
    chosen = updated_since(tracked_filters(rows, call.query), call.query)
    return call.listing(
        "expenses", chosen, lambda expense: render(call, expense), takes_cursor=False, order=table.order
    )


@routes.get("/expenses/{id}")
def get_expense(call: Call, expense_id: int) -> Answer:
    return Answer(render(call, _visible(call, expense_id)))


@routes.post("/expenses")
def post_expense(call: Call) -> Answer:
    expense = create_expense(call)
    return call.created(render(call, expense), expense)


@routes.patch("/expenses/{id}")
def patch_expense(call: Call, expense_id: int) -> Answer:
    expense = _writable(call, expense_id)
    update_expense(call, expense)
    return Answer(render(call, expense))


@routes.delete("/expenses/{id}")
def delete_expense(call: Call, expense_id: int) -> Answer:
    expense = _writable(call, expense_id)
    reason = expense_lock_reason(expense)
    if reason is not None and not (call.rights.is_administrator and not expense.is_billed):
        raise unprocessable(reason)
    call.account.expenses.remove(expense)
    return call.deleted(render(call, expense))


def _visible(call: Call, expense_id: int) -> Expense:
    return call.find(call.account.expenses, expense_id, visible=call.rights.sees)


def _writable(call: Call, expense_id: int) -> Expense:
    expense = _visible(call, expense_id)
    if not call.rights.tracks_for(expense.user, expense.project):
        raise forbidden()
    return expense
