"""The Node packages that build the browser files, and that tests load into pages: fetched once, pinned by the lock."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from fcntl import LOCK_EX, flock
from pathlib import Path

import pytest

from harvest_bridge.env import ROOT

FRONTEND = ROOT / "timer_widget" / "frontend"


def run_node(*command: str, folder: Path = FRONTEND) -> str:
    """Run a command; its failure is the test's."""
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@contextmanager
def one_at_a_time() -> Iterator[None]:
    """Test processes share the folder of Node packages."""
    (ROOT / "var").mkdir(exist_ok=True)
    with (ROOT / "var" / "node.lock").open("w") as lock:
        flock(lock, LOCK_EX)
        yield


@pytest.fixture(scope="session")
def node_packages() -> Path:
    """The folder; esbuild's program comes as a package of its own, so no install script has to run."""
    lock, installed = FRONTEND / "package-lock.json", FRONTEND / "node_modules" / ".package-lock.json"
    with one_at_a_time():
        if not installed.exists() or installed.stat().st_mtime < lock.stat().st_mtime:
            run_node("npm", "ci", "--ignore-scripts")
            installed.touch()
    return FRONTEND / "node_modules"
