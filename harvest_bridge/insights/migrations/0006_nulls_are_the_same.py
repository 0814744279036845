"""Two nulls are the same to these constraints on SQLite too, which knows no NULLS NOT DISTINCT."""

import datetime
import django.db.models.functions.comparison
from django.db import migrations, models


def keep_the_newest(apps, schema_editor):
    """Of rows that SQLite let in twice, the one that was written last."""
    for name, fields in (
        ('CapacityStep', ('connection_id', 'harvest_user_id', 'starts_on')),
        ('WorkTerms', ('connection_id', 'harvest_user_id', 'role', 'starts_on')),
    ):
        seen = set()
        rows = apps.get_model('insights', name).objects.using(schema_editor.connection.alias)
        for pk, *key in rows.order_by('-pk').values_list('pk', *fields):
            if tuple(key) in seen:
                rows.filter(pk=pk).delete()
            seen.add(tuple(key))


class Migration(migrations.Migration):

    dependencies = [
        ('connections', '0011_retry_right'),
        ('insights', '0005_payouts'),
    ]

    operations = [
        migrations.RunPython(keep_the_newest, migrations.RunPython.noop),
        migrations.RemoveConstraint(
            model_name='capacitystep',
            name='one_capacity_from_a_day',
        ),
        migrations.RemoveConstraint(
            model_name='workterms',
            name='one_work_terms_from_a_day',
        ),
        migrations.AddConstraint(
            model_name='capacitystep',
            constraint=models.UniqueConstraint(models.F('connection'), models.F('harvest_user_id'), django.db.models.functions.comparison.Coalesce('starts_on', datetime.date(1, 1, 1)), name='one_capacity_from_a_day'),
        ),
        migrations.AddConstraint(
            model_name='workterms',
            constraint=models.UniqueConstraint(models.F('connection'), django.db.models.functions.comparison.Coalesce('harvest_user_id', 0), models.F('role'), django.db.models.functions.comparison.Coalesce('starts_on', datetime.date(1, 1, 1)), name='one_work_terms_from_a_day'),
        ),
    ]
