"""The groups of the three roles. Their rights are given after every `migrate` (`console/roles.py`)."""

from __future__ import annotations

from typing import Any

from django.db import migrations

ROLES = ("Administrator", "Support", "Auditor")


def make_roles(apps: Any, schema_editor: Any) -> None:
    """Whoever is in a group of such a name that somebody else made must not gain rights by it: it gets another name."""
    groups = apps.get_model("auth", "Group").objects.using(schema_editor.connection.alias)
    for role in ROLES:
        for namesake in groups.filter(name=role):
            namesake.name = f"{role} (before roles)"
            namesake.save()
        groups.create(name=role)


class Migration(migrations.Migration):
    dependencies = [
        ("console", "0001_audit"),
        ("auth", "0012_alter_user_first_name_max_length"),
    ]

    operations = [migrations.RunPython(make_roles, migrations.RunPython.noop)]
