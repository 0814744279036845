from __future__ import annotations

import django.db.models.deletion
from django.db import migrations, models


def delete_account_tokens(apps, schema_editor):  # type: ignore[no-untyped-def]
    """Nobody knows which keys made them; they live 15 minutes, and are asked for anew."""
    apps.get_model("connections", "IntegratedAccountToken").objects.all().delete()


class Migration(migrations.Migration):
    dependencies = [
        ("connections", "0004_common_back_off"),
        ("hosts", "0001_initial"),
    ]

    operations = [
        migrations.RunPython(delete_account_tokens, migrations.RunPython.noop),
        migrations.AddField(
            model_name="integratedaccounttoken",
            name="api_key",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="account_tokens", to="hosts.apikey"
            ),
        ),
        migrations.AddField(
            model_name="linktoken",
            name="api_key",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.CASCADE, related_name="+", to="hosts.apikey"
            ),
        ),
        migrations.AddField(
            model_name="linktoken",
            name="widget_key",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.CASCADE, related_name="+", to="hosts.widgetkey"
            ),
        ),
    ]
