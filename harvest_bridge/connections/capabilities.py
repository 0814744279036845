"""What a connection can do with the rights of whoever linked it."""

from __future__ import annotations

from typing import Any

from . import rights
from .models import Connection, Status

FILTERS = ("resource", "methods")

# Resource of the unified API, its methods, and the Harvest path whose rights decide.
_RESOURCES = (
    ("user-directory/users", ("list", "get"), "/v2/users"),
    ("user-directory/roles", ("list", "get"), "/v2/roles"),
    ("user-directory/me", ("list",), "/v2/users/me"),
)


def shown(connection: Connection, *, resource: str = "", methods: str = "") -> dict[str, Any]:
    """Shape: `{"result": [{"resource", "method", "is_available", "needs", "reason"}], "is_blocked": false}`."""
    wanted = {method for method in methods.split(",") if method}
    rows = [
        _row(connection, name, method, path)
        for name, offered, path in _RESOURCES
        for method in offered
        if (not resource or resource == name) and (not wanted or method in wanted)
    ]
    return {"result": rows, "is_blocked": False, "authentication_method": connection.authentication_method}


def _row(connection: Connection, resource: str, method: str, path: str) -> dict[str, Any]:
    needs, reason = rights.needed_for(path), None
    if connection.status == Status.NEEDS_REAUTH:
        reason = "The account must be linked again."
    elif needs == rights.ADMINISTRATOR and not _may(connection, path):
        reason = rights.refusal(connection, path)
    return {
        "resource": resource,
        "method": method,
        "is_available": reason is None,
        "needs": needs or None,
        "reason": reason,
    }


def _may(connection: Connection, path: str) -> bool:
    """Managers see their teammates among users; everything else here is for administrators."""
    role = rights.role_of(connection)
    return role == rights.ADMINISTRATOR or (role == rights.MANAGER and path == "/v2/users")
