"""How much a click and a look ask of the database, for somebody whom this process has answered before."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import connection as database
from rest_framework.test import APIClient

from harvest_bridge.api import admissions
from harvest_bridge.connections.models import Connection

from .test_clicks import start, stop
from .test_walk import Always

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def known(carmen: APIClient, pick: dict[str, int], monkeypatch: pytest.MonkeyPatch) -> APIClient:
    admission = admissions.Admission(None, frozenset(Connection.objects.values_list("pk", flat=True)))
    monkeypatch.setattr(admissions, "_current", Always(admission))
    stop(carmen, start(carmen, pick).json()["state"]["running"]["entry_id"])
    return carmen


@contextmanager
def asked() -> Iterator[list[str]]:
    """The statements of this thread but for those that only begin a transaction."""
    statements: list[str] = []

    def note(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if not sql.startswith(("BEGIN", "PRAGMA")):
            statements.append(sql)
        return execute(sql, params, many, context)

    with database.execute_wrapper(note):
        yield statements


def test_a_click_takes_at_most_a_dozen_statements(known: APIClient, pick: dict[str, int]) -> None:
    with asked() as of_start:
        started = start(known, pick)
    with asked() as of_stop:
        stopped = stop(known, started.json()["state"]["running"]["entry_id"])
    assert (started.status_code, stopped.status_code) == (201, 200)
    assert len(of_start) <= 13, of_start
    assert len(of_stop) <= 11, of_stop


def test_a_look_takes_two_statements_while_nothing_waits(known: APIClient) -> None:
    assert known.get("/timer/state").status_code == 200
    with asked() as statements:
        state = known.get("/timer/state").json()
    assert (state["clicks"], state["notices"], state["forgotten"]) == ([], [], [])
    assert len(statements) <= 2, statements
