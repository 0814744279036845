"""Whether the person who linked the account may do what a plan takes, before anything is written."""

from __future__ import annotations

from copy import copy

from harvest_bridge.connections import granted_rights, harvest_permissions
from harvest_bridge.connections.harvest_permissions import Extent
from harvest_bridge.connections.models import Connection

from .account import Account
from .plan import Problem


def refusal(account: Account, verb: str, path: str, field: str) -> Problem | None:
    """Why such a call would be refused; None where it would not, as far as anybody can tell."""
    connection = _as_it_is_now(account)
    granted = granted_rights.refusal(connection, verb, path)
    if granted:
        return Problem("right_not_granted", field, f"{field}: {granted}", needs="projects")
    if harvest_permissions.extent(connection, path, verb) is not Extent.NONE:
        return None
    needs = harvest_permissions.needed_for(path, verb)
    return Problem(
        "right_missing", field, f"{field}: {harvest_permissions.refusal(connection, path, verb)}", needs=needs
    )


def sees_all_projects(account: Account) -> bool:
    """Managers are shown the projects that they manage."""
    return harvest_permissions.role_of(_as_it_is_now(account)) == harvest_permissions.ADMINISTRATOR


def _as_it_is_now(account: Account) -> Connection:
    """With the linker's rights as they were just read."""
    connection = copy(account.harvest.connection)
    connection.access_roles = list(account.me.get("access_roles") or connection.access_roles)
    return connection
