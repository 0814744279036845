"""The web process and every command refuse to start on settings that cannot work, and say what to do."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from harvest_bridge.env import ROOT
from tests.processes import clean_environment

KEY = "dGhpcyBrZXkgaXMgZm9yIHRlc3RzIG9ubHkuLi4uISE="
GOOD = {"SECRET_KEY": "s", "ENCRYPTION_KEYS": KEY, "HARVEST_CLIENT_ID": "i", "HARVEST_CLIENT_SECRET": "s"}


def start(*argv: str, folder: Path, **settings: str) -> subprocess.CompletedProcess[str]:
    environment = clean_environment(VAR_DIR=str(folder), **settings)
    return subprocess.run(
        [sys.executable, *argv], env=environment, cwd=ROOT, capture_output=True, text=True, timeout=60
    )


@pytest.mark.parametrize(
    ("missing", "remedy"),
    [("ENCRYPTION_KEYS", "openssl rand -base64 32"), ("SECRET_KEY", "openssl rand -base64 48")],
)
def test_the_web_process_does_not_start_without(missing: str, remedy: str, tmp_path: Path) -> None:
    settings = {name: value for name, value in GOOD.items() if name != missing}
    result = start("-c", "import harvest_bridge.asgi", folder=tmp_path, **settings)
    assert result.returncode != 0
    assert f"{missing}" in result.stderr
    assert remedy in result.stderr


def test_a_worker_does_not_start_without_encryption_keys(tmp_path: Path) -> None:
    result = start("manage.py", "run_huey", folder=tmp_path, SECRET_KEY="s")
    assert result.returncode != 0
    assert "ENCRYPTION_KEYS" in result.stderr


def test_a_key_of_the_wrong_length_is_told_from_a_missing_one(tmp_path: Path) -> None:
    result = start("-c", "import harvest_bridge.asgi", folder=tmp_path, **GOOD | {"ENCRYPTION_KEYS": "c2hvcnQ="})
    assert "5 bytes; it needs 32" in result.stderr


def test_debug_needs_no_keys(tmp_path: Path) -> None:
    result = start("-c", "import harvest_bridge.asgi", folder=tmp_path, DEBUG="1")
    assert result.returncode == 0, result.stderr


def test_an_upstream_with_a_path_is_refused(tmp_path: Path) -> None:
    result = start("manage.py", "check", folder=tmp_path, **GOOD | {"HARVEST_API_URL": "https://api.example/v2"})
    assert result.returncode != 0
    assert "HARVEST_API_URL" in result.stderr


def test_a_second_web_process_without_redis_is_refused(tmp_path: Path) -> None:
    script = "from harvest_bridge.console.web_lock import hold; first = hold(); hold()"
    result = start("-c", script, folder=tmp_path, DEBUG="1", DJANGO_SETTINGS_MODULE="harvest_bridge.settings")
    assert result.returncode != 0
    assert "Set REDIS_URL to run more than one" in result.stderr
