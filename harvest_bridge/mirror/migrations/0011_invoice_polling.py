from django.db import migrations, models

import harvest_bridge.stored_json


class Migration(migrations.Migration):
    dependencies = [("mirror", "0010_runs_that_wait")]

    operations = [
        migrations.AddField(
            model_name="stream",
            name="moves_updated_at",
            field=models.BooleanField(help_text="Payments were seen to move it.", null=True),
        ),
        migrations.AddField(
            model_name="stream",
            name="watched",
            field=harvest_bridge.stored_json.StoredJSONField(
                help_text="What that list was, where its pages begin (`invoice_polling`).", null=True
            ),
        ),
        migrations.AddField(
            model_name="touch",
            name="was_not_found",
            field=models.BooleanField(null=True),
        ),
        migrations.AlterField(
            model_name="stream",
            name="open_pages",
            field=models.PositiveSmallIntegerField(default=1, help_text="How many calls its last list took."),
        ),
        migrations.AlterField(
            model_name="stream",
            name="opened_at",
            field=models.DateTimeField(help_text="When the open-invoices pass was last done.", null=True),
        ),
    ]
