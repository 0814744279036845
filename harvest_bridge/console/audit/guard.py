"""Triggers that refuse to change or remove audit rows in the database itself, whoever asks.

Migrations install them. A later migration that alters these tables on SQLite makes them anew, without triggers, so it
calls `install` again; `manage.py verifyaudit` says where one is missing.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.db import connection

_UNIQUE = {"console_auditentry": ("id", "uid"), "console_auditseal": ("position", "entry_id")}
TABLES = tuple(_UNIQUE)
_FUNCTION = "harvest_bridge_refuse_audit_change"
_SAYS = "Audit rows are never changed or removed."


def install(database: Any = connection) -> None:
    with database.cursor() as cursor:
        for statement in _postgresql() if database.vendor == "postgresql" else _sqlite():
            cursor.execute(statement)


def remove(database: Any = connection) -> None:
    """For tests, which empty their tables."""
    with database.cursor() as cursor:
        for table in TABLES:
            for kind in _KINDS[database.vendor]:
                on = f" ON {table}" if database.vendor == "postgresql" else ""
                cursor.execute(f"DROP TRIGGER IF EXISTS {table}_no_{kind}{on}")


def missing_guards() -> Iterator[str]:
    """A sentence for each trigger that is not there."""
    if connection.vendor == "postgresql":
        question = "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgenabled <> 'D'"
    else:
        question = "SELECT name FROM sqlite_master WHERE type = 'trigger'"
    with connection.cursor() as cursor:
        cursor.execute(question)
        there = {name for (name,) in cursor.fetchall()}
    for table in TABLES:
        for kind in _KINDS[connection.vendor]:
            if f"{table}_no_{kind}" not in there:
                remedy = "`manage.py verifyaudit --install-guards` sets it up"
                yield f"the guard of {table} against {kind}: missing; {remedy}"


_KINDS = {"sqlite": ("update", "delete", "replace"), "postgresql": ("update", "delete", "truncate")}


def _sqlite() -> Iterator[str]:
    for table in TABLES:
        first, second = _UNIQUE[table]
        for kind in ("update", "delete"):
            yield (
                f"CREATE TRIGGER IF NOT EXISTS {table}_no_{kind} BEFORE {kind.upper()} ON {table} "
                f"BEGIN SELECT RAISE(ABORT, '{_SAYS}'); END"
            )
        # INSERT OR REPLACE removes a row without asking the trigger for that.
        is_there = f"SELECT 1 FROM {table} WHERE {first} = NEW.{first} OR {second} = NEW.{second}"  # noqa: S608
        yield (
            f"CREATE TRIGGER IF NOT EXISTS {table}_no_replace BEFORE INSERT ON {table} WHEN EXISTS ({is_there}) "
            f"BEGIN SELECT RAISE(ABORT, '{_SAYS}'); END"
        )


def _postgresql() -> Iterator[str]:
    yield (
        f"CREATE OR REPLACE FUNCTION {_FUNCTION}() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{_SAYS}'; END $$"
    )
    for table in TABLES:
        for kind, rows in (("update", "ROW"), ("delete", "ROW"), ("truncate", "STATEMENT")):
            yield f"DROP TRIGGER IF EXISTS {table}_no_{kind} ON {table}"
            yield (
                f"CREATE TRIGGER {table}_no_{kind} BEFORE {kind.upper()} ON {table} "
                f"FOR EACH {rows} EXECUTE FUNCTION {_FUNCTION}()"
            )
