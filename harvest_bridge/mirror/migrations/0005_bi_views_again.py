from django.db import migrations

from harvest_bridge.mirror.reading import bi_views


def make_views(apps, schema_editor):
    """With the columns of today; whoever may read them goes on doing so."""
    if schema_editor.connection.vendor == "postgresql":
        for statement in bi_views.statements():
            schema_editor.execute(statement)
        for role in apps.get_model("mirror", "BiReader").objects.values_list("role", flat=True):
            schema_editor.execute(bi_views.grant_statement(role))


class Migration(migrations.Migration):
    dependencies = [("mirror", "0004_children_in_turn")]

    operations = [migrations.RunPython(make_views, migrations.RunPython.noop)]
