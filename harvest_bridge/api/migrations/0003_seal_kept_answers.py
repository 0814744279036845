"""Answers that are kept for repeated writes are sealed, those that are there included."""

from __future__ import annotations

from typing import Any

from django.db import migrations

from harvest_bridge.crypto.ring import key_ring


def seal(apps: Any, schema_editor: Any) -> None:
    for row in apps.get_model("api", "IdempotentWrite").objects.exclude(sealed_body=""):
        row.sealed_body = key_ring().seal(row.sealed_body, bound_to=f"answer to {row.slot}")
        row.save(update_fields=["sealed_body"])


class Migration(migrations.Migration):
    dependencies = [("api", "0002_request_log")]

    operations = [
        migrations.RenameField("idempotentwrite", "body", "sealed_body"),
        migrations.RunPython(seal),
    ]
