import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models

from harvest_bridge.mirror.reading import bi_views


def make_views(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        for statement in bi_views.statements():
            schema_editor.execute(statement)


def drop_views(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(bi_views.drop_statement())


class Migration(migrations.Migration):
    dependencies = [
        ("connections", "0001_initial"),
        ("hosts", "0001_initial"),
        ("mirror", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="BiReader",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("role", models.CharField(max_length=63, unique=True)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                (
                    "host_app",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="bi_readers", to="hosts.hostapp"
                    ),
                ),
            ],
            options={"verbose_name": "BI reader"},
        ),
        migrations.RunPython(make_views, drop_views),
    ]
