"""A database that was restarted costs nobody a request: a connection is looked at before it is used again."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psycopg
import pytest

from tests.processes import Bridge, running_bridge


@pytest.fixture
def bridge(tmp_path: Path) -> Iterator[Bridge]:
    with running_bridge(tmp_path, harvest_url="http://127.0.0.1:9") as one:
        yield one


def statuses(bridge: Bridge) -> list[int]:
    """Of as many requests at once as the pool has connections."""
    with ThreadPoolExecutor(10) as callers:
        return [*callers.map(lambda _: bridge.api.get("/integrated-account").status_code, range(20))]


def cut_connections(database_url: str) -> None:
    """On SQLite there is nothing to cut."""
    if database_url.startswith("sqlite"):
        return
    with psycopg.connect(database_url, autocommit=True) as operator:
        operator.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )


def test_requests_after_the_database_lost_its_connections_are_answered(bridge: Bridge) -> None:
    assert set(statuses(bridge)) == {200}
    cut_connections(bridge.environment["DATABASE_URL"])
    assert set(statuses(bridge)) == {200}
