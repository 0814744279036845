"""What an earlier body of the deal asked for and this one does not: it stays in Harvest, and the plan says so."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from .links import Kept
from .people import WAYS
from .plan import Draft
from .project import OURS
from .tasks import task_key

Json = dict[str, Any]
_NOT_FIELDS = {*OURS, *WAYS, "name", "external_id", "contacts", "must_exist", "invite"}
_PARTS = {
    "task_assignment": "task",
    "rates": "task",
    "person": "person",
    "person_rates": "person",
    "contact": "contact",
}


def left_over(wanted: Json, kept: Kept, drafts: list[Draft]) -> list[Json]:
    """Shape: `{"kind", "title", "field", "value", "harvest_id"}`, of kind task, person, contact or field.

    Fields are those of the body before; the rest is whatever an earlier body has brought about.
    """
    return [*_things(kept, drafts), *_fields(kept.wanted or wanted, wanted)]


def _things(kept: Kept, drafts: list[Draft]) -> Iterator[Json]:
    asked = {(_PARTS[draft.kind], _id(draft.subject or draft.key, kept)) for draft in drafts if draft.kind in _PARTS}
    seen: set[tuple[str, int]] = set()
    for one in kept.assigned:
        identity = (_PARTS[one.kind], _id(one.subject, kept))
        if identity[1] and identity not in asked and identity not in seen:
            seen.add(identity)
            yield _row(identity[0], one.title, harvest_id=identity[1])


def _id(subject: int | str, kept: Kept) -> int:
    """Of the user or task; 0 while there is none."""
    return int(subject) if str(subject).isdigit() else kept.by_key.get(str(subject), 0)


def _fields(before: Json, wanted: Json) -> Iterator[Json]:
    yield from _missing(before["client"], wanted["client"], "client", "")
    yield from _missing(before["project"], wanted["project"], "project", "")
    yield from _of_rows(before["tasks"], wanted["tasks"], "tasks", task_key)
    yield from _of_rows(before["people"], wanted["people"], "people", _way)


def _of_rows(before: list[Json], wanted: list[Json], part: str, key: Any) -> Iterator[Json]:
    """Of those that are in both."""
    earlier = {key(row): row for row in before}
    for place, row in enumerate(wanted):
        yield from _missing(earlier.get(key(row), {}), row, f"{part}[{place}]", str(key(row)))


def _way(person: Json) -> str:
    return next(str(person[way]) for way in WAYS if person.get(way) is not None)


def _missing(before: Json, wanted: Json, part: str, title: str) -> Iterator[Json]:
    for name, value in before.items():
        if name not in wanted and name not in _NOT_FIELDS:
            yield _row("field", title or part, field=f"{part}.{name}", value=value)


def _row(kind: str, title: str, *, field: str | None = None, value: Any = None, harvest_id: int | None = None) -> Json:
    return {"kind": kind, "title": title, "field": field, "value": value, "harvest_id": harvest_id}
