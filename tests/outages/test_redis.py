"""Redis is killed while a write is under way: done is told as done, and nothing that was done is done again."""

from __future__ import annotations

import os
import signal
import time
import uuid
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest
import redis

from harvest_bridge.sandbox.testing import RunningSandbox
from tests.processes import Bridge, running_bridge
from tests.proxy.drop_in.conftest import link_account
from tests.services import free_port, redis_server

pytestmark = pytest.mark.any_database
WINDOW_SECONDS, SLOW_SECONDS = 1, 0.6
ITEM = {"id": "T-1", "name": "Fix", "group_id": "", "group_name": "", "account_id": "", "permalink": ""}


class Killable:
    """A Redis that can be killed, and started anew, empty, at the same address."""

    def __init__(self) -> None:
        self.port = free_port()
        self._life = ExitStack()

    def start(self) -> None:
        self.url = self._life.enter_context(redis_server(self.port))

    def kill(self) -> None:
        with closing(redis.Redis.from_url(self.url)) as client:
            os.kill(int(client.info("server")["process_id"]), signal.SIGKILL)

    def end(self) -> None:
        self._life.close()


@pytest.fixture(scope="module")
def bridge(
    sandbox_of_the_session: RunningSandbox, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Bridge, Killable]]:
    server, folder = Killable(), tmp_path_factory.mktemp("bridge")
    server.start()
    settings = {"REDIS_URL": server.url, "HARVEST_WINDOW_SECONDS": str(WINDOW_SECONDS)}
    with running_bridge(folder, harvest_url=sandbox_of_the_session.url, **settings) as one:
        yield one, server
    server.end()


@pytest.fixture
def server(bridge: tuple[Bridge, Killable]) -> Killable:
    return bridge[1]


class Carmen:
    """Carmen at her widget, and her host's back end, each write under a key."""

    def __init__(self, bridge: Bridge, sandbox: RunningSandbox, connection_id: str) -> None:
        row = bridge.api.get(f"/integrated-account/{connection_id}").json()
        token = bridge.widget_token(sub="carmen", tenant_id=row["tenant_id"])
        asked = {"token": token, "origin": bridge.host_origin}
        session = bridge.api.post("/timer/session", json=asked).json()["session"]
        self.api, self.headers = bridge.api, {"Authorization": f"Bearer {session}"}
        self.connection_id = connection_id
        project, task = sandbox.pick("carmen")
        self.pick = {"project_id": project.id, "task_id": task.id}

    def click(self, verb: str, path: str, key: str, **asked: Any) -> httpx.Response:
        body = {"idempotency_key": key, "clicked_at": datetime.now(UTC).isoformat(), **asked}
        return self.api.request(verb, f"/timer/{path}", json=body, headers=self.headers)

    def start(self, key: str) -> httpx.Response:
        return self.click("POST", "start", key, item=ITEM, notes="Fix", **self.pick)

    def add(self, key: str) -> httpx.Response:
        said = {"spent_date": "2026-11-20", "hours": "1.00", "notes": ""}
        return self.click("POST", "entry", key, item=ITEM, **said, **self.pick)

    def write(self, key: str) -> httpx.Response:
        named, headers = {"integrated_account_id": self.connection_id}, {"Idempotency-Key": key}
        entry = {"spent_date": "2026-11-20", "hours": 1, **self.pick}
        return self.api.post("/proxy/time-entries", params=named, json=entry, headers=headers)


@pytest.fixture
def carmen(bridge: tuple[Bridge, Killable], sandbox: RunningSandbox) -> Carmen:
    connection_id = link_account(bridge[0], sandbox, "carmen", user_id="carmen")
    found = Carmen(bridge[0], sandbox, connection_id)
    found.add(uuid.uuid4().hex)  # the account's mode is known from now on
    sandbox.journal.clear()
    return found


def killed_during(
    do: Callable[[], httpx.Response], server: Killable, sandbox: RunningSandbox, method: str, path: str
) -> httpx.Response:
    """The answer to a request during whose call of Harvest Redis is killed."""
    sandbox.fault("latency", method=method, path=path, seconds=SLOW_SECONDS)
    with ThreadPoolExecutor(1) as caller:
        answer = caller.submit(do)
        while not sandbox.requests(method, path):
            assert not answer.done(), answer.result().text
            time.sleep(0.01)
        server.kill()
        return answer.result()


DEEDS = [Carmen.start, Carmen.add, Carmen.write]


@pytest.mark.parametrize("deed", DEEDS)
def test_a_write_during_which_redis_dies_is_told_as_done_and_its_key_says_so_later(
    carmen: Carmen, server: Killable, sandbox: RunningSandbox, deed: Callable[[Carmen, str], httpx.Response]
) -> None:
    key = uuid.uuid4().hex
    done = killed_during(lambda: deed(carmen, key), server, sandbox, "POST", "/v2/time_entries")
    server.start()
    assert done.status_code == 201, done.text
    assert deed(carmen, key).status_code == 201
    assert len(sandbox.requests("POST", "/v2/time_entries")) == 1


def test_a_click_that_redis_kept_from_harvest_is_told_as_waiting_and_done_once_it_is_back(
    carmen: Carmen, server: Killable, sandbox: RunningSandbox
) -> None:
    """Redis dies while what runs is read: the write that would follow cannot be counted, and is not sent."""
    key = uuid.uuid4().hex
    answer = killed_during(lambda: carmen.start(key), server, sandbox, "GET", "/v2/time_entries")
    sent = len(sandbox.requests("POST", "/v2/time_entries"))
    server.start()
    assert (answer.status_code, sent) == (202, 0), answer.text
    told = answer.json()["click"]
    assert (told["key"], told["status"], told["code"]) == (key, "pending", "pacing_unavailable")
    until = time.monotonic() + 60
    while carmen.start(key).status_code != 201:
        assert time.monotonic() < until
        time.sleep(0.2)
    assert len(sandbox.requests("POST", "/v2/time_entries")) == 1


def test_a_write_that_finds_redis_gone_is_told_so_and_when_to_come_back(
    carmen: Carmen, server: Killable, sandbox: RunningSandbox
) -> None:
    key = uuid.uuid4().hex
    server.kill()
    refused = carmen.write(key)
    server.start()
    assert (refused.status_code, refused.json()["code"]) == (503, "pacing_unavailable")
    assert int(refused.headers["Retry-After"]) >= 1
    assert sandbox.requests("POST", "/v2/time_entries") == []
    assert carmen.write(key).status_code == 201
