"""The directory's resources: one row each, from which routes, metadata and the OpenAPI description follow."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import msgspec

from harvest_bridge.connections.rights import ADMINISTRATOR, MANAGER

from . import mapping, schema
from .filters import Filter, choice_of, moment_of, text_of, texts_of
from .mapping import Around

Json = dict[str, Any]
Show = Callable[[Json, Around], Json]
STATUSES = ("active", "inactive")


@dataclass(frozen=True, eq=False)
class Resource:
    """Shape: `path` and `key` are Harvest's list; `needs` is the least right in Harvest by method.

    `remote` are Harvest's own parameters of that list; what is both a filter and Harvest's is left to Harvest.
    `mapped_as` is what hosts' own mappings call it, where they can map it.
    """

    name: str
    component: type[msgspec.Struct]
    show: Show
    path: str
    key: str
    needs: Mapping[str, str]
    filters: Mapping[str, Filter] = field(default_factory=dict)
    remote: tuple[str, ...] = ()
    required: tuple[str, ...] = ()
    optional: tuple[str, ...] = ()
    expandable: tuple[str, ...] = ()
    mapped_as: str | None = None

    @property
    def fields(self) -> tuple[str, ...]:
        return self.component.__struct_fields__

    @property
    def parameters(self) -> tuple[str, ...]:
        return (*self.filters, *self.required, *self.optional)


USERS = Resource(
    "users",
    schema.User,
    mapping.unified_user,
    path="/v2/users",
    key="users",
    needs={
        "list": MANAGER,
        "get": MANAGER,
        "create": ADMINISTRATOR,
        "update": ADMINISTRATOR,
        "delete": ADMINISTRATOR,
        "archive": ADMINISTRATOR,
        "restore": ADMINISTRATOR,
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
    expandable=("roles",),
    mapped_as="users",
)
ROLES = Resource(
    "roles",
    schema.Role,
    mapping.unified_role,
    path="/v2/roles",
    key="roles",
    needs=dict.fromkeys(("list", "get", "create", "update", "delete"), ADMINISTRATOR),
    filters={
        "id": text_of("id"),
        "name": text_of("name"),
        "created_at": moment_of("created_at"),
        "updated_at": moment_of("updated_at"),
    },
    mapped_as="roles",
)
ME = Resource(
    "me",
    schema.User,
    mapping.unified_user,
    path="/v2/users/me",
    key="users",
    needs={"list": ""},
    expandable=("workspaces",),
    mapped_as="users",
)
ORGANIZATIONS = Resource(
    "organizations",
    schema.Organization,
    mapping.unified_organization,
    path="/v2/company",
    key="company",
    needs=dict.fromkeys(("list", "get"), ADMINISTRATOR),
)
GROUPS = Resource(
    "groups",
    schema.Group,
    mapping.unified_group,
    path="/v2/users",
    key="users",
    needs=dict.fromkeys(("list", "get"), ADMINISTRATOR),
    filters={"id": text_of("id"), "name": text_of("name")},
)
WORKSPACES = Resource(
    "workspaces",
    schema.Workspace,
    mapping.unified_workspace,
    path="/v2/projects",
    key="projects",
    needs=dict.fromkeys(("list", "get"), MANAGER),
    filters={
        "id": text_of("id"),
        "name": text_of("name"),
        "code": text_of("code"),
        "status": choice_of("status", *STATUSES),
        "created_at": moment_of("created_at"),
        "updated_at": moment_of("updated_at"),
    },
    remote=("is_active", "updated_since", "client_id"),
    optional=("user_id",),
)
UTILIZATION = Resource(
    "utilization",
    schema.Utilization,
    mapping.unified_utilization,
    path="/v2/reports/time/team",
    key="results",
    needs={"list": MANAGER},
    filters={"id": text_of("id"), "user_type": choice_of("user_type", "employee", "contractor")},
    required=("start_date", "end_date"),
)
RESOURCES = {row.name: row for row in (USERS, ROLES, ME, ORGANIZATIONS, GROUPS, WORKSPACES, UTILIZATION)}
