"""Harvest's records in the words of the unified user directory.

Shape: ids are text; what Harvest leaves out, or sends empty, is null. `remote_data` is the record itself, untouched.
Units: moments are Harvest's own text, ISO 8601 in UTC.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property, lru_cache
from typing import Any
from zoneinfo import available_timezones

from msgspec import Raw

from harvest_bridge.connections.models import Connection
from harvest_bridge.harvest.timezones import IANA_NAMES

from . import schema
from .harvest_records import (
    RemoteCompany,
    RemoteHours,
    RemoteMention,
    RemoteRole,
    RemoteTeam,
    RemoteUser,
    RemoteWork,
    RemoteWorkspace,
    reader,
)

_user = reader(RemoteUser)
_role = reader(RemoteRole)
_company = reader(RemoteCompany)
_team = reader(RemoteTeam)
_workspace = reader(RemoteWorkspace)
_work = reader(RemoteWork)

_STATUS: Mapping[bool | None, schema.Status] = {None: "active", True: "active", False: "inactive"}


@dataclass(frozen=True)
class MappingContext:
    """What is known besides the record: whose account it is, ids of job roles by name, one person's projects."""

    account_id: str = ""
    account_name: str = ""
    role_ids: Mapping[str, str] = field(default_factory=dict)
    workspaces: tuple[schema.Mention, ...] = ()
    start_date: str = ""
    end_date: str = ""

    @cached_property
    def account(self) -> schema.Mention:
        return schema.Mention(id=self.account_id, name=self.account_name)

    @cached_property
    def anybody(self) -> schema.User:
        """What all people of the account have in common; the rest is null."""
        return schema.User(id="", organizations=(self.account,), workspaces=self.workspaces)

    @cached_property
    def roles(self) -> Roles:
        return Roles(self.role_ids)


class Roles(dict[tuple[tuple[str, ...], tuple[str, ...]], tuple[schema.UserRole, ...]]):
    """By job roles and rights, made once for all people who have the same."""

    def __init__(self, ids: Mapping[str, str]) -> None:
        self._ids = ids

    def __missing__(self, names: tuple[tuple[str, ...], tuple[str, ...]]) -> tuple[schema.UserRole, ...]:
        jobs, rights = names
        found = [schema.UserRole(name=name, id=self._ids.get(name), group="job") for name in jobs]
        found += [schema.UserRole(name=name, id=name, group="access") for name in rights]
        return self.setdefault(names, tuple(found))


def mapping_context_of(connection: Connection, **more: Any) -> MappingContext:
    return MappingContext(
        account_id=str(connection.harvest_account_id), account_name=connection.harvest_account_name, **more
    )


def unified_user(raw: Raw, around: MappingContext) -> schema.User:
    """Filled in from a blank, which takes two thirds of the time of so many keywords."""
    found = _user(raw)
    person: schema.User = around.anybody.__copy__()  # type: ignore[attr-defined]  # every Struct has it
    first, last, email, telephone = found.first_name or None, found.last_name or None, found.email, found.telephone
    person.id = str(found.id)
    person.external_id = str(found.employee_id or "") or None
    person.first_name = first
    person.last_name = last
    person.name = f"{first} {last}".strip() if first and last else first or last
    person.emails = (schema.Email(email, "work"),) if email else ()
    person.phones = (schema.Phone(telephone, None, "phone"),) if telephone else ()
    person.status = _STATUS[found.is_active]
    person.roles = around.roles[found.roles or (), found.access_roles or ()]
    person.user_type = "contractor" if found.is_contractor else "employee"
    person.weekly_capacity = found.weekly_capacity
    person.avatar = found.avatar_url or None
    person.timezone = iana_name(found.timezone or "")
    person.created_at = found.created_at
    person.updated_at = found.updated_at
    person.remote_data = raw
    return person


def unified_role(raw: Raw, around: MappingContext) -> schema.Role:
    found = _role(raw)
    name = found.name or None
    return schema.Role(
        id=str(found.id),
        name=name,
        label=name,
        type="job",
        user_ids=tuple(map(str, found.user_ids or ())),
        created_at=found.created_at,
        updated_at=found.updated_at,
        remote_data=raw,
    )


def unified_organization(raw: Raw, around: MappingContext) -> schema.Organization:
    """The company has no id of its own; that of its account serves."""
    found = _company(raw)
    return schema.Organization(
        id=around.account_id,
        name=found.name or None,
        pricing_plan=found.plan_type or None,
        status=_STATUS[found.is_active],
        url=found.base_uri or None,
        weekly_capacity=found.weekly_capacity,
        remote_data=raw,
    )


def unified_group(raw: Raw, around: MappingContext) -> schema.Group:
    manager = _team(raw)
    name = mention(manager).name
    return schema.Group(
        id=str(manager.id),
        name=f"Team of {name}" if name else None,
        organization=around.account,
        users=tuple(map(mention, manager.teammates or ())),
        remote_data=raw,
    )


def unified_workspace(raw: Raw, around: MappingContext) -> schema.Workspace:
    found = _workspace(raw)
    project = found.project or found
    return schema.Workspace(
        id=str(project.id),
        name=project.name or None,
        code=project.code or None,
        client=mention(found.client) if found.client else None,
        status=_STATUS[found.is_active],
        created_at=found.created_at,
        updated_at=found.updated_at,
        remote_data=raw,
    )


def unified_utilization(raw: Raw, around: MappingContext) -> schema.Utilization:
    rows = _work(raw).results
    person = rows[0]
    days = (date.fromisoformat(around.end_date) - date.fromisoformat(around.start_date)).days + 1
    capacity = round((person.weekly_capacity or 0) / 3600 * days / 7, 2)
    total = _sum(rows, "total_hours")
    return schema.Utilization(
        id=str(person.user_id),
        user=schema.Mention(id=str(person.user_id), name=person.user_name or ""),
        user_type="contractor" if person.is_contractor else "employee",
        start_date=around.start_date,
        end_date=around.end_date,
        total_hours=total,
        billable_hours=_sum(rows, "billable_hours"),
        capacity_hours=capacity or None,
        utilization=round(total / capacity, 4) if capacity and total is not None else None,
        remote_data=raw,
    )


def mention(found: RemoteMention) -> schema.Mention:
    name = found.name or f"{found.first_name or ''} {found.last_name or ''}".strip()
    return schema.Mention(id=str(found.id), name=name)


@lru_cache(maxsize=1024)
def iana_name(harvest_name: str) -> str | None:
    """The IANA name of a zone; null for one that nobody knows, since a wrong zone is worse than none."""
    name = IANA_NAMES.get(harvest_name, harvest_name)
    return name if name in available_timezones() else None


def _sum(rows: Sequence[RemoteHours], name: str) -> float | None:
    found = [hours for row in rows if (hours := getattr(row, name)) is not None]
    return round(sum(found), 2) if found else None
