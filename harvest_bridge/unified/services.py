"""Harvest's records as the directory shows them, for one connection."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, TypeVar

import msgspec
from django.core.cache import caches
from msgspec import Raw

from harvest_bridge.api.errors import InvalidRequest
from harvest_bridge.api.outages import best_effort
from harvest_bridge.connections.models import Connection, Status
from harvest_bridge.harvest.errors import HarvestMalformed
from harvest_bridge.harvest.operations import Operation
from harvest_bridge.harvest.operations.ids import record_id
from harvest_bridge.harvest.operations.raw import get_raw, list_raw
from harvest_bridge.harvest.pages import Page, Position, walk_pages

from . import schema
from .harvest_records import (
    RemoteHours,
    RemoteMention,
    RemoteRole,
    RemoteUser,
    RemoteUserAssignment,
    RemoteWorkspace,
    joined,
    readable_part,
    tolerant,
)
from .mapping import MappingContext
from .overrides.services import apply
from .resources import Resource

T = TypeVar("T")
Send = Callable[[Operation[Any]], Any]
ListAt = Callable[[Position | None, int | None], Operation[Page[Raw]]]

MOST_SCANNED = 10_000
_PAGE = 2000
ME_SECONDS = 60
_LEADS_PEOPLE = "people_manager"
_NO_ID = "0"

_user = tolerant(RemoteUser)
_role = tolerant(RemoteRole)
_workspace = tolerant(RemoteWorkspace)
_mention = tolerant(RemoteMention)
_user_assignment = tolerant(RemoteUserAssignment)
_hours = tolerant(RemoteHours)


def built_in(resource: Resource, records: Iterable[Raw], around: MappingContext) -> list[schema.Record]:
    """Harvest's records in the unified schema, in their order; of one that cannot be read whole, what can be."""
    show, found = resource.show, list(records)
    try:
        return [show(record, around) for record in found]
    except HarvestMalformed:  # once for all of them, so that pages without such a record pay nothing
        return [_shown(resource, record, around) for record in found]


def _shown(resource: Resource, record: Raw, around: MappingContext) -> schema.Record:
    try:
        return resource.show(record, around)
    except HarvestMalformed:
        part, lost = readable_part(record, resource.remote_kind)
    shown = resource.show(part, around)
    shown.id = "" if shown.id == _NO_ID else shown.id
    shown.remote_data = record
    shown.warnings = [schema.RecordWarning(one.field, "unreadable", f"{one.message}.") for one in lost]
    return shown


def override(resource: Resource, connection: Connection, records: Sequence[schema.Record]) -> None:
    """Make unified records what the host's own mappings want them to be (docs/mappings.md)."""
    if resource.mapped_as is not None:
        apply(connection=connection, resource=resource.mapped_as, records=records)


def everything(send: Send, list_at: ListAt, name: str) -> list[Raw]:
    """All records of a list, where Harvest cannot narrow or sort it as asked.

    Errors: InvalidRequest beyond `MOST_SCANNED` records; the HarvestError tree.
    """
    found: list[Raw] = []
    for page in walk_pages(send, lambda position: list_at(position, _PAGE)):
        found += page.items
        if len(found) > MOST_SCANNED:
            raise InvalidRequest(
                f"{name}: Harvest cannot filter or sort like that, and more than {MOST_SCANNED:,} records are too many "
                "to do it here; add a filter that Harvest has (docs/directory.md)."
            )
    return found


def role_ids(send: Send) -> Mapping[str, str]:
    """The ids of job roles by name, since Harvest names them alone on a person. Errors: the HarvestError tree."""
    roles = everything(send, lambda at, size: list_raw("/v2/roles", "roles", at, per_page=size), "roles")
    return {role.name or "": str(role.id) for role in map(_role, roles)}


def workspaces_of(send: Send, user_id: str) -> tuple[schema.Mention, ...]:
    """The projects of one person, as they are mentioned on a user. `user_id` may be `me`."""
    path = assignments_path(user_id)
    found = everything(send, lambda at, size: list_raw(path, "project_assignments", at, per_page=size), "workspaces")
    projects = [assignment.project for assignment in map(_workspace, found) if assignment.project]
    return tuple(schema.Mention(id=str(project.id), name=project.name or "") for project in projects)


def assignments_path(user_id: str) -> str:
    """Errors: HarvestNotFound for what cannot be an id."""
    return f"/v2/users/{user_id if user_id == 'me' else record_id(user_id)}/project_assignments"


def groups(send: Send) -> list[Raw]:
    """The managers who have a team; two thousand people cost one request."""
    people = everything(send, lambda at, size: list_raw("/v2/users", "users", at, per_page=size), "groups")
    return [person for person in people if _LEADS_PEOPLE in (_user(person).access_roles or ())]


def group(send: Send, manager_id: str) -> Raw:
    """A manager with their teammates. Errors: HarvestNotFound, HarvestRejected for somebody who is no manager."""
    manager = send(get_raw(f"/v2/users/{record_id(manager_id)}"))
    return joined({**msgspec.json.decode(manager, type=dict[str, Raw]), "teammates": _teammates(send, manager_id)})


def team_of(send: Send, manager_id: str) -> set[str]:
    """Their ids. Errors: HarvestNotFound, HarvestRejected for somebody who is no manager."""
    return {str(_mention(teammate).id) for teammate in _teammates(send, manager_id)}


def _teammates(send: Send, manager_id: str) -> list[Raw]:
    path = f"/v2/users/{record_id(manager_id)}/teammates"
    return everything(send, lambda at, size: list_raw(path, "teammates", at, per_page=size), "teammates")


def people_of(send: Send, project_id: str) -> set[str]:
    """The ids of those who may track time to a project. Errors: HarvestNotFound."""
    path, only = f"/v2/projects/{record_id(project_id)}/user_assignments", {"is_active": True}
    found = everything(
        send,
        lambda at, size: list_raw(path, "user_assignments", at, per_page=size, filters=only),
        "workspace_id",
    )
    return {str(assignment.user.id) for assignment in map(_user_assignment, found) if assignment.user}


def worked(send: Send, list_at: ListAt) -> list[Raw]:
    """A report by person: all rows of one together, as Harvest has one for each person and currency."""
    by_person: dict[int, list[Raw]] = {}
    for row in everything(send, list_at, "utilization"):
        by_person.setdefault(_hours(row).user_id, []).append(row)
    return [joined({"results": rows}) for rows in by_person.values()]


def me(connection: Connection, send: Send, *, is_fresh: bool = True) -> tuple[Raw, int]:
    """Who linked the connection, and for how many seconds we have known it.

    Harvest is asked once a minute, or now if what we have is not to be used: a connection that has ended says so.
    """
    key = _me_key(connection)
    is_usable = is_fresh and connection.status == Status.ACTIVE
    known: tuple[bytes, float] | None = caches["answers"].get(key) if is_usable else None
    if known is None:
        known = bytes(send(get_raw("/v2/users/me"))), time.time()
        caches["answers"].set(key, known, ME_SECONDS)
    person, at = known
    return Raw(person), max(0, int(time.time() - at))


def forget_me(connection: Connection) -> None:
    """After a write that may have changed them."""
    best_effort(lambda: caches["answers"].delete(_me_key(connection)))


def _me_key(connection: Connection) -> str:
    """Another linker, or the same one linked again, is another key."""
    return f"directory:linker:{connection.pk}:{connection.grant_id}"
