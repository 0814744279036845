import django.db.models.deletion
from django.db import migrations, models

from harvest_bridge.postgresql.constraint_operations import DropForeignKey


def parent(model: str, related_name: str) -> models.Field:
    return models.ForeignKey(
        to=f"mirror.{model}",
        on_delete=django.db.models.deletion.CASCADE,
        db_index=False,
        db_constraint=False,
        related_name=related_name,
    )


class Migration(migrations.Migration):
    dependencies = [("mirror", "0011_invoice_polling")]

    operations = [
        DropForeignKey(model_name="record", name="mirror", field=parent("mirror", "records")),
        DropForeignKey(model_name="record", name="stream", field=parent("stream", "records")),
        DropForeignKey(model_name="timeentry", name="mirror", field=parent("mirror", "time_entries")),
    ]
