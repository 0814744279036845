from __future__ import annotations

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('hosts', '0001_initial'),
        ('timer_widget', '0003_more_kinds_of_clicks'),
    ]

    operations = [
        migrations.AddField(
            model_name='timersession',
            name='widget_key',
            field=models.ForeignKey(help_text='Signed the token that bought this session, which ends with it; none where people sign in by popup.', null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='hosts.widgetkey'),
        ),
    ]
