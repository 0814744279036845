"""A recorded answer beside the sandbox's, down to the last key."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

KINDS = {
    "clients": "client",
    "contacts": "contact",
    "invoices": "invoice",
    "me": "user",
    "projects": "project",
    "task_assignments": "task_assignment",
    "tasks": "task",
    "time_entries": "time_entry",
    "user_assignments": "user_assignment",
    "users": "user",
}


@dataclass(frozen=True, slots=True)
class Difference:
    """Shape: `what` is added, gone, changed, order or ref; `detail` shows both sides."""

    what: str
    where: str
    detail: str = ""


def differences(recorded: Any, answered: Any, resource: str) -> Iterator[Difference]:
    """Of a whole body. Records are named by kind, whether alone or in a list."""
    if not isinstance(recorded, dict) or resource not in recorded:
        yield from compared(recorded, answered, KINDS[resource])
        return
    rows, others = recorded[resource], answered.get(resource, [])
    if len(rows) != len(others):
        yield Difference("changed", f"list.{resource}", f"{len(rows)} rows, now {len(others)}")
    for row, other in zip(rows, others, strict=False):
        yield from compared(row, other, KINDS[resource])
    yield from compared({**recorded, resource: []}, {**answered, resource: []}, "list")


def compared(recorded: Any, answered: Any, where: str) -> Iterator[Difference]:
    """Values are the same if type and value are: 1.0 is not 1, and "" is not null."""
    if isinstance(recorded, dict) and isinstance(answered, dict):
        yield from _objects(recorded, answered, where)
    elif isinstance(recorded, list) and isinstance(answered, list) and len(recorded) == len(answered):
        for one, other in zip(recorded, answered, strict=True):
            yield from compared(one, other, f"{where}[]")
    elif where.startswith("list.links.") and answered == f"{recorded}&ref={where.rpartition('.')[2]}":
        yield Difference("ref", where)
    elif (type(recorded), recorded) != (type(answered), answered):
        yield Difference("changed", where, f"{recorded!r}, now {answered!r}")


def _objects(recorded: dict[str, Any], answered: dict[str, Any], where: str) -> Iterator[Difference]:
    for name in recorded:
        if name in answered:
            yield from compared(recorded[name], answered[name], f"{where}.{name}")
        else:
            yield Difference("gone", f"{where}.{name}")
    for name in answered:
        if name not in recorded:
            yield Difference("added", f"{where}.{name}")
    before, now = [name for name in recorded if name in answered], [name for name in answered if name in recorded]
    if before != now:
        yield Difference("order", where, f"{' '.join(before)}, now {' '.join(now)}")
