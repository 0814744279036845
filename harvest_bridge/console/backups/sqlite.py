"""Copying by SQLite's own backup call, which is consistent while others write."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from django.db import connection

from .errors import NotABackup


@contextmanager
def copied(target: Path) -> Iterator[Any]:
    """Copies to `target`; yields a cursor on the copy."""
    with closing(sqlite3.connect(_database())) as source, closing(sqlite3.connect(target)) as copy:
        source.backup(copy, pages=-1)
        yield copy.cursor()


def has_data() -> bool:
    return _database().exists() and bool(connection.introspection.table_names())


def empty() -> None:
    """The file is replaced whole, so nothing has to go first."""


@contextmanager
def restored(copy: Path) -> Iterator[Any]:
    """Looked at where it lies, and moved into place when the caller found nothing wrong. Errors: NotABackup."""
    database = _database()
    connection.close()
    connection.settings_dict["NAME"] = str(copy)
    try:
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA integrity_check")
            if (said := cursor.fetchone()[0]) != "ok":
                raise NotABackup(f"The backup's database is damaged: {said}")
            yield cursor
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    finally:
        connection.close()
        connection.settings_dict["NAME"] = str(database)
    for beside in ("-wal", "-shm"):
        Path(f"{database}{beside}").unlink(missing_ok=True)
        Path(f"{copy}{beside}").unlink(missing_ok=True)
    copy.replace(database)


def _database() -> Path:
    return Path(str(connection.settings_dict["NAME"]))
