from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("mirror", "0009_records_by_update")]

    operations = [
        migrations.AddField(
            model_name="run",
            name="waits_until",
            field=models.DateTimeField(help_text="Other runs go on until then.", null=True),
        ),
    ]
