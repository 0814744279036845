"""`mirror.changed`: that something changed, and how much, bundled."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.db.models import Count, Q

from harvest_bridge.webhooks.catalogue import EventType, register
from harvest_bridge.webhooks.outbox import NewEvent, emit

from .models import Mirror, Record

CHANGED = EventType(
    name="mirror.changed",
    says="Records of a mirrored account changed: read them from the feed, after the position that you know.",
    object_type="mirror",
    schema={
        "type": "object",
        "required": ["after", "position", "resources"],
        "properties": {
            "after": {"type": "integer", "description": "The position that the event before told of."},
            "position": {"type": "integer", "description": "The last position now."},
            "resources": {
                "type": "object",
                "additionalProperties": {
                    "type": "object",
                    "properties": {"changed": {"type": "integer"}, "deleted": {"type": "integer"}},
                },
            },
        },
    },
    example={"after": 1200, "position": 1204, "resources": {"time_entries": {"changed": 3, "deleted": 1}}},
)
register(CHANGED)


def publish_changed(mirror: Mirror) -> bool:
    """One event for everything since the last one; none where nothing changed."""
    with transaction.atomic():
        row = Mirror.objects.select_for_update().select_related("connection").get(pk=mirror.pk)
        if row.last_position <= row.told_through:
            return False
        emit(
            NewEvent(
                type=CHANGED,
                host_app_id=row.connection.host_app_id,
                tenant_id=row.connection.tenant_id,
                connection_id=row.connection_id,
                object_id=row.connection_id,
                data={"after": row.told_through, "position": row.last_position, "resources": _counts(row)},
            )
        )
        Mirror.objects.filter(pk=row.pk).update(told_through=row.last_position)
    return True


def _counts(row: Mirror) -> dict[str, Any]:
    since = Record.objects.filter(mirror=row, position__gt=row.told_through).order_by()
    counted = since.values("stream__resource").annotate(
        changed=Count("id", filter=Q(deleted_at=None)), deleted=Count("id", filter=Q(deleted_at__isnull=False))
    )
    return {one["stream__resource"]: {"changed": one["changed"], "deleted": one["deleted"]} for one in counted}
