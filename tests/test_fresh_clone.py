"""A newcomer's first minutes: clone, one command, a page with timers on it."""

from __future__ import annotations

import subprocess
from pathlib import Path

import httpx

from harvest_bridge.env import ROOT
from tests.demos import free_ports, running_demo


def test_a_fresh_clone_becomes_a_running_demo_with_one_command(tmp_path: Path) -> None:
    clone = tmp_path / "clone"
    subprocess.run(["git", "clone", "--quiet", ROOT, clone], check=True)
    with running_demo(["make", "demo"], directory=clone, folder=tmp_path, **free_ports()) as demo:
        assert demo.process.poll() is None, demo.printed
        assert httpx.get(f"{demo.bridge_url}/health/ready").json()["status"] == "ok"
        page = httpx.get(demo.board_url).text
        assert f'src="{demo.bridge_url}/assets/platform.js"' in page
        assert httpx.get(f"{demo.bridge_url}/assets/platform.js").status_code == 200
        assert (clone / ".venv").is_dir()
        demo.end()
        assert demo.running() == {}
    assert untracked(clone) == ""


def untracked(clone: Path) -> str:
    """What `git status` of the clone shows: running the demo must leave nothing that somebody could commit."""
    return subprocess.run(["git", "status", "--porcelain"], cwd=clone, capture_output=True, text=True).stdout
