"""Who waits gives their database connection back: PostgreSQL's always, SQLite's files where many threads have some."""

from __future__ import annotations

import threading

import pytest
from django.db import connection as database
from django.db import transaction

from harvest_bridge.api import database_connections


@pytest.mark.django_db(transaction=True)
def test_with_many_threads_a_wait_holds_no_connection_whatever_the_database(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database_connections, "_MOST_THREADS_WITH_FILES", 0)
    database.ensure_connection()
    database_connections.let_go_of_database()
    assert database.connection is None


@pytest.mark.django_db(transaction=True)
def test_with_few_threads_sqlite_is_not_opened_anew_at_every_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database_connections, "_MOST_THREADS_WITH_FILES", threading.active_count())
    database.ensure_connection()
    database_connections.let_go_of_database()
    assert (database.connection is None) == (database.vendor == "postgresql")


@pytest.mark.django_db(transaction=True)
def test_a_transaction_keeps_its_connection() -> None:
    with transaction.atomic():
        database_connections.let_go_of_database()
        assert database.connection is not None
