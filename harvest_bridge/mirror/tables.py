"""Bulk writes: COPY on PostgreSQL, where a statement for each row takes three times as long; else `executemany`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any

from django.db import connection as database

from .columns import RECORD_COLUMNS, Row
from .sql_lookups import all_of
from .typed_rows import TypedTable

RECORDS = "mirror_record"
_FIXED = (
    *("mirror_id", "stream_id", "harvest_id", "position", "digest", "changed", "first_seen_at", "changed_at"),
    *("read_at", "deleted_at", "cause", "missing_since"),
)
_ALL = (*_FIXED, *RECORD_COLUMNS, "raw")


@lru_cache(maxsize=4096)  # two of the three of each row are the same for a whole page
def moment(value: datetime) -> Any:
    """As this database takes it in SQL of our own."""
    return database.ops.adapt_datetimefield_value(value)


def insert_records(rows: Sequence[Row]) -> None:
    """Shape: each row holds the values of all columns but the id, in the order of `_ALL`."""
    _insert(RECORDS, _ALL, rows)


def replace_records(rows: Sequence[Row]) -> None:
    """Shape: the same with the id before it, of a row that is there."""
    _delete(RECORDS, "id", [row[0] for row in rows])
    _insert(RECORDS, ("id", *_ALL), rows)


def insert_typed(table: TypedTable, mirror_id: int, rows: Sequence[Row]) -> None:
    """Of records that have no row there. Shape: each begins with the record's id."""
    _insert(table.name, ("mirror_id", "harvest_id", *table.columns), [(mirror_id, *row) for row in rows])


def delete_typed(table: TypedTable, mirror_id: int, harvest_ids: Sequence[int]) -> None:
    _delete(table.name, "harvest_id", harvest_ids, "mirror_id = %s AND ", mirror_id)


_REFRESH = "UPDATE mirror_record SET raw = %s, digest = %s, updated_at = %s, read_at = %s WHERE id = %s"
_BURY = """
    UPDATE mirror_record SET position = %s, changed = '', changed_at = %s, read_at = %s, deleted_at = %s, cause = %s,
        missing_since = NULL
    WHERE id = %s"""


def refresh_records(rows: Sequence[Row]) -> None:
    """New bytes at the old number: (raw, digest, updated_at, read_at, id)."""
    _execute_many(_REFRESH, rows)


def bury_records(rows: Sequence[Row]) -> None:
    """Tombstones: (position, changed_at, read_at, deleted_at, cause, id)."""
    _execute_many(_BURY, rows)


def _delete(table: str, column: str, ids: Sequence[int], where: str = "", *params: Any) -> None:
    """Names come from this app's own tuples alone."""
    if ids:
        condition, given = all_of(database.vendor, ids)
        with database.cursor() as cursor:
            cursor.execute(f"DELETE FROM {table} WHERE {where}{column} {condition}", (*params, given))  # noqa: S608


def _insert(table: str, columns: Sequence[str], rows: Sequence[Row]) -> None:
    listed = ", ".join(f'"{name}"' for name in columns)
    if not rows:
        return
    if database.vendor == "postgresql":
        _copy(f"COPY {table} ({listed}) FROM STDIN", rows)
    else:
        marks = ", ".join(["%s"] * len(columns))
        _execute_many(f"INSERT INTO {table} ({listed}) VALUES ({marks})", rows)  # noqa: S608


def _copy(statement: str, rows: Iterable[Row]) -> None:
    cursor: Any
    with database.wrap_database_errors, database.cursor() as cursor, cursor.copy(statement) as copy:
        for row in rows:
            copy.write_row(row)


def _execute_many(statement: str, rows: Sequence[Row]) -> None:
    if rows:
        with database.cursor() as cursor:
            cursor.executemany(statement, rows)
