"""Which Harvest permission a call needs (REFERENCE §6.2), so that a refusal can name what is missing."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum

from .models import Connection

ADMINISTRATOR = "administrator"
MANAGER = "manager"
ANYBODY = ""
_ROLES = (ADMINISTRATOR, MANAGER, "member")
_WITH = " with "  # "manager with estimates_manager": a base role and a right on top of it


class Extent(Enum):
    """How much of something a person may do; a part is their own, their teammates' or their projects'."""

    NONE = "none"
    PART = "part"
    ALL = "all"


@dataclass(frozen=True)
class Need:
    """One row: who may do all of it, and who a part of it, in Harvest's words. No verbs means all verbs."""

    path: str
    needs: str
    part: str | None = None
    verbs: tuple[str, ...] = ()

    def covers(self, verb: str, path: str) -> bool:
        return (not self.verbs or verb in self.verbs) and bool(re.match(rf"{self.path}(/|$)", path))


_CLIENTS = f"{MANAGER}{_WITH}client_and_task_manager"
_USER = r"/v2/users/\d+"
# The first row that covers a call decides; what is not listed is open to everyone for their own data.
_NEEDS = (
    Need("/v2/users/me", ANYBODY),
    Need("/v2/reports/time/team", ADMINISTRATOR, part=MANAGER),
    Need(f"{_USER}/project_assignments", ADMINISTRATOR, part=MANAGER),
    Need(f"{_USER}/billable_rates", ADMINISTRATOR, part=f"{MANAGER}{_WITH}billable_rates_manager"),
    Need(f"{_USER}/(cost_rates|teammates)", ADMINISTRATOR),
    Need("/v2/users", ADMINISTRATOR, part=MANAGER, verbs=("GET", "PATCH")),
    Need("/v2/users", ADMINISTRATOR),
    Need("/v2/roles", ADMINISTRATOR),
    Need("/v2/company", ADMINISTRATOR),
    Need("/v2/projects", f"{MANAGER}{_WITH}project_creator", verbs=("POST",)),
    Need("/v2/projects", MANAGER),
    Need("/v2/clients", _CLIENTS),
    Need("/v2/contacts", _CLIENTS),
    Need("/v2/tasks", _CLIENTS),
    Need("/v2/invoices", f"{MANAGER}{_WITH}managed_projects_invoice_manager"),
    Need("/v2/estimates", f"{MANAGER}{_WITH}estimates_manager"),
    Need("/v2/reports/uninvoiced", f"{MANAGER}{_WITH}managed_projects_invoice_manager"),
    Need("/v2/(expense_categories|estimate_item_categories)", ADMINISTRATOR),
    Need("/v2/(invoice_item_categories|task_assignments|user_assignments)", MANAGER),
)
_DOING = {"POST": "adding ", "PATCH": "changing ", "DELETE": "deleting "}


def needed_for(path: str, verb: str = "GET") -> str:
    """The right that opens all of `path`, in Harvest's words; empty where everybody may ask."""
    row = _row(path, verb)
    return row.needs if row else ANYBODY


def part_of(path: str, verb: str = "GET") -> str | None:
    """The right that opens a part of it: one's teammates, one's projects. None where it is all or nothing."""
    row = _row(path, verb)
    return row.part if row else None


def extent(connection: Connection, path: str, verb: str = "GET") -> Extent:
    """How much of it the linker may do."""
    row = _row(path, verb)
    if row is None or _holds(connection, row.needs):
        return Extent.ALL
    return Extent.PART if row.part is not None and _holds(connection, row.part) else Extent.NONE


def role_of(connection: Connection) -> str:
    """The linker's base role in Harvest."""
    return next((role for role in _ROLES if role in connection.access_roles), "member")


def refusal(connection: Connection, path: str, verb: str = "GET", *, takes_all: bool = False) -> str:
    """Why Harvest said no, for people: who linked, and what it takes; `takes_all` where a part would not do."""
    needs = needed_for(path, verb) or ADMINISTRATOR
    who = f"This account was linked by {_a(role_of(connection))}, {connection.linked_by}"
    if _holds(connection, needs):
        return f"{who}, whose rights in Harvest are not what they were. Let somebody with them link it again."
    lesser = "" if takes_all else _lesser(path, verb)
    return f"{who}; {_deed(path, verb)} {_a(needs)}.{lesser} Let somebody with that right link it again."


def limits(connection: Connection) -> str:
    """What an administrator would see besides, for people, where the linker gets a part of it."""
    return f"Only in part: this account was linked by {_a(role_of(connection))}, {connection.linked_by}."


def _row(path: str, verb: str) -> Need | None:
    return next((row for row in _NEEDS if row.covers(verb, path)), None)


def _holds(connection: Connection, right: str) -> bool:
    role, (base, _, extra) = role_of(connection), right.partition(_WITH)
    if right == ANYBODY or role == ADMINISTRATOR:
        return True
    return base == role == MANAGER and (not extra or extra in connection.access_roles)


def _lesser(path: str, verb: str) -> str:
    """The right that would do for a part of what was read."""
    part = part_of(path, verb) if verb == "GET" else None
    return f" {_a(part).capitalize()} would get a part of it." if part else ""


def _deed(path: str, verb: str) -> str:
    """`users need`, `deleting users needs`; the last word of the path that is no number."""
    words = [word for word in path.removeprefix("/v2/").split("/") if not word.isdigit()]
    what = words[-1].replace("_", " ") if words else "this"
    what = "reports" if words[:1] == ["reports"] else what
    return f"{_DOING[verb]}{what} needs" if verb in _DOING else f"{what} need{'s' if what == 'company' else ''}"


def _a(word: str) -> str:
    return f"{'an' if word[0] in 'aeiou' else 'a'} {word}"
