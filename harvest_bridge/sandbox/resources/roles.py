"""REFERENCE §8.6."""

from __future__ import annotations

from harvest_bridge.sandbox.call import Answer, Call
from harvest_bridge.sandbox.rights import administrators
from harvest_bridge.sandbox.routing import Routes
from harvest_bridge.sandbox.shapes.people import role_shape

routes = Routes()


@routes.get("/roles", may=administrators)
def list_roles(call: Call) -> Answer:
    return call.listing("roles", call.account.roles.rows(), role_shape)


@routes.get("/roles/{id}", may=administrators)
def get_role(call: Call, role_id: int) -> Answer:
    return Answer(role_shape(call.find(call.account.roles, role_id)))
