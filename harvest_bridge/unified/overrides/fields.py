"""Which fields can be mapped, and what each must be: the types of the unified schema (truto-wire §5)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime
from typing import Any, Literal, TypedDict

import msgspec

from .failures import Failure

CUSTOM_FIELDS = "custom_fields"
_CUSTOM_NAME = re.compile(rf"{CUSTOM_FIELDS}\.[A-Za-z_][A-Za-z0-9_]{{0,62}}")
Text = str | None
Flag = bool | None


class Email(TypedDict, total=False):
    email: str
    type: Text
    is_primary: Flag


class Phone(TypedDict, total=False):
    number: str
    extension: Text
    type: Text


class Role(TypedDict, total=False):
    id: Text
    name: Text
    group: Text
    organization: Text
    workspace: Text


class Named(TypedDict, total=False):
    id: Text
    name: Text
    organization: Text


class License(TypedDict, total=False):
    id: Text
    name: Text
    organization: Text
    last_active_at: datetime | None


_TEXTS = (
    "external_id",
    "first_name",
    "last_name",
    "name",
    "username",
    "title",
    "user_type",
    "avatar",
    "timezone",
    "bio",
)
_MOMENTS = ("created_at", "updated_at", "last_login_at", "last_active_at")
_USER: dict[str, Any] = {
    **dict.fromkeys(_TEXTS, Text),
    **dict.fromkeys(_MOMENTS, datetime | None),
    "identifiers": dict[str, Any] | None,
    "status": Literal["active", "inactive", "deleted", "invited"] | None,
    "is_email_verified": Flag,
    "is_2fa_enabled": Flag,
    "emails": list[Email],
    "phones": list[Phone],
    "roles": list[Role],
    "organizations": list[Named],
    "groups": list[Named],
    "workspaces": list[Named],
    "licenses": list[License],
    "languages": list[str],
    "weekly_capacity": int | None,
}
_ROLE: dict[str, Any] = {
    **dict.fromkeys(("name", "label", "description", "type"), Text),
    "applicable_in": Literal["group", "workspace"] | None,
    "user_ids": list[str],
    "created_at": datetime | None,
    "updated_at": datetime | None,
}
# `me` is a user, and mapped as one. `id` and `remote_data` stay what they are: other calls rest on them.
STANDARD_FIELDS: dict[str, dict[str, Any]] = {"users": _USER, "roles": _ROLE}
RESOURCES = tuple(STANDARD_FIELDS)


def is_custom(field: str) -> bool:
    return _CUSTOM_NAME.fullmatch(field) is not None


def can_be_mapped(resource: str, field: str) -> bool:
    return field in STANDARD_FIELDS[resource] or is_custom(field)


def empty_value(resource: str, field: str) -> Any:
    """What stands in a field that has no value: an empty list where the schema has a list, null elsewhere."""
    return [] if getattr(STANDARD_FIELDS[resource].get(field), "__origin__", None) is list else None


def checked(resource: str, field: str, values: Sequence[Any]) -> tuple[list[Any], dict[int, Failure]]:
    """The values as the schema has them, and by its place why one cannot be; custom fields may be anything."""
    kind = STANDARD_FIELDS[resource].get(field)
    empty = empty_value(resource, field)
    kept: list[Any] = []
    failures: dict[int, Failure] = {}
    for place, value in enumerate(values):
        try:
            if kind is not None and value is not None:
                msgspec.convert(value, kind)
        except msgspec.ValidationError as error:
            failures[place] = Failure("mapping_type", f"{error}, as {resource}.{field} of the unified schema has it.")
            value = None
        kept.append(empty if value is None else value)
    return kept, failures
