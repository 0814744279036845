"""The database itself refuses to change or remove audit rows."""

from __future__ import annotations

from typing import Any

from django.db import migrations

from harvest_bridge.console.audit import guard


def install(apps: Any, schema_editor: Any) -> None:
    guard.install(schema_editor.connection)


def remove(apps: Any, schema_editor: Any) -> None:
    guard.remove(schema_editor.connection)


class Migration(migrations.Migration):
    dependencies = [("console", "0003_audit_chain")]

    operations = [migrations.RunPython(install, remove)]
