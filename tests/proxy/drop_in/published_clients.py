"""Harvest's clients as others published them: fetched once by npm and pip, each file checked against its hash."""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from harvest_bridge.env import ROOT

HERE = Path(__file__).parent / "published"
REQUIREMENTS, AIRBYTE = HERE / "requirements.txt", HERE / "requirements-airbyte.txt"


def run_node(script: str, given: dict[str, Any]) -> Any:
    """What `published/{script}` prints, told `given` on its standard input."""
    with _alone():
        if not (HERE / "node_modules" / ".package-lock.json").exists():
            _run("npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--silent")
    return json.loads(_run("node", script, given=given))


def run_python(script: str, given: dict[str, Any], requirements: Path = REQUIREMENTS) -> list[Any]:
    """The lines of JSON that `published/{script}` prints."""
    printed = _run(sys.executable, script, given=given, PYTHONPATH=str(python_packages(requirements)))
    return [json.loads(line) for line in printed.splitlines()]


def python_packages(requirements: Path = REQUIREMENTS) -> Path:
    """A folder of their own, which git ignores; another one whenever the list changes."""
    folder = ROOT / "var" / f"published-{hashlib.sha256(requirements.read_bytes()).hexdigest()[:12]}"
    with _alone():
        if not (folder / "done").exists():
            pip = (sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check")
            where = ("--upgrade", "--target", str(folder), "--ignore-requires-python")
            _run(*pip, *where, "--no-deps", "--require-hashes", "-r", str(requirements))
            (folder / "done").touch()
    return folder


@contextmanager
def _alone() -> Iterator[None]:
    """Several test processes fetch once."""
    var = ROOT / "var"
    var.mkdir(exist_ok=True)
    with (var / "published.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _run(*words: str, given: dict[str, Any] | None = None, **environment: str) -> str:
    """Errors: AssertionError with what it complained about."""
    ran = subprocess.run(
        words, cwd=HERE, input=json.dumps(given), env={**os.environ, **environment}, capture_output=True, text=True
    )
    assert ran.returncode == 0, ran.stderr[-3000:]
    return ran.stdout
