"""What a backup holds, told beside it: by this a restored database is proven to be the same."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

import msgspec
from django.apps import apps
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder

from harvest_bridge.crypto.rotation import sealed_fields
from harvest_bridge.version import version

FORMAT = 1
_VERSION_AND_DOT = len("hb1.")
_KEY_ID_LENGTH = 8


class Manifest(msgspec.Struct, frozen=True, kw_only=True):
    """Shape: `database` is `sqlite` or `postgresql`; `migrations` are `app.name`; `rows` counts by table; `sha256` is
    of the database's copy. `key_ids` names the keys that sealed secrets in it; the keys themselves are nowhere.
    """

    format: int
    made_at: datetime
    version: str
    database: str
    migrations: list[str]
    key_ids: list[str]
    rows: dict[str, int]
    bytes: int
    sha256: str


def told(cursor: Any, *, size: int, sha256: str) -> Manifest:
    """The manifest of what `cursor` sees, which is one snapshot."""
    return Manifest(
        format=FORMAT,
        made_at=datetime.now(UTC),
        version=version(),
        database=connection.vendor,
        migrations=applied(cursor),
        key_ids=key_ids(cursor),
        rows=row_counts(cursor, tables()),
        bytes=size,
        sha256=sha256,
    )


def applied(cursor: Any) -> list[str]:
    table = MigrationRecorder.Migration._meta.db_table
    return sorted(f"{app}.{name}" for app, name in _rows(cursor, f'SELECT app, name FROM "{table}"'))  # noqa: S608


def tables() -> list[str]:
    """Of every model, ours and the libraries'."""
    models = apps.get_models(include_auto_created=True)
    return [model._meta.db_table for model in models if model._meta.managed and not model._meta.proxy]


def row_counts(cursor: Any, tables: Iterable[str]) -> dict[str, int]:
    return {table: int(_rows(cursor, f'SELECT count(*) FROM "{table}"')[0][0]) for table in sorted(tables)}  # noqa: S608


def key_ids(cursor: Any) -> list[str]:
    """Of the keys that sealed something here."""
    found: set[str] = set()
    for field in sealed_fields():
        table, column = field.model._meta.db_table, field.model._meta.get_field(field.name).column  # type: ignore[union-attr]
        sql = (
            f'SELECT DISTINCT substr("{column}", {_VERSION_AND_DOT + 1}, {_KEY_ID_LENGTH}) '  # noqa: S608
            f'FROM "{table}" WHERE "{column}" <> \'\''
        )
        found |= {str(row[0]) for row in _rows(cursor, sql)}
    return sorted(found)


def _rows(cursor: Any, sql: str) -> list[tuple[Any, ...]]:
    cursor.execute(sql)
    return list(cursor.fetchall())
