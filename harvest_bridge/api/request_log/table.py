"""Inserts request log rows in bulk, past the ORM."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC
from typing import Any

from django.db import connection, transaction

from harvest_bridge.api.models import RequestRecord

from .rows import Row

_TABLE = RequestRecord._meta.db_table
_NAMES = ", ".join(Row._fields)
_INSERT = f"INSERT INTO {_TABLE} ({_NAMES}) VALUES ({', '.join(['%s'] * len(Row._fields))})"  # noqa: S608 (our names)
_COPY = f"COPY {_TABLE} ({_NAMES}) FROM STDIN"


def write(rows: Sequence[Row]) -> None:
    """All of them or none. Errors: DatabaseError."""
    with transaction.atomic(), connection.cursor() as cursor:
        if connection.vendor != "postgresql":
            cursor.executemany(_INSERT, [_for_sqlite(row) for row in rows])
            return
        with cursor.copy(_COPY) as copy:
            for row in rows:
                copy.write_row(row)


def close() -> None:
    """Give this thread's connection back: the log writes now and then, a pool has few."""
    if not connection.in_atomic_block:
        connection.close()


def _for_sqlite(row: Row) -> tuple[Any, ...]:
    """Times and ids as Django keeps them there."""
    at = row.at.astimezone(UTC).replace(tzinfo=None).isoformat(" ")
    ids = {name: value.hex for name in ("host_app_id", "connection_id") if (value := getattr(row, name)) is not None}
    return tuple((row._asdict() | ids | {"at": at}).values())
