"""Which fields can be mapped, and what each must be: the types of the unified schema (truto-wire §5)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime
from typing import Any, get_origin, get_type_hints

import msgspec

from harvest_bridge.unified.schema import MADE_BY_MAPPINGS, Role, User

from .failures import Failure

CUSTOM_FIELDS = "custom_fields"
_CUSTOM_NAME = re.compile(rf"{CUSTOM_FIELDS}\.[A-Za-z_][A-Za-z0-9_]{{0,62}}")
# `id` and `remote_data` stay what they are, for other calls rest on them.
_NOT_MAPPABLE = {"id", "remote_data", "warnings", *MADE_BY_MAPPINGS}


def _types(component: type[msgspec.Struct]) -> dict[str, Any]:
    hints = get_type_hints(component, include_extras=True)
    return {name: kind for name, kind in hints.items() if name not in _NOT_MAPPABLE}


# `me` is a user, and mapped as one.
STANDARD_FIELDS: dict[str, dict[str, Any]] = {"users": _types(User), "roles": _types(Role)}
RESOURCES = tuple(STANDARD_FIELDS)


def is_custom(field: str) -> bool:
    return _CUSTOM_NAME.fullmatch(field) is not None


def can_be_mapped(resource: str, field: str) -> bool:
    return field in STANDARD_FIELDS[resource] or is_custom(field)


def empty_value(resource: str, field: str) -> Any:
    """What stands in a field that has no value: an empty list where the schema has a list, null elsewhere."""
    kind = STANDARD_FIELDS[resource].get(field)
    return [] if get_origin(getattr(kind, "__origin__", kind)) is tuple or get_origin(kind) is tuple else None


def checked(resource: str, field: str, values: Sequence[Any]) -> tuple[list[Any], dict[int, Failure]]:
    """The values as the schema has them, and by its place why one cannot be; custom fields may be anything.

    To JSONata a list of one and its item are the same: what finds one of many gives the item alone.
    """
    kind = STANDARD_FIELDS[resource].get(field)
    empty = empty_value(resource, field)
    is_moment = field.endswith("_at")  # of which the schema's pattern takes a thirteenth month
    if empty is not None:
        values = [value if value is None or isinstance(value, list) else [value] for value in values]
    kept: list[Any] = []
    failures: dict[int, Failure] = {}
    if kind is None or (not is_moment and _are_all(kind, values)):
        return [empty if value is None else value for value in values], failures
    for place, value in enumerate(values):
        try:
            if value is not None:
                msgspec.convert(value, kind)
                if is_moment:
                    datetime.fromisoformat(value)
        except (msgspec.ValidationError, ValueError) as error:
            failures[place] = Failure("mapping_type", f"{error}, as {resource}.{field} of the unified schema has it.")
            value = None
        kept.append(empty if value is None else value)
    return kept, failures


def _are_all(kind: Any, values: Sequence[Any]) -> bool:
    """In one go, which is a tenth of the work."""
    try:
        msgspec.convert([value for value in values if value is not None], list[kind])
    except msgspec.ValidationError:
        return False
    return True
