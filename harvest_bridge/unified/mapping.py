"""Harvest's people and roles in the words of the unified user directory (truto-wire §5)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from harvest_bridge.harvest.records import Role, User
from harvest_bridge.harvest.timezones import zone_named


def unified_user(user: User, *, with_remote_data: bool = True) -> dict[str, Any]:
    """One person.

    Shape: ids are strings; what Harvest does not know is null or an empty list, never left out. Harvest's `roles` are
    job labels without ids, so `roles[].id` is null here; `access_roles` (rights) follow as the group `access`.
    Units: timestamps ISO 8601 in UTC; `timezone` is an IANA name.
    """
    unified = {
        "id": str(user.id),
        "external_id": None,
        "first_name": user.first_name,
        "last_name": user.last_name,
        "name": user.full_name,
        "username": None,
        "title": None,
        "emails": [{"email": user.email, "type": "work", "is_primary": True}] if user.email else [],
        "phones": [{"number": user.telephone, "extension": None, "type": "phone"}] if user.telephone else [],
        "status": "active" if user.is_active else "inactive",
        "is_email_verified": None,
        "is_2fa_enabled": None,
        "roles": _roles(user),
        "user_type": "contractor" if user.is_contractor else "employee",
        "organizations": [],
        "licenses": [],
        "groups": [],
        "workspaces": [],
        "avatar": user.avatar_url or None,
        "timezone": zone_named(user.timezone).key if user.timezone else None,
        "bio": None,
        "languages": [],
        "created_at": _iso(user.created_at),
        "updated_at": _iso(user.updated_at),
        "last_login_at": None,
        "last_active_at": None,
    }
    return unified | {"remote_data": user.raw} if with_remote_data else unified


def unified_role(role: Role, *, with_remote_data: bool = True) -> dict[str, Any]:
    """One job role."""
    unified = {
        "id": str(role.id),
        "name": role.name,
        "label": role.name,
        "description": None,
        "type": None,
        "applicable_in": None,
        "created_at": _iso(role.created_at),
        "updated_at": _iso(role.updated_at),
    }
    return unified | {"remote_data": role.raw} if with_remote_data else unified


def _roles(user: User) -> list[dict[str, Any]]:
    def role(name: str, group: str) -> dict[str, Any]:
        return {"id": None, "name": name, "group": group, "organization": None, "workspace": None}

    return [role(name, "job") for name in user.roles] + [role(name, "access") for name in user.access_roles]


def _iso(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat().replace("+00:00", "Z")
