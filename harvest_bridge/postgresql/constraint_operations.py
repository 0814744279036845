"""Foreign keys that cost more than they are worth."""

from __future__ import annotations

from typing import Any

from django.db.migrations.operations import AlterField


class DropForeignKey(AlterField):
    """Makes the field one with `db_constraint=False`; the column stays as it is.

    On PostgreSQL alone, where a trigger looks up the parent of each row that is written. SQLite could only write the
    whole table anew, and looks the parent up in no time.
    """

    def database_forwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        if schema_editor.connection.vendor == "postgresql":
            super().database_forwards(app_label, schema_editor, from_state, to_state)

    def database_backwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        if schema_editor.connection.vendor == "postgresql":
            super().database_backwards(app_label, schema_editor, from_state, to_state)
