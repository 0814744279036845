"""Children end when we say so, and when we can no longer say anything."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from harvest_bridge.console.supervisor import ManagedProcess, ProcessDied
from tests.processes import clean_environment

PARENT = """
import os, pathlib, time
from harvest_bridge.console.supervisor import ManagedProcess
child = ManagedProcess("child", ["sleep", "600"], dict(os.environ), pathlib.Path({log!r}))
child.start()
print(child.pid, flush=True)
time.sleep(600)
"""


def child(tmp_path: Path, script: str) -> ManagedProcess:
    return ManagedProcess("worker", ["sh", "-c", script], clean_environment(), tmp_path / "log")


def eventually(holds: Callable[[], object], *, seconds: float = 60.0) -> bool:
    deadline = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.01)
    return True


def is_running(pid: int) -> bool:
    """Zombies have ended; nobody has collected them yet."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def test_a_child_ends_with_a_parent_that_was_killed(tmp_path: Path) -> None:
    script = PARENT.format(log=str(tmp_path / "log"))
    with subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        pid = int(parent.stdout.readline())
        assert is_running(pid)
        parent.kill()
    assert eventually(lambda: not is_running(pid))


def test_stopping_a_child_stops_what_it_started(tmp_path: Path) -> None:
    process = child(tmp_path, "sleep 600 & echo $!; wait")
    process.start()
    assert eventually(lambda: process.last_lines().isdecimal())
    grandchild = int(process.last_lines())
    process.stop()
    assert eventually(lambda: not is_running(grandchild))


def test_a_child_that_ignores_a_polite_request_is_ended_all_the_same(tmp_path: Path) -> None:
    process = child(tmp_path, "trap '' TERM; echo deaf; while true; do sleep 0.05; done")
    process.start()
    assert eventually(lambda: process.last_lines() == "deaf")
    pid = process.pid
    process.stop(timeout=0.2)
    assert not is_running(pid)


def test_a_child_that_died_is_named_with_its_status_and_last_lines(tmp_path: Path) -> None:
    process = child(tmp_path, "echo first; echo cannot open the queue >&2; exit 3")
    process.start()
    assert eventually(lambda: not process.is_alive)
    with pytest.raises(ProcessDied, match=r"(?s)worker .*status 3.*cannot open the queue"):
        process.wait_until_ready()


def test_a_child_that_never_gets_ready_is_named_with_its_last_lines(tmp_path: Path) -> None:
    process = child(tmp_path, "echo still loading; sleep 600")
    process.ready_url = "http://127.0.0.1:9/"
    process.start()
    assert eventually(lambda: process.last_lines() == "still loading")
    with pytest.raises(TimeoutError, match=r"(?s)worker was not ready.*still loading"):
        process.wait_until_ready(timeout=0.3)
    process.stop()


def test_output_comes_in_whole_lines_and_once(tmp_path: Path) -> None:
    process = child(tmp_path, "")
    process.log.write_text("one\ntwo\nhal")
    assert process.new_lines() == ["one", "two"]
    with process.log.open("a") as log:
        log.write("f\n")
    assert process.new_lines() == ["half"]
    assert process.new_lines() == []


def test_nothing_of_a_developers_shell_reaches_a_process(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://production.example/live")
    assert "DATABASE_URL" not in clean_environment()
    assert clean_environment()["PATH"] == os.environ["PATH"]
