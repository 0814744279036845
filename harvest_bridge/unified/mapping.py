"""Harvest's records in the words of the unified user directory. Plain dicts from plain dicts: pages may hold 2,000.

Shape: ids are text; what Harvest leaves out, or sends empty, is null. `remote_data` is the record itself.
Units: moments are Harvest's own text, ISO 8601 in UTC.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from typing import Any
from zoneinfo import available_timezones

from harvest_bridge.connections.models import Connection
from harvest_bridge.harvest.errors import HarvestMalformed
from harvest_bridge.harvest.timezones import IANA_NAMES

Json = dict[str, Any]


@dataclass(frozen=True)
class Around:
    """What is known besides the record: whose account it is, ids of job roles by name, one person's projects."""

    account_id: str = ""
    account_name: str = ""
    role_ids: Mapping[str, str] = field(default_factory=dict)
    workspaces: tuple[Json, ...] = ()
    start_date: str = ""
    end_date: str = ""

    @property
    def account(self) -> Json:
        return {"id": self.account_id, "name": self.account_name}


def around_of(connection: Connection, **more: Any) -> Around:
    return Around(account_id=str(connection.harvest_account_id), account_name=connection.harvest_account_name, **more)


def unified_user(raw: Json, around: Around) -> Json:
    email, telephone = raw.get("email"), raw.get("telephone")
    first, last = raw.get("first_name") or None, raw.get("last_name") or None
    return {
        "id": _id(raw),
        "external_id": raw.get("employee_id") or None,
        "identifiers": None,
        "first_name": first,
        "last_name": last,
        "name": f"{first or ''} {last or ''}".strip() or None,
        "username": None,
        "title": None,
        "emails": [{"email": email, "type": "work", "is_primary": True}] if email else [],
        "phones": [{"number": telephone, "extension": None, "type": "phone"}] if telephone else [],
        "status": "inactive" if raw.get("is_active") is False else "active",
        "is_email_verified": None,
        "is_2fa_enabled": None,
        "roles": _roles(raw, around.role_ids),
        "user_type": "contractor" if raw.get("is_contractor") else "employee",
        "organizations": [around.account],
        "licenses": [],
        "groups": [],
        "workspaces": list(around.workspaces),
        "weekly_capacity": raw.get("weekly_capacity"),
        "avatar": raw.get("avatar_url") or None,
        "timezone": iana_name(raw.get("timezone") or ""),
        "bio": None,
        "languages": [],
        "created_at": raw.get("created_at"),
        "updated_at": raw.get("updated_at"),
        "last_login_at": None,
        "last_active_at": None,
        "remote_data": raw,
    }


def unified_role(raw: Json, around: Around) -> Json:
    name = raw.get("name") or None
    return {
        "id": _id(raw),
        "name": name,
        "label": name,
        "description": None,
        "type": "job",
        "applicable_in": None,
        "user_ids": [str(user_id) for user_id in raw.get("user_ids") or ()],
        "created_at": raw.get("created_at"),
        "updated_at": raw.get("updated_at"),
        "remote_data": raw,
    }


def unified_organization(raw: Json, around: Around) -> Json:
    """The company has no id of its own; that of its account serves."""
    return {
        "id": around.account_id,
        "name": raw.get("name") or None,
        "pricing_plan": raw.get("plan_type") or None,
        "licenses": [],
        "status": "inactive" if raw.get("is_active") is False else "active",
        "url": raw.get("base_uri") or None,
        "weekly_capacity": raw.get("weekly_capacity"),
        "created_at": None,
        "updated_at": None,
        "remote_data": raw,
    }


def unified_group(manager: Json, around: Around) -> Json:
    name = f"{manager.get('first_name') or ''} {manager.get('last_name') or ''}".strip()
    return {
        "id": _id(manager),
        "name": f"Team of {name}" if name else None,
        "organization": around.account,
        "users": [mention(teammate) for teammate in manager.get("teammates") or ()],
        "remote_data": manager,
    }


def unified_workspace(raw: Json, around: Around) -> Json:
    """A project, or one person's assignment to it."""
    project, client = raw.get("project") or raw, raw.get("client")
    return {
        "id": _id(project),
        "name": project.get("name") or None,
        "code": project.get("code") or None,
        "client": mention(client) if isinstance(client, dict) else None,
        "status": "inactive" if raw.get("is_active") is False else "active",
        "created_at": raw.get("created_at"),
        "updated_at": raw.get("updated_at"),
        "remote_data": raw,
    }


def unified_utilization(raw: Json, around: Around) -> Json:
    """All rows of one person, of which Harvest has one for each currency."""
    rows = raw["results"]
    person = rows[0]
    days = (date.fromisoformat(around.end_date) - date.fromisoformat(around.start_date)).days + 1
    capacity = round((person.get("weekly_capacity") or 0) / 3600 * days / 7, 2)
    total = _sum(rows, "total_hours")
    user_id = _id(person, "user_id")
    return {
        "id": user_id,
        "user": {"id": user_id, "name": person.get("user_name") or ""},
        "user_type": "contractor" if person.get("is_contractor") else "employee",
        "start_date": around.start_date,
        "end_date": around.end_date,
        "total_hours": total,
        "billable_hours": _sum(rows, "billable_hours"),
        "capacity_hours": capacity or None,
        "utilization": round(total / capacity, 4) if capacity and total is not None else None,
        "remote_data": raw,
    }


def _sum(rows: list[Json], name: str) -> float | None:
    found = [row[name] for row in rows if row.get(name) is not None]
    return round(sum(found), 2) if found else None


def mention(raw: Json) -> Json:
    """Whatever has an id and a name, or two names."""
    name = raw.get("name") or f"{raw.get('first_name') or ''} {raw.get('last_name') or ''}".strip()
    return {"id": str(raw.get("id")), "name": name}


@lru_cache(maxsize=1024)
def iana_name(harvest_name: str) -> str | None:
    """The IANA name of a zone; null for one that nobody knows, since a wrong zone is worse than none."""
    name = IANA_NAMES.get(harvest_name, harvest_name)
    return name if name in available_timezones() else None


def _roles(raw: Json, role_ids: Mapping[str, str]) -> list[Json]:
    found = [
        {"id": role_ids.get(name), "name": name, "group": "job", "organization": None, "workspace": None}
        for name in raw.get("roles") or ()
    ]
    for name in raw.get("access_roles") or ():
        found.append({"id": name, "name": name, "group": "access", "organization": None, "workspace": None})
    return found


def _id(raw: Json, name: str = "id") -> str:
    value = raw.get(name)
    if value is None:
        raise HarvestMalformed(f"Harvest sent a record without {name}.")
    return str(value)
