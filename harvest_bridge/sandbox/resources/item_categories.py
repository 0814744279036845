"""Item categories of invoices and of estimates (REFERENCE §8.13, §8.14)."""

from __future__ import annotations

from harvest_bridge.sandbox.call import Answer, Call
from harvest_bridge.sandbox.errors import unprocessable
from harvest_bridge.sandbox.filters import updated_since
from harvest_bridge.sandbox.forms import Form, text
from harvest_bridge.sandbox.records import EstimateItemCategory, InvoiceItemCategory
from harvest_bridge.sandbox.rights import administrators, managers
from harvest_bridge.sandbox.routing import Routes
from harvest_bridge.sandbox.shapes.billing import estimate_item_category_shape, invoice_item_category_shape

routes = Routes()
FORM = Form(text("name", required=True))


@routes.get("/invoice_item_categories", may=managers)
def list_invoice_item_categories(call: Call) -> Answer:
    rows = updated_since(call.account.invoice_item_categories.rows(), call.query)
    return call.listing("invoice_item_categories", rows, invoice_item_category_shape)


@routes.get("/invoice_item_categories/{id}", may=managers)
def get_invoice_item_category(call: Call, category_id: int) -> Answer:
    return Answer(invoice_item_category_shape(call.find(call.account.invoice_item_categories, category_id)))


@routes.post("/invoice_item_categories", may=managers)
def create_invoice_item_category(call: Call) -> Answer:
    values = FORM.new(call.body, call.account)
    category = InvoiceItemCategory(**call.fresh("invoice_item_categories"), **values)
    call.account.invoice_item_categories.add(category)
    return call.created(invoice_item_category_shape(category), category)


@routes.patch("/invoice_item_categories/{id}", may=managers)
def update_invoice_item_category(call: Call, category_id: int) -> Answer:
    category = call.find(call.account.invoice_item_categories, category_id)
    call.change(call.account.invoice_item_categories, category, FORM.changes(call.body, call.account))
    return Answer(invoice_item_category_shape(category))


@routes.delete("/invoice_item_categories/{id}", may=managers)
def delete_invoice_item_category(call: Call, category_id: int) -> Answer:
    """Only one that is used neither for services nor for expenses."""
    category = call.find(call.account.invoice_item_categories, category_id)
    if category.use_as_service or category.use_as_expense:
        raise unprocessable("This invoice item category is not removable. It is used for services or expenses.")
    call.account.invoice_item_categories.remove(category)
    return call.deleted(invoice_item_category_shape(category))


@routes.get("/estimate_item_categories", may=administrators)
def list_estimate_item_categories(call: Call) -> Answer:
    rows = updated_since(call.account.estimate_item_categories.rows(), call.query)
    return call.listing("estimate_item_categories", rows, estimate_item_category_shape)


@routes.get("/estimate_item_categories/{id}", may=administrators)
def get_estimate_item_category(call: Call, category_id: int) -> Answer:
    return Answer(estimate_item_category_shape(call.find(call.account.estimate_item_categories, category_id)))


@routes.post("/estimate_item_categories", may=administrators)
def create_estimate_item_category(call: Call) -> Answer:
    values = FORM.new(call.body, call.account)
    category = EstimateItemCategory(**call.fresh("estimate_item_categories"), **values)
    call.account.estimate_item_categories.add(category)
    return call.created(estimate_item_category_shape(category), category)


@routes.patch("/estimate_item_categories/{id}", may=administrators)
def update_estimate_item_category(call: Call, category_id: int) -> Answer:
    category = call.find(call.account.estimate_item_categories, category_id)
    call.change(call.account.estimate_item_categories, category, FORM.changes(call.body, call.account))
    return Answer(estimate_item_category_shape(category))


@routes.delete("/estimate_item_categories/{id}", may=administrators)
def delete_estimate_item_category(call: Call, category_id: int) -> Answer:
    category = call.find(call.account.estimate_item_categories, category_id)
    call.account.estimate_item_categories.remove(category)
    return call.deleted(estimate_item_category_shape(category))
