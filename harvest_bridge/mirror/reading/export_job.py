"""One export from its question to its parts."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from django.utils import timezone

from harvest_bridge.api.callers import Caller
from harvest_bridge.api.query_kinds import one_of, read_parameter
from harvest_bridge.api.query_lists import parsed_query
from harvest_bridge.mirror import queries
from harvest_bridge.mirror.models import Stream
from harvest_bridge.mirror.resources import Resource

from .access import admitted
from .csv_export import csv_parts
from .export_rows import Row, Table, batches
from .filters import FILTERS
from .positions import Position
from .presentation import moment, record_text
from .query_parameters import Question, question_of
from .xlsx_export import require_fitting, write_xlsx

MEDIA_TYPES = {
    "ndjson": "application/x-ndjson",
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
_FORMAT = one_of(*MEDIA_TYPES)
_PART_BYTES = 256 * 1024


@dataclass(frozen=True)
class ExportJob:
    """Shape: `parts` gives the file piece by piece; each may read the database. `close` must follow."""

    caller: Caller
    media_type: str
    headers: dict[str, str]
    parts: Iterator[bytes]
    close: Callable[[], None]


def begin_export(token: str, resource_name: str, query: str) -> ExportJob:
    """All that can be refused is refused here, before the first byte.

    Errors: those of `admitted`, UnknownMirrorResource, NotMirrored, InvalidRequest, TooManyRows.
    """
    given = parsed_query(query)
    caller, connection = admitted(token, str(given.get("integrated_account_id", "")))
    resource = queries.resource_named(resource_name)
    known = (*FILTERS[resource.name], "deleted")
    question = question_of(resource, given, besides=("format",), only=known)
    kind = read_parameter("format", _FORMAT, given["format"]) if "format" in given else None
    mirror = queries.mirror_of(connection)
    stream = queries.stream_of(mirror, resource.name)
    headers = {
        "Cache-Control": "no-store",
        "Content-Disposition": f'attachment; filename="{resource.name}-{timezone.now():%Y-%m-%d}.{kind or "ndjson"}"',
        "Harvest-Bridge-As-Of": moment(stream.as_of) or "",
        "Harvest-Bridge-Stream-State": stream.state,
        "Harvest-Bridge-Position": str(Position().at(mirror.last_position, mirror)),
    }
    parts, close = _parts(kind or "ndjson", question, stream)
    return ExportJob(caller, MEDIA_TYPES[kind or "ndjson"], headers, parts, close)


def _parts(kind: str, question: Question, stream: Stream) -> tuple[Iterator[bytes], Callable[[], None]]:
    table = Table(stream.resource, with_deleted=question.deleted is not False)
    rows = batches(question, stream)
    if kind == "xlsx":
        return _xlsx(question, stream, table, rows)
    return (csv_parts(table, rows) if kind == "csv" else _ndjson(question.resource, rows)), lambda: None


def _ndjson(resource: Resource, batches: Iterable[list[Row]]) -> Iterator[bytes]:
    """Each record as in lists, one a line; a line break between its fields, if ever there is one, is a blank."""
    for batch in batches:
        texts = (record_text(resource, row.raw, row.parent_id, row.deleted_at, row.cause) for row in batch)
        yield "".join(text.replace("\n", " ") + "\n" for text in texts).encode()


def _xlsx(
    question: Question, stream: Stream, table: Table, rows: Iterable[list[Row]]
) -> tuple[Iterator[bytes], Callable[[], None]]:
    """A workbook is a ZIP whose directory stands at its end: it is made whole, in a file, before it is sent."""
    require_fitting(question.rows(stream).count(), stream.resource)
    folder = Path(tempfile.mkdtemp(prefix="hb-export-"))

    def close() -> None:
        shutil.rmtree(folder, ignore_errors=True)

    try:
        write_xlsx(folder / "export.xlsx", stream.resource, table, rows)
    except BaseException:
        close()
        raise
    return _pieces(folder / "export.xlsx"), close


def _pieces(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while piece := file.read(_PART_BYTES):
            yield piece
