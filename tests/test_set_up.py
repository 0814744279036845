"""Setting up tells people what it cannot do for them."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from harvest_bridge.env import ROOT


@pytest.fixture
def bare_path(tmp_path: Path) -> Path:
    """A PATH with nothing on it but a shell, and an `id` that says: not root."""
    (tmp_path / "bash").symlink_to(shutil.which("bash") or "/bin/bash")
    (tmp_path / "id").write_text("#!/bin/sh\necho 1000\n")
    (tmp_path / "id").chmod(0o755)
    return tmp_path


@pytest.mark.parametrize(
    ("purpose", "packages"), [("demo", ["python3", "python3-venv"]), ("test", ["chromium", "redis-server", "nodejs"])]
)
def test_whoever_is_not_root_is_told_what_to_install(bare_path: Path, purpose: str, packages: list[str]) -> None:
    script = ROOT / ".ci" / "system-packages.sh"
    result = subprocess.run(
        [bare_path / "bash", script, purpose], env={"PATH": str(bare_path)}, capture_output=True, text=True
    )
    assert result.returncode == 1
    command = next(line for line in result.stderr.splitlines() if "apt-get install" in line)
    assert set(packages) <= set(command.split())


def test_make_alone_lists_what_it_can_do() -> None:
    listed = subprocess.run(["make"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert all(f"make {target}" in listed for target in ("demo", "test", "lint", "lock", "build-widget"))
