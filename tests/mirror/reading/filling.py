"""Fills a mirror as passes do, without Harvest: readers see rows, whoever wrote them."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

from django.db import transaction
from msgspec import Raw

from harvest_bridge.connections.models import Connection
from harvest_bridge.mirror.columns import RECORD_COLUMNS, record_row, seen
from harvest_bridge.mirror.models import Cause, Mirror, Record, Stream, StreamState
from harvest_bridge.mirror.resources import BY_NAME, RESOURCES

AT = datetime(2026, 11, 24, 9, 0, 0, 500_000, tzinfo=UTC)
TIMES = {"created_at": "2026-11-01T08:00:00Z", "updated_at": "2026-11-24T08:59:00Z"}


def mirrored(connection: Connection) -> Mirror:
    """A complete mirror without rows."""
    mirror = Mirror.objects.create(connection=connection)
    Stream.objects.bulk_create(
        Stream(mirror=mirror, resource=row.name, state=StreamState.COMPLETE, reason="", as_of=AT, swept_at=AT)
        for row in RESOURCES
    )
    return mirror


def entry(number: int, **fields: Any) -> dict[str, Any]:
    """A time entry as Harvest sends it, as far as readers look."""
    return {
        "id": number,
        "spent_date": "2026-11-02",
        "hours": 1.0,
        "rounded_hours": 1.0,
        "notes": 'Läuft, "gut"',
        "is_billed": False,
        "is_running": False,
        "approval_status": "unsubmitted",
        **TIMES,
        "user": {"id": 7, "name": "Carmen Ruiz"},
        "client": {"id": 3, "name": "Acme", "currency": "EUR"},
        "project": {"id": 5, "name": "Website", "code": None},
        "task": {"id": 9, "name": "Design"},
        "external_reference": None,
        **fields,
    }


@transaction.atomic
def fill(
    mirror: Mirror, resource: str, *records: dict[str, Any] | str, parent_id: int | None = None, changed: str = ""
) -> list[Record]:
    """Each record takes the next position; one that is there already moves to it."""
    row = BY_NAME[resource]
    stream = Stream.objects.get(mirror=mirror, resource=resource)
    held = Mirror.objects.select_for_update().get(pk=mirror.pk)
    written = []
    for each in records:
        text = each if isinstance(each, str) else json.dumps(each, ensure_ascii=False, separators=(",", ":"))
        one = seen(row, Raw(text.encode()), parent_id)
        held.last_position += 1
        columns = dict(zip(RECORD_COLUMNS, record_row(row, one, lambda moment: moment), strict=True))
        record, _ = Record.objects.update_or_create(
            stream=stream,
            harvest_id=one.harvest_id,
            defaults={
                "mirror": mirror,
                "position": held.last_position,
                "digest": one.digest,
                "changed": changed,
                "first_seen_at": AT,
                "changed_at": AT,
                "read_at": AT,
                "deleted_at": None,
                "cause": "",
                "raw": one.raw,
                **columns,
            },
        )
        written.append(record)
    held.save(update_fields=["last_position"])
    mirror.last_position = held.last_position
    return written


@transaction.atomic
def bury(mirror: Mirror, resource: str, *ids: int, cause: str = Cause.DELETED) -> None:
    held = Mirror.objects.select_for_update().get(pk=mirror.pk)
    for number in ids:
        held.last_position += 1
        Record.objects.filter(stream__mirror=mirror, stream__resource=resource, harvest_id=number).update(
            position=held.last_position, changed="", deleted_at=AT, changed_at=AT, cause=cause
        )
    held.save(update_fields=["last_position"])
    mirror.last_position = held.last_position


def forget(mirror: Mirror) -> None:
    """What retention does: tombstones go."""
    rows = Record.objects.filter(mirror=mirror).exclude(deleted_at=None)
    through = max(rows.values_list("position", flat=True), default=0)
    rows.delete()
    Mirror.objects.filter(pk=mirror.pk).update(forgotten_through=through)


@transaction.atomic
def fill_many(mirror: Mirror, count: int, *, first: int = 1) -> None:
    """So many new time entries at once."""
    stream = Stream.objects.get(mirror=mirror, resource="time_entries")
    held = Mirror.objects.select_for_update().get(pk=mirror.pk)
    rows = []
    for number in range(first, first + count):
        one = seen(BY_NAME["time_entries"], Raw(json.dumps(entry(number)).encode()))
        columns = dict(zip(RECORD_COLUMNS, record_row(BY_NAME["time_entries"], one, lambda at: at), strict=True))
        times = {"first_seen_at": AT, "changed_at": AT, "read_at": AT}
        position = held.last_position + number - first + 1
        rows.append(
            Record(
                mirror=mirror,
                stream=stream,
                harvest_id=number,
                position=position,
                digest=one.digest,
                raw=one.raw,
                **times,
                **columns,
            )
        )
    Record.objects.bulk_create(rows, batch_size=500)
    held.last_position += count
    held.save(update_fields=["last_position"])
    mirror.last_position = held.last_position
