"""`manage.py` beside the demo is about the demo; without it, it says exactly what to do."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from harvest_bridge.console.demo import Demo
from tests.test_start_up import GOOD, start

CREATE = ("manage.py", "createhost", "--name", "Beacon", "--origin", "https://tickets.example.com")


@pytest.fixture
def demo(tmp_path: Path) -> Demo:
    """Its folder as `rundemo` leaves it, migrated."""
    demo = Demo(tmp_path / "demo", {})
    demo.tell_commands()
    known = json.loads((tmp_path / "demo" / "environment.json").read_text())
    folder = Path(known.pop("VAR_DIR"))
    assert start("manage.py", "migrate", folder=folder, **known).returncode == 0
    return demo


def test_createhost_beside_the_demo_makes_a_host_app_of_the_demo(demo: Demo, tmp_path: Path) -> None:
    made = start(*CREATE, folder=tmp_path)
    assert made.returncode == 0, made.stderr
    assert "Using the demo's settings" in made.stderr
    assert json.loads(made.stdout)["api_key"].startswith("hb_live_")


def test_debug_in_the_wrong_folder_says_what_is_missing(demo: Demo, tmp_path: Path) -> None:
    made = start(*CREATE, folder=tmp_path / "elsewhere", DEBUG="1")
    assert made.returncode != 0
    assert "manage.py migrate" in made.stderr
    assert "make demo" in made.stderr


def test_other_keys_over_the_demos_database_are_refused(demo: Demo, tmp_path: Path) -> None:
    assert start(*CREATE, folder=tmp_path).returncode == 0
    made = start(*CREATE, folder=tmp_path / "demo", **GOOD)
    assert made.returncode != 0
    assert "which ENCRYPTION_KEYS lacks" in made.stderr
