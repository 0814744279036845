"""REFERENCE §8.14, messages."""

from __future__ import annotations

from harvest_bridge.sandbox.call import Answer, Call
from harvest_bridge.sandbox.filters import updated_since
from harvest_bridge.sandbox.invoice_states import move_estimate
from harvest_bridge.sandbox.messages import add_message, remove_message
from harvest_bridge.sandbox.records import Estimate
from harvest_bridge.sandbox.rights import estimate_managers
from harvest_bridge.sandbox.routing import Routes
from harvest_bridge.sandbox.shapes.billing import estimate_message_shape

routes = Routes()


@routes.get("/estimates/{id}/messages", may=estimate_managers)
def list_estimate_messages(call: Call, estimate_id: int) -> Answer:
    rows = updated_since(_estimate(call, estimate_id).messages, call.query)
    return call.listing("estimate_messages", rows, estimate_message_shape)


@routes.post("/estimates/{id}/messages", may=estimate_managers)
def create_estimate_message(call: Call, estimate_id: int) -> Answer:
    estimate = _estimate(call, estimate_id)
    message = add_message(
        call, estimate, "estimate_messages", lambda event: move_estimate(estimate, event, call.stamp())
    )
    call.account.estimates.touch(estimate)
    return call.created(estimate_message_shape(message), message)


@routes.delete("/estimates/{id}/messages/{id}", may=estimate_managers)
def delete_estimate_message(call: Call, estimate_id: int, message_id: int) -> Answer:
    return call.deleted(estimate_message_shape(remove_message(_estimate(call, estimate_id), message_id)))


def _estimate(call: Call, estimate_id: int) -> Estimate:
    return call.find(call.account.estimates, estimate_id)
