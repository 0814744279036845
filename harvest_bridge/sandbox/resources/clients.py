"""REFERENCE §8.7."""

from __future__ import annotations

from harvest_bridge.sandbox.call import Answer, Call
from harvest_bridge.sandbox.filters import bool_filter, updated_since
from harvest_bridge.sandbox.rights import client_managers
from harvest_bridge.sandbox.routing import Routes
from harvest_bridge.sandbox.shapes.work import client_shape

routes = Routes()


@routes.get("/clients", may=client_managers)
def list_clients(call: Call) -> Answer:
    rows = call.account.clients.rows()
    is_active = bool_filter(call.query, "is_active")
    if is_active is not None:
        rows = [client for client in rows if client.is_active is is_active]
    return call.listing("clients", updated_since(rows, call.query), client_shape)


@routes.get("/clients/{id}", may=client_managers)
def get_client(call: Call, client_id: int) -> Answer:
    return Answer(client_shape(call.find(call.account.clients, client_id)))
