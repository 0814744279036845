"""The directory's resources: one row each, from which routes, metadata and the OpenAPI description follow."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import msgspec
from msgspec import Raw, Struct

from harvest_bridge.connections import harvest_permissions

from . import harvest_records, mapping, schema, serializers
from .filters import Filter, choice_of, moment_of, text_of, texts_of
from .mapping import MappingContext

Json = dict[str, Any]
Serialize = Callable[[Raw, MappingContext], schema.Record]
STATUSES = ("active", "inactive")


@dataclass(frozen=True)
class Call:
    """The Harvest call whose rights decide; `takes_all` is for what a manager cannot do even to teammates."""

    path: str
    verb: str = "GET"
    takes_all: bool = False

    @property
    def needs(self) -> str:
        """The right that opens all of it; empty for everybody."""
        return harvest_permissions.needed_for(self.path, self.verb)

    @property
    def part(self) -> str | None:
        """The right that opens a part of it."""
        return None if self.takes_all else harvest_permissions.part_of(self.path, self.verb)


def _reads(path: str) -> dict[str, Call]:
    return {"list": Call(path), "get": Call(path)}


def _writes(path: str) -> dict[str, Call]:
    verbs = {"create": "POST", "update": "PATCH", "delete": "DELETE"}
    return {method: Call(path, verb) for method, verb in verbs.items()}


@dataclass(frozen=True)
class Writing:
    """What may be written, and what Harvest is sent for it."""

    takes: type[serializers.DirectoryInput]
    body_of: Callable[[Json], Json]


@dataclass(frozen=True)
class Action:
    """POST …/{id}/{action}: a change of one record by its name alone."""

    body: Json
    about: str


@dataclass(frozen=True, eq=False)
class Resource:
    """Shape: `path` and `key` are Harvest's list; `calls` says by method whose rights decide.

    Routes follow from `calls`: the list from `list` and `create`, one record from `get`, `update` and `delete`, and a
    route for each of `actions`. `about` and `about_one` describe the two, unless `routes` has a view of its own for it.

    `remote` are Harvest's own parameters of that list; what is both a filter and Harvest's is left to Harvest.
    `optional` are parameters that choose by what other calls of Harvest's tell, each with what it means.
    `expandable_alone` is what only one record by its id can be filled with.
    `mapped_as` is what hosts' own mappings call it, where they can map it.
    """

    name: str
    component: type[Struct]
    remote_kind: type[Struct]
    show: Serialize
    path: str
    key: str
    calls: Mapping[str, Call]
    filters: Mapping[str, Filter] = field(default_factory=dict)
    remote: tuple[str, ...] = ()
    required: tuple[str, ...] = ()
    optional: Mapping[str, str] = field(default_factory=dict)
    expandable: tuple[str, ...] = ()
    expandable_alone: tuple[str, ...] = ()
    mapped_as: str | None = None
    writing: Writing | None = None
    actions: Mapping[str, Action] = field(default_factory=dict)
    about: str = ""
    about_one: str = ""

    @property
    def singular(self) -> str:
        return self.name.removesuffix("s")

    @property
    def fields(self) -> tuple[str, ...]:
        return self.component.__struct_fields__

    @cached_property
    def keys(self) -> tuple[str, ...]:
        """The fields that a list can be keyed by: those with one text or number."""
        _, found = msgspec.json.schema_components([self.component], ref_template="{name}")
        properties = found[self.component.__name__]["properties"]
        return tuple(name for name in self.fields if not _holds_several(properties[name]))

    def expandable_in(self, method: str) -> tuple[str, ...]:
        return (*self.expandable, *(self.expandable_alone if method == "get" else ()))


def _holds_several(schema: Json) -> bool:
    kinds = {kind.get("type") for kind in (schema, *schema.get("anyOf", ()))}
    return bool(kinds & {"array", "object", "boolean"}) or any("$ref" in kind for kind in schema.get("anyOf", ()))


USERS = Resource(
    "users",
    schema.User,
    harvest_records.RemoteUser,
    mapping.unified_user,
    path="/v2/users",
    key="users",
    calls={
        **_reads("/v2/users"),
        **_writes("/v2/users"),
        "archive": Call("/v2/users", "PATCH", takes_all=True),
        "restore": Call("/v2/users", "PATCH", takes_all=True),
    },
    filters={
        "id": text_of("id"),
        "external_id": text_of("external_id"),
        "first_name": text_of("first_name"),
        "last_name": text_of("last_name"),
        "name": text_of("name"),
        "emails": texts_of("emails", "email"),
        "status": choice_of("status", *STATUSES),
        "user_type": choice_of("user_type", "employee", "contractor"),
        "roles": texts_of("roles", "name"),
        "created_at": moment_of("created_at"),
        "updated_at": moment_of("updated_at"),
    },
    remote=("is_active", "updated_since"),
    optional={
        "organization_id": "The Harvest account: everybody, or nobody for another id.",
        "group_id": "The teammates of this manager. Needs an administrator; one request more.",
        "workspace_id": "Those who may track time to this project. One request more.",
    },
    expandable=("roles",),
    expandable_alone=("workspaces",),
    mapped_as="users",
    writing=Writing(serializers.UserInput, serializers.harvest_user),
    actions={
        "archive": Action({"is_active": False}, "They can no longer sign in, and their time stays."),
        "restore": Action({"is_active": True}, "They can sign in again."),
    },
)
ROLES = Resource(
    "roles",
    schema.Role,
    harvest_records.RemoteRole,
    mapping.unified_role,
    path="/v2/roles",
    key="roles",
    calls={**_reads("/v2/roles"), **_writes("/v2/roles")},
    filters={
        "id": text_of("id"),
        "name": text_of("name"),
        "created_at": moment_of("created_at"),
        "updated_at": moment_of("updated_at"),
    },
    mapped_as="roles",
    writing=Writing(serializers.RoleInput, serializers.harvest_role),
    about="Job roles, newest first. POST makes one, with its members.",
    about_one="One job role. `user_ids` is its whole membership; deleting it takes it off people.",
)
ME = Resource(
    "me",
    schema.User,
    harvest_records.RemoteUser,
    mapping.unified_user,
    path="/v2/users/me",
    key="users",
    calls={"list": Call("/v2/users/me")},
    expandable=("workspaces",),
    mapped_as="users",
)
ORGANIZATIONS = Resource(
    "organizations",
    schema.Organization,
    harvest_records.RemoteCompany,
    mapping.unified_organization,
    path="/v2/company",
    key="company",
    calls=_reads("/v2/company"),
)
GROUPS = Resource(
    "groups",
    schema.Group,
    harvest_records.RemoteTeam,
    mapping.unified_group,
    path="/v2/users",
    key="users",
    calls=_reads("/v2/users/1/teammates"),
    filters={"id": text_of("id"), "name": text_of("name")},
)
WORKSPACES = Resource(
    "workspaces",
    schema.Workspace,
    harvest_records.RemoteWorkspace,
    mapping.unified_workspace,
    path="/v2/projects",
    key="projects",
    calls=_reads("/v2/projects"),
    filters={
        "id": text_of("id"),
        "name": text_of("name"),
        "code": text_of("code"),
        "status": choice_of("status", *STATUSES),
        "created_at": moment_of("created_at"),
        "updated_at": moment_of("updated_at"),
    },
    remote=("is_active", "updated_since", "client_id"),
    optional={"user_id": "The projects that this person may track time to; `me` for the linker's own."},
)
UTILIZATION = Resource(
    "utilization",
    schema.Utilization,
    harvest_records.RemoteWork,
    mapping.unified_utilization,
    path="/v2/reports/time/team",
    key="results",
    calls={"list": Call("/v2/reports/time/team")},
    filters={"id": text_of("id"), "user_type": choice_of("user_type", "employee", "contractor")},
    required=("start_date", "end_date"),
)
RESOURCES = {row.name: row for row in (USERS, ROLES, ME, ORGANIZATIONS, GROUPS, WORKSPACES, UTILIZATION)}
