"""Events of single records, `time_entry.created` and so on: for those who ask for them by name, and no flood of them.

The first reading of an account is no news: nothing is told before a stream was read once.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import msgspec

from harvest_bridge.webhooks.catalogue import EventType, register
from harvest_bridge.webhooks.models import MAX_DATA, Endpoint
from harvest_bridge.webhooks.outbox import NewEvent, emit_all

from .models import Cause, Record
from .record_ids import parent_fields, public_id
from .resources import RESOURCES, Resource

if TYPE_CHECKING:
    from .columns import Seen
    from .writing import StreamTarget, Written

_SCHEMA: dict[str, Any] = {
    "type": "object",
    "required": ["id", "resource", "record"],
    "properties": {
        "id": {
            "type": ["integer", "string"],
            "format": "int64",
            "description": "Harvest's id; of a teammate the manager's and the person's, as `4000101-4000102`.",
        },
        "resource": {"type": "string"},
        "record": {"type": ["object", "null"], "description": "As Harvest sent it; null where it is gone or too long."},
        "cause": {"type": "string", "enum": list(Cause.values), "description": "Why it is gone."},
        **{
            name: {"type": "integer", "description": "Whose it is, of what belongs to another record."}
            for name in sorted({row.parent_field for row in RESOURCES if row.parent})
        },
    },
}
_SAYS = {"created": "appeared in Harvest", "updated": "changed in Harvest", "deleted": "is gone from Harvest"}
_LONGEST_RECORD = MAX_DATA // 2


def _type(resource: Resource, what: str) -> EventType:
    example: dict[str, Any] = {"id": 636708723, "resource": resource.name, "record": {"id": 636708723}}
    if resource.is_shared_by_parents:
        example["id"] = "4000101-636708723"
    example |= parent_fields(resource, 4000101)
    if what == "deleted":
        example |= {"record": None, "cause": "deleted"}
    return EventType(
        name=f"{resource.object_type}.{what}",
        says=f"A record of {resource.name} {_SAYS[what]}. Sent only to webhooks that name this type.",
        object_type=resource.object_type,
        schema=_SCHEMA,
        example=example,
        is_on_request=True,
    )


TYPES = {(row.name, what): _type(row, what) for row in RESOURCES for what in _SAYS if what not in row.told_elsewhere}
register(*TYPES.values())


def publish(target: StreamTarget, written: Written) -> None:
    """Within the transaction of the change."""
    asked = _asked(target)
    if "created" in asked:
        emit_all(_event(target, "created", one) for one in written.created)
    if "updated" in asked:
        emit_all(_event(target, "updated", one, names) for one, names in written.changed)


def publish_deleted(target: StreamTarget, rows: Iterable[Record], cause: Cause) -> None:
    if "deleted" in _asked(target):
        emit_all(_event(target, "deleted", row, cause=cause) for row in rows)


def _asked(target: StreamTarget) -> set[str]:
    """Which of this resource's types some endpoint of the host app names."""
    if target.stream.as_of is None:
        return set()
    endpoints = Endpoint.objects.filter(host_app=target.mirror.connection.host_app_id, deleted_at=None)
    named = {name for types in endpoints.values_list("event_types", flat=True) for name in types}
    known = {what: TYPES.get((target.resource.name, what)) for what in _SAYS}
    return {what for what, each in known.items() if each is not None and each.name in named}


def _event(
    target: StreamTarget, what: str, one: Seen | Record, names: Iterable[str] = (), cause: Cause | None = None
) -> NewEvent:
    is_told_whole = cause is None and len(one.raw) < _LONGEST_RECORD
    data = {
        "id": public_id(target.resource, one.harvest_id, one.parent_id),
        "resource": target.resource.name,
        "record": msgspec.json.decode(one.raw) if is_told_whole else None,
        **parent_fields(target.resource, one.parent_id),
    }
    return NewEvent(
        type=TYPES[target.resource.name, what],
        host_app_id=target.mirror.connection.host_app_id,
        tenant_id=target.mirror.connection.tenant_id,
        connection_id=target.mirror.connection_id,
        object_id=data["id"],
        changed=list(names),
        data=data if cause is None else data | {"cause": str(cause)},
    )
