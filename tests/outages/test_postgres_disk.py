"""PostgreSQL has no room left: writes are 503s that did nothing, reads go on, readiness says so, and room is enough."""

from __future__ import annotations

import secrets
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress
from pathlib import Path

import httpx
import psycopg
import pytest

from harvest_bridge.sandbox.testing import RunningSandbox
from tests.databases import on_a_server
from tests.outages.small_disks import fill, small_disk
from tests.processes import Bridge, running_bridge
from tests.proxy.drop_in.conftest import link_account
from tests.services import postgres_server

pytestmark = pytest.mark.skipif(not on_a_server(), reason="runs where there is a migrated database to copy")


@pytest.fixture(scope="module")
def disk() -> Iterator[Path]:
    with small_disk(megabytes=48) as folder:
        yield folder


@pytest.fixture(scope="module")
def bridge(
    disk: Path, sandbox_of_the_session: RunningSandbox, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Bridge]:
    """Its database lies on the small disk, and PostgreSQL's log of changes does not."""
    with postgres_server() as server:
        with closing(psycopg.connect(server.url, autocommit=True)) as operator:
            operator.execute(f"CREATE TABLESPACE small LOCATION '{server.own(disk / 'data')}'".encode())
            operator.execute("CREATE DATABASE bridge TABLESPACE small")
        url = f"{server.url.rpartition('/')[0]}/bridge"
        folder, harvest_url = tmp_path_factory.mktemp("bridge"), sandbox_of_the_session.url
        with running_bridge(folder, harvest_url=harvest_url, database_url=url) as one:
            yield one


@pytest.fixture
def linked(bridge: Bridge, sandbox: RunningSandbox) -> str:
    found = link_account(bridge, sandbox, "alice")
    sandbox.journal.clear()
    return found


def create_client(bridge: Bridge, linked: str, name: str) -> httpx.Response:
    """With an answer so long that keeping it takes room."""
    return bridge.api.post(
        "/proxy/clients",
        params={"integrated_account_id": linked},
        json={"name": name, "address": f"{name} street " * 200},
        headers={"Idempotency-Key": f"key-of-{name}"},
    )


def kept_keys(bridge: Bridge) -> int:
    """How many writes are under way or done, whose keys are kept."""
    with closing(psycopg.connect(bridge.environment["DATABASE_URL"], autocommit=True)) as other:
        [[count]] = other.execute("SELECT count(*) FROM api_idempotentwrite WHERE fingerprint <> ''").fetchall()
        return int(count)


def free_dead_rows(bridge: Bridge) -> None:
    """Or PostgreSQL makes room of them in the table of keys just when that is to have none."""
    with closing(psycopg.connect(bridge.environment["DATABASE_URL"], autocommit=True)) as other:
        other.execute("VACUUM api_idempotentwrite")


def use_up_pages(bridge: Bridge, *, characters: int) -> None:
    """Where the table of keys has room in its pages for rows so long, or in those for long texts, use it up."""
    row = (
        "INSERT INTO api_idempotentwrite (slot, fingerprint, sealed_body, headers, started_at, host_app_id) "
        "SELECT md5(random()::text), '', left(string_agg(md5(random()::text), ''), %s), '{}', now(), "
        "(SELECT id FROM hosts_hostapp) FROM generate_series(1, 100)"
    )
    with closing(psycopg.connect(bridge.environment["DATABASE_URL"], autocommit=True)) as other:
        for size in (characters, 0, characters):
            with suppress(psycopg.errors.DiskFull):
                while True:
                    other.execute(row, [size])


def test_a_full_disk_of_postgresql_refuses_writes_as_a_whole_and_the_same_keys_work_once_there_is_room(
    bridge: Bridge, linked: str, sandbox: RunningSandbox, disk: Path
) -> None:
    names = ["Acme", "Vandelay", "Initech"]
    free_dead_rows(bridge)
    with fill(disk):
        use_up_pages(bridge, characters=0)
        refused = [create_client(bridge, linked, name) for name in names]
        refused.append(
            bridge.api.post("/link-token", json={"tenant_id": "acme", "context": {"long": secrets.token_hex(4_500)}})
        )
        read = bridge.api.get("/proxy/clients", params={"integrated_account_id": linked})
    assert {(answer.status_code, answer.json()["code"]) for answer in refused} == {(503, "storage_full")}
    assert all(int(answer.headers["Retry-After"]) >= 1 for answer in refused)
    assert sandbox.requests("POST", "/v2/clients") == []
    assert read.status_code == 200
    assert [create_client(bridge, linked, name).status_code for name in names] == [201] * len(names)


def test_a_write_whose_outcome_finds_no_room_is_told_as_done_and_is_not_done_again(
    bridge: Bridge, linked: str, sandbox: RunningSandbox, disk: Path
) -> None:
    sandbox.fault("latency", path="/v2/clients", seconds=5, times=1)
    before = kept_keys(bridge)
    with ThreadPoolExecutor() as pool:
        under_way = pool.submit(create_client, bridge, linked, "Hooli")
        while kept_keys(bridge) == before:
            time.sleep(0.02)
        free_dead_rows(bridge)
        with fill(disk):
            use_up_pages(bridge, characters=3_000)
            done = under_way.result()
            again = create_client(bridge, linked, "Hooli")
    later = create_client(bridge, linked, "Hooli")
    assert (done.status_code, again.status_code, again.json()["code"]) == (201, 503, "storage_full")
    assert (later.status_code, later.json(), later.headers["idempotent-replayed"]) == (201, done.json(), "true")
    assert len(sandbox.requests("POST", "/v2/clients")) == 1


def test_readiness_says_that_the_disk_of_postgresql_is_full_and_that_it_no_longer_is(
    bridge: Bridge, disk: Path
) -> None:
    with fill(disk):
        ready = bridge.api.get("/health/ready")
    assert (ready.status_code, ready.json()["parts"]["disk"]) == (503, "PostgreSQL has no room left to write")
    assert bridge.api.get("/health/ready").status_code == 200
