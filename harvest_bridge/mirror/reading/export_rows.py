"""Rows of an export, in batches that each begin after the last id of the one before."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any, NamedTuple

import msgspec

from harvest_bridge.api.database_connections import let_go_of_database
from harvest_bridge.mirror.models import Stream
from harvest_bridge.mirror.resources import BY_NAME

from .presentation import moment
from .query_parameters import Question
from .table_columns import COLUMNS, Column, Type

Json = dict[str, Any]
BATCH = 500
_encoder = msgspec.json.Encoder(decimal_format="number")
_decoder = msgspec.json.Decoder(dict[str, Any], float_hook=Decimal)


class Row(NamedTuple):
    harvest_id: int
    parent_id: int | None
    deleted_at: datetime | None
    cause: str
    raw: str


def batches(question: Question, stream: Stream) -> Iterator[list[Row]]:
    """By id. The database's connection is given back after each."""
    rows, last = question.rows(stream).order_by("harvest_id"), -(2**62)
    while True:
        found = [Row(*row) for row in rows.filter(harvest_id__gt=last).values_list(*Row._fields)[:BATCH]]
        let_go_of_database()
        if found:
            yield found
            last = found[-1].harvest_id
        if len(found) < BATCH:
            return


class Table:
    """The rows of one resource as cells.

    A child begins with the id of what it belongs to. Fields without a column, as Harvest may add some any day, stand
    together in `other_fields`; where tombstones are wanted, rows end with when and why.
    """

    def __init__(self, resource: str, *, with_deleted: bool) -> None:
        self._columns = COLUMNS[resource]
        self._parent = BY_NAME[resource].parent_field
        self._with_deleted = with_deleted
        self._known = _tree(column.path for column in self._columns)

    @property
    def columns(self) -> list[Column]:
        parent = [Column((self._parent,), Type.INT)] if self._parent else []
        ends = [Column(("deleted_at",), Type.MOMENT), Column(("deleted_cause",), Type.TEXT)]
        other = Column(("other_fields",), Type.JSON)
        return [*parent, *self._columns, other, *(ends if self._with_deleted else [])]

    def cells(self, row: Row) -> list[Any]:
        """Numbers as int or Decimal, lists as JSON text, everything else as Harvest wrote it."""
        record = record_of(row.raw)
        cells = [row.parent_id] if self._parent else []
        cells += [_cell(column.of(record)) for column in self._columns]
        cells.append(_cell(besides(record, self._known) or None))
        return [*cells, *((moment(row.deleted_at), row.cause or None) if self._with_deleted else ())]


def record_of(raw: str) -> dict[str, Any]:
    """With every text fit for UTF-8: half of a surrogate pair, which JSON allows, is a question mark."""
    try:
        return _decoder.decode(raw)
    except msgspec.DecodeError:
        read: dict[str, Any] = json.loads(raw, parse_float=Decimal)
        return _decoder.decode(json.dumps(read, ensure_ascii=False, default=str).encode(errors="replace"))


def _tree(paths: Iterable[tuple[str, ...]]) -> Json:
    """`(client, id), (client, name), (notes,)` as `{client: {id: {}, name: {}}, notes: {}}`."""
    found: Json = {}
    for path in paths:
        place = found
        for name in path:
            place = place.setdefault(name, {})
    return found


def besides(record: Mapping[str, Any], known: Json) -> Json:
    """What of a record stands in none of these columns."""
    found = {}
    for name, value in record.items():
        inner = known.get(name)
        if inner is None or (inner and value is not None and not isinstance(value, Mapping)):
            found[name] = value
        elif inner and value is not None and (more := besides(value, inner)):
            found[name] = more
    return found


def _cell(value: Any) -> Any:
    return _encoder.encode(value).decode() if isinstance(value, list | dict) else value
