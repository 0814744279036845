"""One page of a list of the mirror, with the cursors that lead on and back."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from msgspec import Raw

from harvest_bridge.api.cursors import decode_cursor, encode_cursor
from harvest_bridge.api.envelopes import list_envelope
from harvest_bridge.mirror.models import Record, Stream
from harvest_bridge.mirror.streams import serialize_stream

from .presentation import moment, record_text
from .query_parameters import Question

Json = dict[str, Any]
Row = tuple[str, int | None, datetime | None, str, Any, int]


def page_of(question: Question, stream: Stream, *, cursor: str, limit: int) -> Json:
    """The list envelope, with `as_of` and `stream` beside. Errors: InvalidRequest for the cursor of another list."""
    list_id = f"mirror {stream.pk} {question.identity}"
    place = decode_cursor(cursor, list_id=list_id)
    goes_back = bool(place and place[0] == "before")
    rows, has_more = _read(question, stream, place, goes_back=goes_back, limit=limit)
    has_before, has_after = (has_more, True) if goes_back else (place is not None, has_more)

    def led(way: str, row: Row) -> str:
        return encode_cursor([way, _plain(row[4]), row[5]], list_id=list_id)

    envelope = list_envelope(
        [Raw(record_text(question.resource, *row[:4])) for row in rows],
        limit=limit,
        next_cursor=led("after", rows[-1]) if rows and has_after else None,
        prev_cursor=led("before", rows[0]) if rows and has_before else None,
    )
    return envelope | {"as_of": moment(stream.as_of), "stream": serialize_stream(stream)}


def _read(question: Question, stream: Stream, place: Any, *, goes_back: bool, limit: int) -> tuple[list[Row], bool]:
    """The rows in the list's own order, and whether there are more in the direction of reading."""
    sorting = question.sorting.reversed() if goes_back else question.sorting
    rows: QuerySet[Record] = sorting.ordered(question.rows(stream))
    if place is not None:
        at = datetime.fromisoformat(place[1]) if sorting.key == "updated_at" else place[1]
        rows = sorting.after(rows, at, place[2])
    names: tuple[Any, ...] = ("raw", "parent_id", "deleted_at", "cause", "at", "harvest_id")
    found: list[Row] = list(rows.values_list(*names)[: limit + 1])
    kept = found[:limit]
    return (kept[::-1] if goes_back else kept), len(found) > limit


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else value
