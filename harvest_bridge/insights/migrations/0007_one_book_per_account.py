import django.db.models.deletion
from django.db import migrations, models


def name_the_account(apps, schema_editor):
    """Of several books of one account the first names it; the others stay to be read, and pay nothing more."""
    seen = set()
    books = apps.get_model('insights', 'Book').objects.using(schema_editor.connection.alias)
    for book in books.select_related('connection').order_by('-last_sequence', 'pk'):
        account = (book.connection.host_app_id, book.connection.harvest_account_id)
        if account not in seen:
            books.filter(pk=book.pk).update(host_app_id=account[0], harvest_account_id=account[1])
        seen.add(account)


class Migration(migrations.Migration):

    dependencies = [
        ('connections', '0011_retry_right'),
        ('hosts', '0002_rights'),
        ('insights', '0006_nulls_are_the_same'),
    ]

    operations = [
        migrations.AddField(
            model_name='book',
            name='harvest_account_id',
            field=models.BigIntegerField(null=True),
        ),
        migrations.AddField(
            model_name='book',
            name='host_app',
            field=models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='hosts.hostapp'),
        ),
        migrations.RunPython(name_the_account, migrations.RunPython.noop),
        migrations.AddConstraint(
            model_name='book',
            constraint=models.UniqueConstraint(fields=('host_app', 'harvest_account_id'), name='one_book_per_harvest_account'),
        ),
    ]
