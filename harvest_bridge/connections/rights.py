"""Which right in Harvest a call needs (REFERENCE §6.2), so that a refusal can say what is missing."""

from __future__ import annotations

from .models import Connection

ADMINISTRATOR = "administrator"
MANAGER = "manager"

# The first path that fits decides; what is not listed is open to everyone for their own data.
_NEEDS = (
    ("/v2/users/me", ""),
    ("/v2/users", ADMINISTRATOR),
    ("/v2/roles", ADMINISTRATOR),
    ("/v2/company", ADMINISTRATOR),
    ("/v2/projects", MANAGER),
    ("/v2/clients", "manager with client_and_task_manager"),
    ("/v2/contacts", "manager with client_and_task_manager"),
    ("/v2/tasks", "manager with client_and_task_manager"),
    ("/v2/invoices", "manager with managed_projects_invoice_manager"),
    ("/v2/estimates", "manager with estimates_manager"),
)
_ROLES = (ADMINISTRATOR, MANAGER, "member")


def needed_for(path: str) -> str:
    """The least right that opens `path`, in Harvest's words; empty where everybody may ask."""
    return next((right for prefix, right in _NEEDS if path == prefix or path.startswith(f"{prefix}/")), "")


def role_of(connection: Connection) -> str:
    """The linker's base role in Harvest."""
    return next((role for role in _ROLES if role in connection.access_roles), "member")


def refusal(connection: Connection, path: str) -> str:
    """Why Harvest said no, for people: who linked, and what it takes."""
    resource = path.removeprefix("/v2/").partition("/")[0]
    needs = needed_for(path) or ADMINISTRATOR
    article = "an" if needs[0] in "aeiou" else "a"
    who = f"This account was linked by a {role_of(connection)}, {connection.linked_by}"
    return f"{who}; {resource} need {article} {needs}. Let somebody with that right link it again."
