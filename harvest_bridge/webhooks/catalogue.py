"""Every type of event, with the schema and an example of its `data`: a register that each app fills for its own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

Json = dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class EventType:
    """Shape: `schema` is JSON Schema of `data`, `example` fits it; `object_type` is what `object.id` names.

    `person` names the field of `data` that has the host's own id of whom it tells; `personal` are the paths in `data`
    of what is emptied when that person is erased (`erasure.py`): texts, lists and objects.
    `is_sent` is False for a type that hosts may ask for, as they do of Truto, and that nothing here brings about. One
    that is only `is_on_request` goes to endpoints that name it, and not to those that ask for all.
    """

    name: str
    says: str
    object_type: str
    schema: Json
    example: Json
    person: str = ""
    personal: tuple[str, ...] = ()
    is_sent: bool = True
    is_on_request: bool = False


_types: dict[str, EventType] = {}


def register(*types: EventType) -> None:
    """Errors: ValueError for a name that is taken by another type."""
    for each in types:
        if _types.setdefault(each.name, each) is not each:
            raise ValueError(f"two types of event are called {each.name}")


def event_types() -> dict[str, EventType]:
    """By name, in the order of names."""
    return dict(sorted(_types.items()))


def is_on_request(name: str) -> bool:
    return name in _types and _types[name].is_on_request


def is_known(name: str) -> bool:
    return name in _types
