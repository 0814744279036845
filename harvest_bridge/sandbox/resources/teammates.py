"""Whom a manager leads (REFERENCE §8.5)."""

from __future__ import annotations

from harvest_bridge.sandbox.call import Answer, Call, in_order
from harvest_bridge.sandbox.errors import unprocessable
from harvest_bridge.sandbox.fields import as_int
from harvest_bridge.sandbox.records import User
from harvest_bridge.sandbox.rights import administrators
from harvest_bridge.sandbox.routing import Routes
from harvest_bridge.sandbox.shapes.people import teammate_shape

routes = Routes()
LEADS = "people_manager"


@routes.get("/users/{id}/teammates", may=administrators)
def list_teammates(call: Call, user_id: int) -> Answer:
    return call.listing("teammates", in_order(_manager(call, user_id).teammates), teammate_shape)


@routes.patch("/users/{id}/teammates", may=administrators)
def update_teammates(call: Call, user_id: int) -> Answer:
    """The complete list; the first teammate brings the right to lead, the last one takes it along."""
    manager = _manager(call, user_id)
    if not isinstance(call.body.get("teammate_ids"), list):
        raise unprocessable("Teammate ids can't be blank")
    found = [call.account.users.get(as_int(value)) for value in call.body["teammate_ids"]]
    teammates = [user for user in found if user is not None and user is not manager]
    if len(teammates) < len(found):
        raise unprocessable("Teammate ids is invalid")
    roles = [role for role in manager.access_roles if role != LEADS] + ([LEADS] if teammates else [])
    call.change(call.account.users, manager, {"teammates": teammates, "access_roles": roles})
    return Answer({"teammates": [teammate_shape(user) for user in in_order(teammates)]})


def _manager(call: Call, user_id: int) -> User:
    """Errors: 422 for anybody who is no manager."""
    user = call.find(call.account.users, user_id)
    if "manager" not in user.access_roles:
        raise unprocessable("User must be a manager")
    return user
