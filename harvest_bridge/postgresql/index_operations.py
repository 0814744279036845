"""Indexes of large tables, built while others go on writing."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db.migrations.operations import AddIndex


class AddIndexConcurrently(AddIndex):
    """On PostgreSQL `CREATE INDEX CONCURRENTLY`, which needs `atomic = False`; on SQLite, as ever.

    It waits for transactions that began before it, longer than `migrate` lets others wait for a lock, as nobody waits
    behind it. What a build that broke off left behind is built anew.
    """

    def database_forwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        if schema_editor.connection.vendor != "postgresql":
            super().database_forwards(app_label, schema_editor, from_state, to_state)
            return
        model = to_state.apps.get_model(app_label, self.model_name)
        if self.allow_migrate_model(schema_editor.connection.alias, model):
            with _no_lock_timeout(schema_editor.connection):
                if not schema_editor.collect_sql:
                    _drop_invalid(schema_editor.connection, self.index.name)
                schema_editor.add_index(model, self.index, concurrently=True)

    def database_backwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        if schema_editor.connection.vendor != "postgresql":
            super().database_backwards(app_label, schema_editor, from_state, to_state)
            return
        model = from_state.apps.get_model(app_label, self.model_name)
        if self.allow_migrate_model(schema_editor.connection.alias, model):
            with _no_lock_timeout(schema_editor.connection):
                schema_editor.remove_index(model, self.index, concurrently=True)


@contextmanager
def _no_lock_timeout(connection: Any) -> Iterator[None]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('lock_timeout')")
        (before,) = cursor.fetchone()
        cursor.execute("SELECT set_config('lock_timeout', '0', false)")
        try:
            yield
        finally:
            cursor.execute("SELECT set_config('lock_timeout', %s, false)", [before])


def _drop_invalid(connection: Any, name: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_index WHERE indexrelid = to_regclass(%s) AND NOT indisvalid", [name])
        if cursor.fetchone():
            cursor.execute(f"DROP INDEX CONCURRENTLY {connection.ops.quote_name(name)}")
