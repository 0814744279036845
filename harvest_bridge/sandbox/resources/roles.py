"""Labels of people (REFERENCE §8.6)."""

from __future__ import annotations

from typing import Any

from harvest_bridge.sandbox.account import Account
from harvest_bridge.sandbox.call import Answer, Call
from harvest_bridge.sandbox.fields import as_int
from harvest_bridge.sandbox.forms import Complaint, Form, items, text
from harvest_bridge.sandbox.records import Role, User
from harvest_bridge.sandbox.rights import administrators
from harvest_bridge.sandbox.routing import Routes
from harvest_bridge.sandbox.shapes.people import role_shape

routes = Routes()


def _users(account: Account, values: list[Any]) -> list[User]:
    found = [account.users.get(as_int(value)) for value in values]
    users = [user for user in found if user is not None]
    if len(users) < len(found):
        raise Complaint("is invalid")
    return users


FORM = Form(text("name", required=True), items("user_ids", _users, to="users"))


@routes.get("/roles", may=administrators)
def list_roles(call: Call) -> Answer:
    return call.listing("roles", call.account.roles.rows(), role_shape)


@routes.get("/roles/{id}", may=administrators)
def get_role(call: Call, role_id: int) -> Answer:
    return Answer(role_shape(call.find(call.account.roles, role_id)))


@routes.post("/roles", may=administrators)
def create_role(call: Call) -> Answer:
    values = FORM.new(call.body, call.account)
    role = call.account.roles.add(Role(**call.fresh("roles"), **values))
    return call.created(role_shape(role), role)


@routes.patch("/roles/{id}", may=administrators)
def update_role(call: Call, role_id: int) -> Answer:
    """`user_ids` overwrites the whole list."""
    role = call.find(call.account.roles, role_id)
    call.change(call.account.roles, role, FORM.changes(call.body, call.account))
    return Answer(role_shape(role))


@routes.delete("/roles/{id}", may=administrators)
def delete_role(call: Call, role_id: int) -> Answer:
    role = call.find(call.account.roles, role_id)
    call.account.roles.remove(role)
    return call.deleted(role_shape(role))
