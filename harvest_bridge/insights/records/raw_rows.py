"""The records of one resource, decoded into a record of ours; what contradicts its type is left out, not guessed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeVar

import msgspec

from harvest_bridge.mirror.models import Mirror
from harvest_bridge.mirror.queries import records_of

T = TypeVar("T", bound=msgspec.Struct)


class Named(msgspec.Struct, frozen=True):
    """A reference of Harvest's: `{"id": 5, "name": "Website"}`."""

    id: int
    name: str | None = None
    code: str | None = None
    currency: str | None = None


def decoded(mirror: Mirror, resource: str, kind: type[T], *, with_deleted: bool = False) -> Iterator[tuple[int, T]]:
    """Each live record with its id, and its parts that fit `kind`; tombstones too where asked for."""
    rows = records_of(mirror, resource)
    rows = rows if with_deleted else rows.filter(deleted_at=None)
    decoder = msgspec.json.Decoder(kind)
    for harvest_id, raw in rows.order_by("harvest_id").values_list("harvest_id", "raw"):
        yield harvest_id, _read(decoder, kind, raw)


def _read(decoder: msgspec.json.Decoder[T], kind: type[T], raw: str) -> T:
    try:
        return decoder.decode(raw)
    except msgspec.ValidationError:
        given = msgspec.json.decode(raw)
        fitting = {}
        for field in msgspec.structs.fields(kind):
            try:
                fitting[field.name] = msgspec.convert(given[field.name], field.type, strict=False)
            except (msgspec.ValidationError, KeyError):
                continue
        return kind(**fitting)
