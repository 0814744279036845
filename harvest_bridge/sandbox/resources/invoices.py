"""REFERENCE §8.13."""

from __future__ import annotations

from typing import Any

from harvest_bridge.sandbox.account import Account
from harvest_bridge.sandbox.call import Answer, Call
from harvest_bridge.sandbox.documents import DOCUMENT, birth, changed_lines
from harvest_bridge.sandbox.errors import forbidden, unprocessable
from harvest_bridge.sandbox.filters import date_filter, int_filter, updated_since
from harvest_bridge.sandbox.forms import Complaint, Form, choice, day, items, reference, whole
from harvest_bridge.sandbox.invoice_import import bill, read_import, unbill
from harvest_bridge.sandbox.invoice_states import PAYMENT_TERMS, settle, settle_due_date
from harvest_bridge.sandbox.records import Invoice
from harvest_bridge.sandbox.rights import invoice_drafters, invoice_managers
from harvest_bridge.sandbox.routing import Routes
from harvest_bridge.sandbox.shapes.billing import invoice_shape

routes = Routes()


def _payment_options(_: Account, values: list[Any]) -> list[str]:
    if any(value not in ("ach", "credit_card", "paypal") for value in values):
        raise Complaint("is not included in the list")
    return [str(value) for value in values]


FORM = Form(
    *DOCUMENT,
    day("due_date"),
    choice("payment_term", PAYMENT_TERMS),
    items("payment_options", _payment_options),
    reference("estimate_id", lambda account: account.estimates, required=False),
    whole("retainer_id"),
)


@routes.get("/invoices", may=invoice_drafters)
def list_invoices(call: Call) -> Answer:
    table = call.account.invoices
    rows = updated_since(_filtered(call, [one for one in table.rows() if call.rights.sees_invoice(one)]), call.query)
    return call.listing("invoices", rows, invoice_shape, takes_cursor=False, order=table.order)


@routes.get("/invoices/{id}", may=invoice_drafters)
def get_invoice(call: Call, invoice_id: int) -> Answer:
    return Answer(invoice_shape(visible_invoice(call, invoice_id)))


@routes.post("/invoices", may=invoice_drafters)
def create_invoice(call: Call) -> Answer:
    """Free-form lines, or `line_items_import` of tracked time and expenses."""
    values = _due_date(call, FORM.new(call.body, call.account))
    given = birth(call, values, call.account.invoices)
    given.setdefault("due_date", given["issue_date"])
    spec = call.body.get("line_items_import")
    imported = read_import(call.account, values["client"], spec) if spec else None
    lines = imported.lines if imported else changed_lines(call, [], "invoice_line_items")
    invoice = Invoice(**call.fresh("invoices"), **given, line_items=lines)
    settle_due_date(invoice)
    if imported and imported.days:
        invoice.period_start, invoice.period_end = imported.days[0], imported.days[-1]
    call.account.invoices.add(invoice)
    if imported:
        bill(call.account, invoice, imported)
    return call.created(invoice_shape(invoice), invoice)


@routes.patch("/invoices/{id}", may=invoice_drafters)
def update_invoice(call: Call, invoice_id: int) -> Answer:
    invoice = visible_invoice(call, invoice_id)
    _require_editor(call, invoice)
    values = _due_date(call, FORM.changes(call.body, call.account))
    if "line_items" in call.body:
        values["line_items"] = changed_lines(call, invoice.line_items, "invoice_line_items")
    if "number" in values and not values["number"]:
        raise unprocessable("Number can't be blank")
    call.change(call.account.invoices, invoice, values)
    settle_due_date(invoice)
    settle(invoice, call.stamp())
    return Answer(invoice_shape(invoice))


@routes.delete("/invoices/{id}", may=invoice_drafters)
def delete_invoice(call: Call, invoice_id: int) -> Answer:
    """What was imported into it is free to be invoiced again."""
    invoice = visible_invoice(call, invoice_id)
    _require_editor(call, invoice)
    unbill(call.account, invoice, call.stamp())
    call.account.invoices.remove(invoice)
    return call.deleted(invoice_shape(invoice))


def visible_invoice(call: Call, invoice_id: int) -> Invoice:
    return call.find(call.account.invoices, invoice_id, visible=call.rights.sees_invoice)


def _require_editor(call: Call, invoice: Invoice) -> None:
    """Who may only draft must keep away from everything sent."""
    if invoice.state != "draft" and not invoice_managers(call.rights):
        raise forbidden()


def _due_date(call: Call, values: dict[str, Any]) -> dict[str, Any]:
    """`due_date` counts only beside `payment_term: custom` (documented)."""
    if call.body.get("payment_term") != "custom" or values.get("due_date") is None:
        values.pop("due_date", None)
    return values


def _filtered(call: Call, rows: list[Invoice]) -> list[Invoice]:
    query = call.query
    client_id, project_id = int_filter(query, "client_id"), int_filter(query, "project_id")
    first, last, state = date_filter(query, "from"), date_filter(query, "to"), query.get("state")
    return [
        one
        for one in rows
        if (client_id is None or one.client.id == client_id)
        and (project_id is None or any(item.project and item.project.id == project_id for item in one.line_items))
        and (first is None or one.issue_date >= first)
        and (last is None or one.issue_date <= last)
        and (not state or one.state == state)
    ]
