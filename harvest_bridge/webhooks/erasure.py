"""Erases people: from the events that are kept, of which ids, numbers and times stay, and in apps that register."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from copy import deepcopy
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from .catalogue import EventType, event_types
from .models import Attempt, Event

_BATCH = 200
Eraser = Callable[[UUID, str, list[str]], None]
_erasers: list[Eraser] = []


def register(eraser: Eraser) -> None:
    """For apps that keep people of their own: `eraser(host_app_id, tenant_id, user_ids)` erases them."""
    if eraser not in _erasers:
        _erasers.append(eraser)


def erase_people(*, host_app_id: UUID, tenant_id: str, user_ids: Collection[str]) -> int:
    """Of one customer, by the host's own ids; returns how many events were changed. Within the caller's transaction.

    Whoever polls them, or gets them sent again, finds the texts empty. What receivers answered to them goes as well.
    """
    for eraser in _erasers:
        eraser(host_app_id, tenant_id, sorted(user_ids))
    own = Event.objects.filter(host_app=host_app_id, tenant_id=tenant_id)
    return sum(_erase(rows, what) for what in event_types().values() for rows in _told_of(own, what, sorted(user_ids)))


def _told_of(own: QuerySet[Event], what: EventType, user_ids: list[str]) -> Iterator[QuerySet[Event]]:
    if what.personal:
        for at in range(0, len(user_ids), _BATCH):
            among = {f"data__{what.person}__in": user_ids[at : at + _BATCH]}
            yield own.filter(type=what.name, **among)


def _erase(rows: QuerySet[Event], what: EventType) -> int:
    ids = list(rows.order_by("id").values_list("pk", flat=True))
    for at in range(0, len(ids), _BATCH):
        events = list(Event.objects.filter(pk__in=ids[at : at + _BATCH]))
        for event in events:
            event.data = without(event.data, what.personal)
        Event.objects.bulk_update(events, ["data"])
        Attempt.objects.filter(delivery__event__in=events).update(answer="")
    return len(ids)


def without(data: dict[str, Any], paths: Collection[str]) -> dict[str, Any]:
    """A copy in which each of `paths`, such as `entry.notes`, is empty, where it is there at all."""
    data = deepcopy(data)
    for path in paths:
        *outer, name = path.split(".")
        part: Any = data
        for each in outer:
            part = part.get(each) if isinstance(part, dict) else None
        if isinstance(part, dict) and part.get(name) is not None:
            part[name] = type(part[name])()
    return data
