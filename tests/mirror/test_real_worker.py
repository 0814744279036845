"""The worker's own process, killed at its pages: the copy and the feed, read through the API, are Harvest's."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from harvest_bridge.sandbox.testing import RunningSandbox
from tests.processes import START_SECONDS, Bridge, running_bridge
from tests.proxy.drop_in.conftest import link_account

from .syncing import everything

pytestmark = pytest.mark.any_database
ENTRIES = "/v2/time_entries"
KILLS = 2


@pytest.fixture(scope="module")
def with_worker(tmp_path_factory: pytest.TempPathFactory, sandbox_of_the_session: RunningSandbox) -> Iterator[Bridge]:
    folder = tmp_path_factory.mktemp("mirrored")
    with running_bridge(folder, harvest_url=sandbox_of_the_session.url, with_worker=True) as bridge:
        yield bridge


class Account:
    """A mirrored account of that bridge, and a reader of its feed."""

    def __init__(self, bridge: Bridge, connection_id: str) -> None:
        self.bridge, self.named = bridge, {"integrated_account_id": connection_id}
        self.after, self.told = "0", dict[int, Any]()

    def sync(self, kind: str, wait: int = 0) -> dict[str, Any]:
        body = {"resources": ["time_entries"], "kind": kind, "wait": wait}
        found: dict[str, Any] = self.bridge.api.post("/mirror/sync", params=self.named, json=body, timeout=90).json()
        return found

    def get(self, **query: Any) -> dict[str, Any]:
        answer = self.bridge.api.get("/mirror/time_entries", params={**self.named, "limit": 2000, **query}, timeout=90)
        answer.raise_for_status()
        found: dict[str, Any] = answer.json()
        return found

    def held(self) -> dict[int, Any]:
        return {one["id"]: one for one in self.get()["result"]}

    def read_feed(self) -> None:
        query = {**self.named, "after": self.after, "resources": "time_entries", "limit": 2000}
        page = self.bridge.api.get("/mirror/changes", params=query, timeout=90).json()
        self.after = page["next_cursor"]
        for row in page["result"]:
            if row["change"] == "deleted":
                self.told.pop(row["id"], None)
            else:
                self.told[row["id"]] = row["record"]


def until(condition: Callable[[], bool]) -> None:
    end = time.monotonic() + START_SECONDS
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.05)


def test_a_worker_killed_at_its_pages_loses_and_doubles_nothing_and_max_age_reads_first(
    with_worker: Bridge, sandbox: RunningSandbox
) -> None:
    sandbox.switch(max_per_page=100, requests_per_window=1_000_000)
    for _ in range(150):
        sandbox.add_entry("alice")
    account = Account(with_worker, link_account(with_worker, sandbox, "alice"))
    worker = with_worker.worker
    for turn in range(KILLS):
        sandbox.meanwhile(worker.kill, ENTRIES, after=turn + 1)
        account.sync("sweep")
        until(lambda: not worker.is_alive)
        account.read_feed()
        with sandbox.world.lock:
            sandbox.account.time_entries.remove(sandbox.entries("alice")[turn])
        sandbox.add_entry("alice", notes=f"after kill {turn}")
        worker.start()
    for _ in range(2):  # the first goes on where the killed one was, and what is gone since shows in the next
        until(lambda: account.sync("sweep", wait=30)["status"] == "done")
    account.read_feed()
    sandbox.switch(max_per_page=2000)
    true = everything(sandbox, "time_entries")
    assert account.held() == true
    assert account.told == true

    added = sandbox.add_entry("alice", notes="just now").id
    until(lambda: (datetime.now(UTC) - datetime.fromisoformat(account.get(limit=1)["as_of"])).total_seconds() > 1)
    assert added in {one["id"] for one in account.get(max_age=1)["result"]}
