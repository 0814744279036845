"""`Idempotency-Key` across operating-system processes: many at once, and one that is killed on the way."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator
from typing import Any

import pytest

from harvest_bridge.env import ROOT
from harvest_bridge.sandbox.testing import RunningSandbox
from tests.processes import Bridge
from tests.proxy.drop_in.conftest import link_account


@pytest.fixture
def connection_id(bridge: Bridge, sandbox: RunningSandbox) -> Iterator[str]:
    linked = link_account(bridge, sandbox, "alice")
    sandbox.journal.clear()
    yield linked
    bridge.api.delete(f"/integrated-account/{linked}")


def writers(bridge: Bridge, connection_id: str, key: str, processes: int) -> subprocess.Popen[str]:
    environment = {**bridge.environment, "DJANGO_SETTINGS_MODULE": "harvest_bridge.settings"}
    argv = [bridge.host["api_key"], connection_id, key, str(processes)]
    return subprocess.Popen(
        [sys.executable, "-m", "tests.api.writers", *argv],
        env=environment,
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def answers(*args: Any, **kwargs: Any) -> list[Any]:
    printed, _ = writers(*args, **kwargs).communicate(timeout=300)
    return [json.loads(line) for line in printed.splitlines()]


def test_of_many_at_once_one_runs_and_the_others_get_its_answer(
    bridge: Bridge, sandbox: RunningSandbox, connection_id: str
) -> None:
    sandbox.fault("latency", method="POST", path="/v2/clients", seconds=0.5)
    found = answers(bridge, connection_id, uuid.uuid4().hex, 6)
    assert [status for status, _, _ in found] == [201] * 6
    assert sorted(str(replayed) for _, replayed, _ in found) == ["None", *["true"] * 5]
    assert len({record for _, _, record in found}) == 1
    assert len(sandbox.requests("POST", "/v2/clients")) == 1


def test_a_write_whose_process_was_killed_is_never_repeated(
    bridge: Bridge, sandbox: RunningSandbox, connection_id: str
) -> None:
    key = uuid.uuid4().hex
    sandbox.fault("latency", method="POST", path="/v2/clients", seconds=5)
    first = writers(bridge, connection_id, key, 1)
    wait_for_the_write(sandbox)
    os.killpg(first.pid, signal.SIGKILL)
    first.communicate(timeout=60)
    for _ in range(2):
        assert answers(bridge, connection_id, key, 1) == [[422, None, "idempotency_outcome_unknown"]]
    assert len(sandbox.requests("POST", "/v2/clients")) == 1


def wait_for_the_write(sandbox: RunningSandbox) -> None:
    for _ in range(4000):
        if sandbox.requests("POST", "/v2/clients"):
            return
        time.sleep(0.05)
    raise AssertionError("the write never came")
