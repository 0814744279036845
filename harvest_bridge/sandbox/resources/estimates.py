"""REFERENCE §8.14."""

from __future__ import annotations

from harvest_bridge.sandbox.call import Answer, Call
from harvest_bridge.sandbox.documents import DOCUMENT, birth, changed_lines
from harvest_bridge.sandbox.filters import date_filter, int_filter, updated_since
from harvest_bridge.sandbox.forms import Form
from harvest_bridge.sandbox.records import Estimate
from harvest_bridge.sandbox.rights import estimate_managers
from harvest_bridge.sandbox.routing import Routes
from harvest_bridge.sandbox.shapes.billing import estimate_shape

routes = Routes()
FORM = Form(*DOCUMENT)


@routes.get("/estimates", may=estimate_managers)
def list_estimates(call: Call) -> Answer:
    table, query = call.account.estimates, call.query
    client_id, state = int_filter(query, "client_id"), query.get("state")
    first, last = date_filter(query, "from"), date_filter(query, "to")
    rows = [
        one
        for one in table.rows()
        if (client_id is None or one.client.id == client_id)
        and (first is None or one.issue_date >= first)
        and (last is None or one.issue_date <= last)
        and (not state or one.state == state)
    ]
    chosen = updated_since(rows, query)
    return call.listing("estimates", chosen, estimate_shape, takes_cursor=False, order=table.order)


@routes.get("/estimates/{id}", may=estimate_managers)
def get_estimate(call: Call, estimate_id: int) -> Answer:
    return Answer(estimate_shape(call.find(call.account.estimates, estimate_id)))


@routes.post("/estimates", may=estimate_managers)
def create_estimate(call: Call) -> Answer:
    given = birth(call, FORM.new(call.body, call.account), call.account.estimates)
    lines = changed_lines(call, [], "estimate_line_items")
    estimate = Estimate(**call.fresh("estimates"), **given, line_items=lines)
    call.account.estimates.add(estimate)
    return call.created(estimate_shape(estimate), estimate)


@routes.patch("/estimates/{id}", may=estimate_managers)
def update_estimate(call: Call, estimate_id: int) -> Answer:
    estimate = call.find(call.account.estimates, estimate_id)
    values = FORM.changes(call.body, call.account)
    if "line_items" in call.body:
        values["line_items"] = changed_lines(call, estimate.line_items, "estimate_line_items")
    call.change(call.account.estimates, estimate, values)
    return Answer(estimate_shape(estimate))


@routes.delete("/estimates/{id}", may=estimate_managers)
def delete_estimate(call: Call, estimate_id: int) -> Answer:
    estimate = call.find(call.account.estimates, estimate_id)
    for invoice in call.account.invoices:
        if invoice.estimate is estimate:
            invoice.estimate = None
    call.account.estimates.remove(estimate)
    return call.deleted(estimate_shape(estimate))
