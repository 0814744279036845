"""How rows and streams of the mirror are written in answers."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import msgspec
from msgspec import Raw

from harvest_bridge.mirror.models import Record, Stream
from harvest_bridge.mirror.streams import shown as stream_shape

Json = dict[str, Any]


def moment(value: datetime | None) -> str | None:
    """`2026-11-29T13:00:00.5Z`."""
    return None if value is None else value.astimezone(UTC).isoformat().replace("+00:00", "Z")


def record_text(raw: str, deleted_at: datetime | None, cause: str) -> str:
    """As Harvest sent it, byte for byte; a tombstone says in two further fields that it is one."""
    return raw if deleted_at is None else extended(raw, {"deleted_at": moment(deleted_at), "deleted_cause": cause})


def extended(raw: str, fields: Json) -> str:
    """The record's own text with further fields behind its own."""
    more = msgspec.json.encode(fields).decode()[1:]
    body = raw.rstrip().removesuffix("}").rstrip()
    return f"{body}{'' if body.endswith('{') else ','}{more}"


def single(record: Record, stream: Stream) -> Raw:
    """One record, and how fresh it is."""
    shown = record_text(record.raw, record.deleted_at, record.cause)
    return Raw(extended(shown, {"as_of": moment(stream.as_of), "stream": stream_shape(stream)}))
