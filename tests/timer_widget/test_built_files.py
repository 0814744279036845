"""The committed browser files are what the sources and the pinned esbuild make, and the sources' own tests pass."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from fcntl import LOCK_EX, flock
from pathlib import Path

import pytest
from django.conf import settings

from harvest_bridge.env import ROOT

FRONTEND = ROOT / "timer_widget" / "frontend"
BUILT = ROOT / "static" / "timer_widget"
LANGUAGES = ["", *(f".{code}" for code, _name in settings.LANGUAGES if code != "en")]
NAMES = sorted(["platform.js", "panel.css", *(f"{kind}{code}.js" for kind in ("frame", "panel") for code in LANGUAGES)])


def run(*command: str) -> None:
    done = subprocess.run(command, cwd=FRONTEND, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


@contextmanager
def one_at_a_time() -> Iterator[None]:
    """Test processes share the folder of Node packages."""
    (ROOT / "var").mkdir(exist_ok=True)
    with (ROOT / "var" / "node.lock").open("w") as lock:
        flock(lock, LOCK_EX)
        yield


@pytest.fixture(scope="module")
def esbuild() -> None:
    """The pinned packages, fetched once; esbuild's program comes as a package, so no install script has to run."""
    lock, installed = FRONTEND / "package-lock.json", FRONTEND / "node_modules" / ".package-lock.json"
    with one_at_a_time():
        if not installed.exists() or installed.stat().st_mtime < lock.stat().st_mtime:
            run("npm", "ci", "--ignore-scripts")


@pytest.mark.usefixtures("esbuild")
def test_the_committed_files_are_what_the_sources_make(tmp_path: Path) -> None:
    run("node", "build.js", str(tmp_path))
    made = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    assert sorted(made) == NAMES
    assert {name: (BUILT / name).read_bytes() for name in NAMES} == made


def test_the_sources_pass_their_own_tests() -> None:
    assert shutil.which("node"), "Node runs these; `make test` installs it"
    run("node", "--test")
