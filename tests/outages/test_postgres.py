"""PostgreSQL is away, or stands still: a 503 in time, and the first call after it is back succeeds."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest

from harvest_bridge.sandbox.testing import RunningSandbox
from tests.databases import on_a_server
from tests.processes import Bridge, running_bridge
from tests.proxy.drop_in.conftest import link_account
from tests.services import PostgresServer, postgres_server

pytestmark = pytest.mark.skipif(not on_a_server(), reason="runs where there is a migrated database to copy")

Do = Callable[[PostgresServer], None]
AWAY = [
    pytest.param(PostgresServer.stop, PostgresServer.start, id="stopped"),
    pytest.param(PostgresServer.freeze, PostgresServer.thaw, id="frozen"),
]


@pytest.fixture(scope="module")
def server() -> Iterator[PostgresServer]:
    with postgres_server() as one:
        yield one


@pytest.fixture(scope="module")
def bridge(
    server: PostgresServer, sandbox_of_the_session: RunningSandbox, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Bridge]:
    folder = tmp_path_factory.mktemp("bridge")
    harvest_url = sandbox_of_the_session.url
    with running_bridge(folder, harvest_url=harvest_url, database_url=server.url) as one:
        yield one


@pytest.fixture(scope="module")
def linked(bridge: Bridge, sandbox_of_the_session: RunningSandbox) -> str:
    return link_account(bridge, sandbox_of_the_session, "alice")


def calls(bridge: Bridge, linked: str) -> list[Callable[[], httpx.Response]]:
    named = {"integrated_account_id": linked}
    account = {"Harvest-Bridge-Connection": linked}
    write = {"json": {"name": "Acme"}, "params": named, "headers": {"Idempotency-Key": f"key-{time.monotonic()}"}}
    return [
        lambda: bridge.api.get("/proxy/clients", params=named),
        lambda: bridge.api.get("/unified/user-directory/users", params=named),
        lambda: bridge.api.post("/proxy/clients", **write),
        lambda: bridge.api.get("/v2/clients", headers=account),
        lambda: bridge.api.get("/timer/stream", headers={"Authorization": "Bearer hb_ts_nobody"}),
        lambda: bridge.api.get("/timer/state", headers={"Authorization": "Bearer hb_ts_nobody"}),
        lambda: bridge.api.get("/connect-account", params={"link_token": "hb_link_nobody"}),
        lambda: bridge.api.get("/admin/", headers={"Cookie": f"hb_session={'n' * 32}"}),
    ]


@pytest.mark.parametrize(("take_away", "bring_back"), AWAY)
def test_every_path_says_in_time_that_the_database_is_away(
    server: PostgresServer, bridge: Bridge, linked: str, take_away: Do, bring_back: Do
) -> None:
    usual = [call().status_code for call in calls(bridge, linked)]
    take_away(server)
    try:
        refused = [call() for call in calls(bridge, linked)]
    finally:
        bring_back(server)
    first_after = [call().status_code for call in calls(bridge, linked)]
    assert [answer.status_code for answer in refused] == [503] * len(refused)
    codes = {answer.json()["code"] for answer in refused if "json" in answer.headers["Content-Type"]}
    assert codes == {"database_unavailable", "access_unchecked"}
    assert all(int(answer.headers["Retry-After"]) >= 1 for answer in refused)
    # Seconds; the driver by itself takes 30.
    assert max(answer.elapsed.total_seconds() for answer in refused) < 25
    assert first_after == usual


@pytest.mark.parametrize(("take_away", "bring_back"), AWAY)
def test_many_at_once_find_it_back(
    server: PostgresServer, bridge: Bridge, linked: str, take_away: Do, bring_back: Do
) -> None:
    named = {"integrated_account_id": linked}

    def statuses() -> set[int]:
        with ThreadPoolExecutor(12) as callers:
            return {*callers.map(lambda _: bridge.api.get("/integrated-account", params=named).status_code, range(24))}

    assert statuses() == {200}
    take_away(server)
    try:
        assert statuses() == {503}
    finally:
        bring_back(server)
    assert statuses() == {200}


def test_health_names_the_database(server: PostgresServer, bridge: Bridge) -> None:
    server.freeze()
    try:
        answer = bridge.api.get("/health/ready")
    finally:
        server.thaw()
    assert (answer.status_code, answer.json()["parts"]["database"]) == (503, "cannot be reached")


def test_statements_that_take_long_are_not_taken_for_an_absence(server: PostgresServer, tmp_path: Path) -> None:
    from harvest_bridge.postgresql.connections import WatchedConnection

    with WatchedConnection.connect(server.url) as connection:
        assert connection.execute("SELECT 7, pg_sleep(1.5)").fetchone() == (7, "")
