"""What a test has committed is deleted after it, and nothing else.

Django's own way empties all hundred tables and makes permissions and content types anew: a tenth of a second, on
PostgreSQL a whole one. Here the rows that migrations made stay.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.apps import apps
from django.db import connection, transaction
from django.test import TransactionTestCase


@contextmanager
def deleting_what_tests_commit() -> Iterator[None]:
    """Begins on a database that no test has seen."""
    last_ids = {table: _last_id(table) for table in _filled_tables()}

    def delete(_: TransactionTestCase) -> None:
        quote = connection.ops.quote_name
        with transaction.atomic(), connection.cursor() as cursor:  # foreign keys are checked at its end
            for table in _filled_tables():
                if table in last_ids:
                    cursor.execute(f"DELETE FROM {quote(table)} WHERE id > %s", [last_ids[table]])
                else:
                    cursor.execute(f"DELETE FROM {quote(table)}")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", delete)
        yield


def _filled_tables() -> list[str]:
    models = apps.get_models(include_auto_created=True)
    tables = {model._meta.db_table for model in models if model._meta.managed}
    quote = connection.ops.quote_name
    questions = (f"SELECT '{table}' WHERE EXISTS (SELECT 1 FROM {quote(table)})" for table in sorted(tables))
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(questions))
        return [table for (table,) in cursor.fetchall()]


def _last_id(table: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT max(id) FROM {connection.ops.quote_name(table)}")
        found: int = cursor.fetchone()[0]
        return found
