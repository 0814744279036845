from django.db import migrations, models
from django.utils import timezone


class Migration(migrations.Migration):
    dependencies = [("webhooks", "0001_initial")]

    operations = [
        migrations.CreateModel(
            name="DeliveryTotals",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("delivered", models.BigIntegerField(default=0)),
                ("failed", models.BigIntegerField(default=0)),
                ("dispatcher_seen_at", models.DateTimeField(default=timezone.now)),
            ],
            options={"verbose_name_plural": "delivery totals"},
        ),
    ]
