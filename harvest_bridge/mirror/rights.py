"""The linker's rights in Harvest as they are now. A record that is hidden answers 404 like one that is gone."""

from __future__ import annotations

import msgspec
from msgspec import Raw

from harvest_bridge.connections import harvest_permissions
from harvest_bridge.connections.harvest_permissions import Extent
from harvest_bridge.connections.models import Connection
from harvest_bridge.harvest.operations import Operation
from harvest_bridge.harvest.operations.raw import get_raw

from .harvest_calls import HarvestCalls
from .resources import Resource


class _Me(msgspec.Struct):
    access_roles: list[str] | None = None
    is_admin: bool = False
    is_project_manager: bool = False


def get_rights() -> Operation[Raw]:
    return get_raw("/v2/users/me")


def roles_now(harvest: HarvestCalls) -> list[str]:
    """Errors: those of the call."""
    return rights_in(harvest.send(get_rights()).value)


def rights_in(answer: Raw) -> list[str]:
    """The roles, sorted; from before 2022 two flags stand for them (REFERENCE §6.1)."""
    me = msgspec.json.decode(answer, type=_Me)
    if me.access_roles is not None:
        return sorted(me.access_roles)
    return ["administrator" if me.is_admin else "manager" if me.is_project_manager else "member"]


def extent(connection: Connection, resource: Resource, rights: list[str]) -> Extent:
    """How much of a resource somebody with these rights is shown."""
    path = resource.path.format(parent_id=1)
    if resource.name in ("time_entries", "expenses") and "administrator" not in rights:
        return Extent.PART  # their own, their teammates', their projects'
    seen_as = Connection(access_roles=rights, linked_by=connection.linked_by)
    found = harvest_permissions.extent(seen_as, path)
    is_all = "administrator" in rights or resource.name == "company" or resource.name == "roles"
    return Extent.PART if found is Extent.ALL and not is_all else found
