"""Stretches of the feed: rows of `Record` by their position, as answers write them."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

import msgspec

from harvest_bridge.mirror.models import Mirror, Record, Stream
from harvest_bridge.mirror.record_ids import parent_fields, public_id
from harvest_bridge.mirror.resources import BY_NAME

from .presentation import moment

# One page holds as much at most, and a batch more: rows are read in batches, so that none is held that is not sent.
_MOST_BYTES = 8 * 2**20
_BATCH = 500


class Change(NamedTuple):
    """One record at its newest."""

    position: int
    stream_id: int
    harvest_id: int
    parent_id: int | None
    changed: str
    changed_at: datetime
    first_seen_at: datetime
    deleted_at: datetime | None
    cause: str
    raw: str


@dataclass(frozen=True)
class Stretch:
    """Changes after `begin`, and whether there were more than fit. `end` is where the next begins."""

    changes: list[Change]
    end: int
    is_cut: bool


def streams_by_id(mirror: Mirror, resources: Collection[str] = ()) -> dict[int, Stream]:
    """Those of these resources; all, where none is named."""
    rows = Stream.objects.filter(mirror=mirror)
    return {row.pk: row for row in (rows.filter(resource__in=resources) if resources else rows)}


def stretch(
    mirror: Mirror,
    *,
    after: int,
    through: int,
    limit: int,
    streams: Collection[int] | None = None,
    is_live: bool = False,
) -> Stretch:
    """Of all streams, where none are named; `is_live` leaves tombstones out.

    `through` was the mirror's last position before this: every number up to it is committed, so nothing before `end`
    can come later. What is met beyond it is left for the next stretch.
    """
    rows = Record.objects.filter(mirror=mirror, position__lte=through).order_by("position")
    if streams is not None:
        rows = rows.filter(stream__in=streams)
    if is_live:
        rows = rows.filter(deleted_at=None)
    found: list[Change] = []
    size, last = 0, after
    while len(found) < limit and size < _MOST_BYTES:
        batch = rows.filter(position__gt=last).values_list(*Change._fields)[: min(_BATCH, limit - len(found))]
        read = [Change._make(row) for row in batch]
        if not read:
            return Stretch(found, max(after, through), is_cut=False)
        found += read
        size += sum(len(one.raw) for one in read)
        last = read[-1].position
    return Stretch(found, last, is_cut=True)


def change_kind(change: Change) -> str:
    if change.deleted_at is not None:
        return "deleted"
    return "updated" if change.changed else "created"


def change_texts(changes: Collection[Change], streams: dict[int, Stream]) -> Iterator[str]:
    """Each as JSON; the record's bytes stand in it as Harvest sent them, a tombstone has none."""
    resources = {key: BY_NAME[stream.resource] for key, stream in streams.items()}
    for one in changes:
        resource = resources[one.stream_id]
        head = {
            "position": one.position,
            "resource": resource.name,
            "id": public_id(resource, one.harvest_id, one.parent_id),
            **parent_fields(resource, one.parent_id),
            "change": change_kind(one),
            "changed": one.changed.split(",") if one.changed else [],
            "changed_at": moment(one.changed_at),
            "deleted_at": moment(one.deleted_at),
            "deleted_cause": one.cause or None,
        }
        record = "null" if one.deleted_at is not None else one.raw
        yield f'{_json(head)[:-1]},"record":{record}}}'


def item_texts(changes: Collection[Change], streams: dict[int, Stream], *, is_mixed: bool) -> Iterator[str]:
    """Each as an item of RPDE. Ids are Harvest's; where several resources share a feed, the kind stands before them, as
    ids of different kinds may be the same number."""
    resources = {key: BY_NAME[stream.resource] for key, stream in streams.items()}
    for one in changes:
        resource = resources[one.stream_id]
        kind, shown = resource.object_type, public_id(resource, one.harvest_id, one.parent_id)
        is_gone = one.deleted_at is not None
        head = _json(
            {
                "state": "deleted" if is_gone else "updated",
                "kind": kind,
                "id": f"{kind}/{shown}" if is_mixed else shown,
                "modified": one.position,
                **parent_fields(resource, one.parent_id),
            }
        )
        yield head if is_gone else f'{head[:-1]},"data":{one.raw}}}'


def _json(value: object) -> str:
    return msgspec.json.encode(value).decode()
