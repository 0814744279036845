"""Writing an event down, in the transaction of the change that it tells of: with it, or not at all."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.db import connection as database

from harvest_bridge.api import plain_sql

from .catalogue import EventType
from .models import Endpoint, Event


class NotInTransaction(RuntimeError):
    """An event of its own could be told although its change was undone, or be lost although the change stands."""


@dataclass(frozen=True, kw_only=True)
class NewEvent:
    """Shape: `changed` names the fields that are new; `data` fits the type's schema."""

    type: EventType
    host_app_id: UUID
    object_id: object
    data: dict[str, Any]
    tenant_id: str = ""
    connection_id: UUID | None = None
    changed: Sequence[str] = ()
    only_for: Endpoint | None = field(default=None)

    @property
    def row(self) -> Event:
        return Event(
            type=self.type.name,
            host_app_id=self.host_app_id,
            tenant_id=self.tenant_id,
            connection_id=self.connection_id,
            object_type=self.type.object_type,
            object_id=str(self.object_id)[:255],
            changed=list(self.changed),
            data=storable(self.data),
            only_for=self.only_for,
        )


def storable(value: Any) -> Any:
    """Without what PostgreSQL cannot keep in JSON, wherever it came from: the character NUL, halves of characters."""
    if isinstance(value, str):
        if value.isascii() and "\0" not in value:
            return value
        return value.replace("\0", "").encode(errors="replace").decode()
    if isinstance(value, dict):
        return {storable(name): storable(inner) for name, inner in value.items()}
    return [storable(inner) for inner in value] if isinstance(value, list | tuple) else value


def emit(*events: NewEvent) -> list[Event]:
    """Write them down in this order. Errors: NotInTransaction; ValueTooLarge."""
    return emit_all(events)


def emit_all(events: Iterable[NewEvent]) -> list[Event]:
    """The same for many."""
    if not database.in_atomic_block:
        raise NotInTransaction("events are written within transaction.atomic(), after the change they tell of")
    rows = [event.row for event in events]
    if len(rows) != 1:
        return Event.objects.bulk_create(rows, batch_size=500)
    plain_sql.insert(rows[0])  # the only one, as with each click
    return rows
