"""`manage.py serve` keeps a web process and a worker running, and ends them together."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from harvest_bridge.console.serving import Restarts
from harvest_bridge.env import ROOT
from tests.databases import own_database
from tests.processes import clean_environment
from tests.services import free_port

from .test_supervisor import eventually, is_running

GOOD = {
    "SECRET_KEY": "a secret key that is only good for tests",
    "ENCRYPTION_KEYS": "dGhpcyBrZXkgaXMgZm9yIHRlc3RzIG9ubHkuLi4uISE=",
    "HARVEST_CLIENT_ID": "i",
    "HARVEST_CLIENT_SECRET": "s",
}


class Serving:
    """`serve` as a child of ours, with what it and its processes wrote."""

    def __init__(self, folder: Path, **settings: str) -> None:
        self.url = f"http://127.0.0.1:{(port := free_port())}"
        self.log = folder / "serve.log"
        argv = [sys.executable, "manage.py", "serve", "--port", str(port)]
        environment = clean_environment(VAR_DIR=str(folder), PUBLIC_URL=self.url, **GOOD | settings)
        with self.log.open("wb") as output:
            self.process = subprocess.Popen(argv, env=environment, cwd=ROOT, stdout=output, stderr=subprocess.STDOUT)

    def said(self, words: str) -> bool:
        if self.process.poll() is not None and words not in self.log.read_text():
            raise AssertionError(self.log.read_text())
        return words in self.log.read_text()

    def children(self) -> dict[str, int]:
        """`{"uvicorn": pid, "run_huey": pid}`, those that run."""
        found = subprocess.run(
            ["ps", "--ppid", str(self.process.pid), "-o", "pid=,args="], capture_output=True, text=True
        ).stdout
        named = re.findall(r"(\d+) .*(uvicorn|run_huey)", found)
        return {name: int(pid) for pid, name in named}


@contextmanager
def serving(folder: Path, **settings: str) -> Iterator[Serving]:
    with own_database(folder) as database_url:
        one = Serving(folder, DATABASE_URL=database_url, **settings)
        try:
            yield one
        finally:
            one.process.send_signal(signal.SIGTERM)
            one.process.wait(120)


def test_one_command_migrates_and_runs_both_and_starts_anew_what_died(tmp_path: Path) -> None:
    with serving(tmp_path) as one:
        assert eventually(lambda: one.said("web process and worker are ready"), seconds=300)
        ready = httpx.get(f"{one.url}/health/ready").json()
        assert ready["parts"]["database"] == "ok"
        before = one.children()
        os.kill(before["run_huey"], signal.SIGKILL)
        os.kill(before["uvicorn"], signal.SIGKILL)
        assert eventually(
            lambda: set(one.children()) == set(before) and not set(one.children().values()) & set(before.values()),
            seconds=120,
        )
        children = list(one.children().values())
    assert one.process.returncode == 0
    assert [pid for pid in children if is_running(pid)] == []


@pytest.mark.any_database
def test_settings_that_cannot_work_end_it_with_their_remedy(tmp_path: Path) -> None:
    one = Serving(tmp_path, SECRET_KEY="")
    assert one.process.wait(300) != 0
    assert "openssl rand -base64 48" in one.log.read_text()


def test_a_process_that_keeps_dying_is_started_ever_more_seldom() -> None:
    restarts = Restarts(started_at=0.0)
    assert [restarts.died(now=1.0) for _ in range(7)] == [1, 2, 4, 8, 16, 30, 30]


def test_one_that_ran_for_more_than_a_minute_is_started_again_soon() -> None:
    restarts = Restarts(started_at=0.0, wait=30.0)
    assert restarts.died(now=61.0) == 1
