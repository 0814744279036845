"""Labels of people: a role's list of users, seen from the user's side."""

from __future__ import annotations

from harvest_bridge.sandbox.account import Account
from harvest_bridge.sandbox.call import Call
from harvest_bridge.sandbox.records import Role, User


def labels_of(account: Account, user: User) -> list[str]:
    return [role.name for role in account.roles if user in role.users]


def set_labels(call: Call, user: User, names: list[str]) -> None:
    """The complete list; a label that nobody has yet becomes a new role."""
    known = {role.name: role for role in call.account.roles}
    for name in names:
        if name not in known:
            known[name] = call.account.roles.add(Role(**call.fresh("roles"), name=name))
    for role in known.values():
        users = [one for one in role.users if one is not user]
        if role.name in names:
            users.append(user)
        call.change(call.account.roles, role, {"users": users})
