"""Copying with PostgreSQL's own programs, from one exported snapshot."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.db import connection, transaction
from psycopg import sql

from .errors import BackupError, ToolMissing


@contextmanager
def copied(target: Path) -> Iterator[Any]:
    """Dumps to `target`; yields a cursor on the very snapshot that was dumped. Errors: BackupError."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        cursor.execute("SELECT pg_export_snapshot()")
        snapshot = cursor.fetchone()[0]
        _run(
            "pg_dump", "--format=custom", "--no-owner", "--no-privileges", f"--snapshot={snapshot}", f"--file={target}"
        )
        yield cursor


def has_data() -> bool:
    return bool(connection.introspection.table_names())


def empty() -> None:
    """Everything goes, the schema of the BI views too."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT nspname FROM pg_namespace WHERE nspname !~ '^pg_' AND nspname <> 'information_schema'")
        for (schema,) in cursor.fetchall():
            cursor.execute(sql.SQL("DROP SCHEMA {} CASCADE").format(sql.Identifier(schema)))
        cursor.execute("CREATE SCHEMA public")


@contextmanager
def restored(copy: Path) -> Iterator[Any]:
    """In one transaction of pg_restore's. Errors: BackupError."""
    connection.close()
    _run("pg_restore", "--no-owner", "--no-privileges", "--single-transaction", "--exit-on-error", str(copy))
    with connection.cursor() as cursor:
        yield cursor


def _run(program: str, *argv: str) -> None:
    found = shutil.which(program) or _debian_s(program)
    if found is None:
        raise ToolMissing(f"{program} is not here: install PostgreSQL's client programs (Debian: postgresql-client).")
    database = _database()
    where = [f"--dbname={database['PGDATABASE']}"] if program == "pg_restore" else []
    done = subprocess.run([found, *where, *argv], env=os.environ | database, capture_output=True, text=True)  # noqa: S603
    if done.returncode != 0:
        raise BackupError(f"{program} failed: {done.stderr.strip()}")


def _debian_s(program: str) -> str | None:
    """Where Debian puts them that are for one version of the server."""
    found = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{program}"))
    return str(found[-1]) if found else None


def _database() -> dict[str, str]:
    """The connection as libpq's variables: no password in anybody's list of processes."""
    given = connection.settings_dict
    names = {"PGHOST": "HOST", "PGPORT": "PORT", "PGUSER": "USER", "PGPASSWORD": "PASSWORD", "PGDATABASE": "NAME"}
    return {variable: str(given[name]) for variable, name in names.items() if given[name]}
