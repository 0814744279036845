"""What a connection can do, given the Harvest role of the person who linked it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from . import granted_rights, harvest_permissions
from .harvest_permissions import Extent
from .models import Connection, Status

FILTERS = ("resource", "methods")


@dataclass(frozen=True)
class Capability:
    """One method of one resource of the unified API, and the Harvest call whose rights decide.

    `takes_all` is for what a manager cannot do even to teammates.
    """

    resource: str
    method: str
    path: str
    verb: str = "GET"
    takes_all: bool = False


_capabilities: list[Capability] = []


def register(*rows: Capability) -> None:
    """Apps to the right say what they offer."""
    _capabilities.extend(row for row in rows if row not in _capabilities)


def serialize(connection: Connection, *, resource: str = "", methods: str = "") -> dict[str, Any]:
    """Shape: `{"result": [{"resource", "method", "is_available", "needs", "reason"}], "rights", "is_blocked"}`."""
    wanted = {method for method in methods.split(",") if method}
    rows = [
        _row(connection, one)
        for one in _capabilities
        if (not resource or resource == one.resource) and (not wanted or one.method in wanted)
    ]
    return {
        "result": rows,
        "rights": connection.rights,
        "is_blocked": False,
        "authentication_method": connection.authentication_method,
    }


def _row(connection: Connection, one: Capability) -> dict[str, Any]:
    extent = harvest_permissions.extent(connection, one.path, one.verb)
    reason = None
    if connection.status == Status.NEEDS_REAUTH:
        extent, reason = Extent.NONE, "The account must be linked again."
    elif refusal := granted_rights.refusal(connection, one.verb, one.path):
        extent, reason = Extent.NONE, refusal
    elif extent is Extent.NONE or (one.takes_all and extent is not Extent.ALL):
        extent, reason = (
            Extent.NONE,
            harvest_permissions.refusal(connection, one.path, one.verb, takes_all=one.takes_all),
        )
    elif extent is Extent.PART:
        reason = harvest_permissions.limits(connection)
    return {
        "resource": one.resource,
        "method": one.method,
        "is_available": extent is not Extent.NONE,
        "needs": harvest_permissions.needed_for(one.path, one.verb) or None,
        "reason": reason,
    }
