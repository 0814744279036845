"""How rows and streams of the mirror are written in answers."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import msgspec
from msgspec import Raw

from harvest_bridge.mirror.models import Record, Stream
from harvest_bridge.mirror.record_ids import parent_fields
from harvest_bridge.mirror.resources import BY_NAME, Resource
from harvest_bridge.mirror.streams import serialize_stream

Json = dict[str, Any]


def moment(value: datetime | None) -> str | None:
    """`2026-11-29T13:00:00.5Z`."""
    return None if value is None else value.astimezone(UTC).isoformat().replace("+00:00", "Z")


def record_text(resource: Resource, raw: str, parent_id: int | None, deleted_at: datetime | None, cause: str) -> str:
    """As Harvest sent it, byte for byte; behind its own fields a child names what it belongs to, and a tombstone says
    that it is one."""
    more: Json = dict(parent_fields(resource, parent_id))
    if deleted_at is not None:
        more |= {"deleted_at": moment(deleted_at), "deleted_cause": cause}
    return extended(raw, more) if more else raw


def extended(raw: str, fields: Json) -> str:
    """The record's own text with further fields behind its own."""
    more = msgspec.json.encode(fields).decode()[1:]
    body = raw.rstrip().removesuffix("}").rstrip()
    return f"{body}{'' if body.endswith('{') else ','}{more}"


def single(record: Record, stream: Stream) -> Raw:
    """One record, and how fresh it is."""
    resource = BY_NAME[stream.resource]
    shown = record_text(resource, record.raw, record.parent_id, record.deleted_at, record.cause)
    return Raw(extended(shown, {"as_of": moment(stream.as_of), "stream": serialize_stream(stream)}))
