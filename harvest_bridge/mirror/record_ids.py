"""How records are told apart, and what answers call them. Pure.

A person in two managers' teams is a record in each: inside, its id has the manager's above 31 bits of its own. Outside
it is a text, as such a number is more than JavaScript can hold exactly (2^53).
"""

from __future__ import annotations

import re

from .resources import Resource

_ID_BITS = 31  # what an id of a person takes
_SHARED = re.compile(r"(\d{1,10})-(\d{1,10})", re.ASCII)
_PLAIN = re.compile(r"\d{1,18}", re.ASCII)


def held_id(resource: Resource, record_id: int, parent_id: int | None) -> int:
    """The `harvest_id` of the row that holds this record of Harvest."""
    if not resource.is_shared_by_parents or parent_id is None:
        return record_id
    return record_id | parent_id << _ID_BITS


def shown_id(resource: Resource, harvest_id: int) -> int | str:
    """As answers name it: `4000101-4000102` is 4000102 in the team of 4000101."""
    if not resource.is_shared_by_parents:
        return harvest_id
    return f"{harvest_id >> _ID_BITS}-{harvest_id & ((1 << _ID_BITS) - 1)}"


def id_from(resource: Resource, text: str) -> int | None:
    """The `harvest_id` of what `shown_id` wrote; None for what it cannot have written."""
    if resource.is_shared_by_parents:
        found = _SHARED.fullmatch(text)
        numbers = [int(part) for part in found.groups()] if found else []
        is_known = bool(numbers) and all(number < 1 << _ID_BITS for number in numbers)
        return held_id(resource, numbers[1], numbers[0]) if is_known else None
    return int(text) if _PLAIN.fullmatch(text) else None


def parent_fields(resource: Resource, parent_id: int | None) -> dict[str, int | None]:
    """What stands beside a record to say whose it is; nothing for what belongs to nobody."""
    return {resource.parent_field: parent_id} if resource.parent else {}
