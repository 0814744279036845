"""How records are told apart, and what answers call them. Pure.

A person in two managers' teams is a record in each: inside, its id is mixed with the manager's, which stands beside it
on the row and undoes the mixture. Outside it is a text, as such a number is more than JavaScript can hold exactly
(2^53).
"""

from __future__ import annotations

import re

from .resources import Resource

_SHARED = re.compile(r"(\d{1,19})-(\d{1,19})", re.ASCII)
_PLAIN = re.compile(r"\d{1,19}", re.ASCII)
_MOST = 2**63 - 1  # what a column of the database holds


def held_id(resource: Resource, record_id: int, parent_id: int | None) -> int:
    """The `harvest_id` of the row that holds this record of Harvest."""
    return _mixed(record_id, parent_id) if resource.is_shared_by_parents and parent_id else record_id


def public_id(resource: Resource, harvest_id: int, parent_id: int | None) -> int | str:
    """As answers name it: `4000101-4000102` is 4000102 in the team of 4000101."""
    if not resource.is_shared_by_parents or not parent_id:
        return harvest_id
    return f"{parent_id}-{teammate_id(harvest_id, parent_id)}"


def id_from(resource: Resource, text: str) -> int | None:
    """The `harvest_id` of what `public_id` wrote; None for what it cannot have written."""
    found = (_SHARED if resource.is_shared_by_parents else _PLAIN).fullmatch(text)
    numbers = [int(number) for number in text.split("-")] if found else []
    if not numbers or max(numbers) > _MOST:
        return None
    return held_id(resource, numbers[-1], numbers[0])


def teammate_id(harvest_id: int, manager_id: int) -> int:
    """Harvest's id of the person whose record in this manager's team has `harvest_id`."""
    return _mixed(harvest_id, manager_id)


def _mixed(number: int, parent_id: int) -> int:
    """The parent's id, turned by 31 of 63 bits, upon the number: below 2^31 the two stand side by side, longer ones
    overlap. The same again undoes it."""
    return number ^ ((parent_id << 31 | parent_id >> 32) & _MOST)


def parent_fields(resource: Resource, parent_id: int | None) -> dict[str, int | None]:
    """What stands beside a record to say whose it is; nothing for what belongs to nobody."""
    return {resource.parent_field: parent_id} if resource.parent else {}
