"""An event as a receiver gets it, pushed or polled: the same every time."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from . import javascript_json
from .models import Endpoint, Event, Format, Payload

Json = dict[str, Any]


def serialize_event(event: Event, endpoint: Endpoint) -> Json:
    """In the endpoint's format, with whole data or ids alone."""
    data = event.data if endpoint.payload == Payload.FULL else None
    return _truto(event, endpoint, data) if endpoint.format == Format.TRUTO else _standard(event, data)


def body_of(event: Event, endpoint: Endpoint) -> bytes:
    return javascript_json.dumps(serialize_event(event, endpoint))


def iso(moment: datetime) -> str:
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _standard(event: Event, data: Json | None) -> Json:
    return {
        "id": str(event.uid),
        "type": event.type,
        "sequence": event.sequence,
        "occurred_at": iso(event.occurred_at),
        "tenant_id": event.tenant_id or None,
        "integrated_account_id": str(event.connection_id) if event.connection_id else None,
        "object": {"type": event.object_type, "id": event.object_id},
        "changed": event.changed,
        "data": data,
    }


def _truto(event: Event, endpoint: Endpoint, data: Json | None) -> Json:
    """Truto's keys (truto-wire §2.6): its documents disagree about `event` and `event_type`, so both."""
    return {
        "id": str(event.uid),
        "event": event.type,
        "event_type": event.type,
        "payload": {"id": event.object_id} if data is None else data,
        "environment_id": str(event.host_app_id),
        "webhook_id": str(endpoint.pk),
        "created_at": iso(event.occurred_at),
        "tenant_id": event.tenant_id or None,
        "integrated_account_id": str(event.connection_id) if event.connection_id else None,
        "sequence": event.sequence,
    }
