"""Bulk writes, in SQL that both databases take: Django's own would make one statement per few dozen rows."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any

from django.db import connection as database

from .columns import RECORD_COLUMNS, Row
from .typed_rows import TypedTable

_FIXED = (
    *("mirror_id", "stream_id", "harvest_id", "position", "digest", "changed", "first_seen_at", "changed_at"),
    *("read_at", "deleted_at", "cause", "missing_since"),
)
_ALL = (*_FIXED, *RECORD_COLUMNS, "raw")
_KEY = ("stream_id", "harvest_id")
_KEPT = (*_KEY, "mirror_id", "first_seen_at")


@lru_cache(maxsize=4096)  # two of the three of each row are the same for a whole page
def moment(value: datetime) -> Any:
    """As this database takes it in SQL of our own."""
    return database.ops.adapt_datetimefield_value(value)


def _upsert(table: str, columns: Sequence[str], key: Sequence[str], kept: Sequence[str]) -> str:
    """Names come from this app's own tuples alone."""
    listed, marks = ", ".join(f'"{name}"' for name in columns), ", ".join(["%s"] * len(columns))
    news = ", ".join(f'"{name}" = excluded."{name}"' for name in columns if name not in kept)
    conflict = ", ".join(f'"{name}"' for name in key)
    return f"INSERT INTO {table} ({listed}) VALUES ({marks}) ON CONFLICT ({conflict}) DO UPDATE SET {news}"  # noqa: S608


_UPSERT_RECORD = _upsert("mirror_record", _ALL, _KEY, _KEPT)
_TYPED_KEY = ("mirror_id", "harvest_id")


def upsert_records(rows: Sequence[Row]) -> None:
    """Shape: each row holds the values of all columns but the id, in the order of `_ALL`."""
    _execute_many(_UPSERT_RECORD, rows)


def upsert_typed(table: TypedTable, rows: Sequence[Row]) -> None:
    """Shape: each row begins with the mirror's id and the record's."""
    _execute_many(_upsert(table.name, (*_TYPED_KEY, *table.columns), _TYPED_KEY, _TYPED_KEY), rows)


def delete_typed(table: TypedTable, mirror_id: int, harvest_ids: Iterable[int]) -> None:
    statement = f"DELETE FROM {table.name} WHERE mirror_id = %s AND harvest_id = %s"  # noqa: S608 (our own name)
    _execute_many(statement, [(mirror_id, each) for each in harvest_ids])


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


def _execute_many(statement: str, rows: Sequence[Row]) -> None:
    if rows:
        with database.cursor() as cursor:
            cursor.executemany(statement, rows)
