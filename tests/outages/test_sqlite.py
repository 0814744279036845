"""SQLite's lock is somebody else's, or there is no room left: a 503 with its own code, and the truth about the deed."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager

import httpx
import pytest

from harvest_bridge.sandbox.testing import RunningSandbox
from tests.outages.small_disks import fill, small_disk
from tests.processes import Bridge, running_bridge
from tests.proxy.drop_in.conftest import link_account

pytestmark = pytest.mark.any_database  # which is always SQLite here


@pytest.fixture
def bridge(sandbox: RunningSandbox) -> Iterator[Bridge]:
    """On a file system of its own, of a few megabytes."""
    with small_disk(megabytes=8) as folder:
        database_url = f"sqlite:///{folder}/bridge.sqlite3"
        with running_bridge(folder, harvest_url=sandbox.url, database_url=database_url) as one:
            yield one


@pytest.fixture
def linked(bridge: Bridge, sandbox: RunningSandbox) -> str:
    found = link_account(bridge, sandbox, "alice")
    create_client(bridge, found, "warm", "Warm")
    sandbox.journal.clear()
    return found


def create_client(bridge: Bridge, linked: str, key: str, name: str) -> httpx.Response:
    return bridge.api.post(
        "/proxy/clients",
        params={"integrated_account_id": linked},
        json={"name": name},
        headers={"Idempotency-Key": key},
    )


@contextmanager
def locked(bridge: Bridge) -> Iterator[None]:
    with closing(sqlite3.connect(bridge.folder / "bridge.sqlite3", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield


def test_a_write_that_finds_the_database_locked_says_so_and_did_nothing(
    bridge: Bridge, linked: str, sandbox: RunningSandbox
) -> None:
    with locked(bridge):
        refused = create_client(bridge, linked, "key-1", "Acme")
        read = bridge.api.get("/proxy/clients", params={"integrated_account_id": linked})
    assert (refused.status_code, refused.json()["code"]) == (503, "database_busy")
    assert int(refused.headers["Retry-After"]) >= 1
    assert read.status_code == 200
    assert sandbox.requests("POST", "/v2/clients") == []
    assert create_client(bridge, linked, "key-1", "Acme").status_code == 201


def test_a_full_disk_refuses_writes_and_the_same_key_works_once_there_is_room(
    bridge: Bridge, linked: str, sandbox: RunningSandbox
) -> None:
    with fill(bridge.folder):
        refused = [create_client(bridge, linked, f"key-{n}", f"Acme {n}") for n in range(3)]
    assert {(answer.status_code, answer.json()["code"]) for answer in refused} == {(503, "storage_full")}
    assert all(int(answer.headers["Retry-After"]) >= 1 for answer in refused)
    assert sandbox.requests("POST", "/v2/clients") == []
    again = [create_client(bridge, linked, f"key-{n}", f"Acme {n}") for n in range(3)]
    assert [answer.status_code for answer in again] == [201] * 3
    with closing(sqlite3.connect(bridge.folder / "bridge.sqlite3")) as file:
        assert file.execute("PRAGMA integrity_check").fetchone() == ("ok",)
