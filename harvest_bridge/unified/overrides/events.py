"""What hosts are told of mappings."""

from __future__ import annotations

import hashlib

from django.core.cache import cache
from django.db import transaction

from harvest_bridge.api.outages import best_effort
from harvest_bridge.connections.models import Connection
from harvest_bridge.webhooks.catalogue import EventType, register
from harvest_bridge.webhooks.outbox import NewEvent, emit

_TOLD_EVERY_SECONDS = 3600
_TEXT = {"type": "string"}

FAILED = EventType(
    name="mapping.failed",
    says="A mapping could not be applied to some records: once an hour for each field and reason of a connection.",
    object_type="mapping",
    schema={
        "type": "object",
        "required": ["resource", "field", "code", "records"],
        "properties": {
            "resource": _TEXT,
            "field": _TEXT,
            "code": {**_TEXT, "description": "As in a record's `mapping_errors`."},
            "records": {"type": "integer", "minimum": 1, "description": "Of the page that was asked for."},
        },
    },
    example={"resource": "users", "field": "title", "code": "mapping_timeout", "records": 3},
)
register(FAILED)


def publish_failure(connection: Connection, *, resource: str, field: str, code: str, records: int) -> None:
    """Beside a list that was read: it goes on without, where this cannot be written."""
    which = f"{connection.pk} {resource}.{field} {code}"
    key = f"mapping-failed-{hashlib.sha256(which.encode()).hexdigest()}"

    def publish() -> None:
        if cache.add(key, 1, _TOLD_EVERY_SECONDS):
            with transaction.atomic():
                emit(
                    NewEvent(
                        type=FAILED,
                        host_app_id=connection.host_app_id,
                        tenant_id=connection.tenant_id,
                        connection_id=connection.pk,
                        object_id=f"{resource}.{field}",
                        data={"resource": resource, "field": field, "code": code, "records": records},
                    )
                )

    best_effort(publish)
