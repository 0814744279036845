"""The web process and every command refuse to start on settings that cannot work, and say what to do."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from django.core.checks import run_checks
from django.http import HttpResponse
from django.test import RequestFactory

from harvest_bridge.console.demo import Demo
from harvest_bridge.console.local_debug import LoopbackOnly
from harvest_bridge.env import ROOT
from tests.processes import clean_environment

KEY = "dGhpcyBrZXkgaXMgZm9yIHRlc3RzIG9ubHkuLi4uISE="
SECRET = "a secret key that is only good for tests"
GOOD = {"SECRET_KEY": SECRET, "ENCRYPTION_KEYS": KEY, "HARVEST_CLIENT_ID": "i", "HARVEST_CLIENT_SECRET": "s"}


def start(*argv: str, folder: Path, **settings: str) -> subprocess.CompletedProcess[str]:
    environment = clean_environment(VAR_DIR=str(folder), **settings)
    return subprocess.run(
        [sys.executable, *argv], env=environment, cwd=ROOT, capture_output=True, text=True, timeout=300
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
    result = start("manage.py", "run_huey", folder=tmp_path, SECRET_KEY=SECRET)
    assert result.returncode != 0
    assert "ENCRYPTION_KEYS" in result.stderr


def test_a_key_of_the_wrong_length_is_told_from_a_missing_one(tmp_path: Path) -> None:
    result = start("-c", "import harvest_bridge.asgi", folder=tmp_path, **GOOD | {"ENCRYPTION_KEYS": "c2hvcnQ="})
    assert "5 bytes; it needs 32" in result.stderr


def test_debug_needs_no_keys(tmp_path: Path) -> None:
    result = start("-c", "import harvest_bridge.asgi", folder=tmp_path, DEBUG="1")
    assert result.returncode == 0, result.stderr


def refused(*words: str, folder: Path, **settings: str) -> None:
    """The web process does not start, and its last words have all of these."""
    result = start("-c", "import harvest_bridge.asgi", folder=folder, **settings)
    assert result.returncode != 0
    assert [word for word in words if word not in result.stderr] == []


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SECRET_KEY", "a"),
        ("SECRET_KEY", "a" * 64),
        ("SECRET_KEY", "abcdefghijklmnop"),
        ("METRICS_TOKEN", "metrics"),
        ("ENCRYPTION_KEYS", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="),
        ("ENCRYPTION_KEYS", f"{KEY},c2hvcnQ="),
    ],
)
def test_a_key_that_can_be_guessed_is_refused_with_the_remedy(name: str, value: str, tmp_path: Path) -> None:
    refused(name, "openssl rand", folder=tmp_path, **GOOD | {name: value})


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PUBLIC_URL", "https://time.example.com"),
        ("PUBLIC_URL", "http://192.168.1.7:8000"),
        ("ALLOWED_HOSTS", "localhost,bridge.example.com"),
        ("ALLOWED_HOSTS", "*"),
        ("UVICORN_HOST", "0.0.0.0"),
    ],
)
def test_debug_is_refused_off_this_machine(name: str, value: str, tmp_path: Path) -> None:
    refused("DEBUG is for this machine alone", "Unset DEBUG", folder=tmp_path, DEBUG="1", **{name: value})


@pytest.mark.parametrize("words", [("--host", "0.0.0.0"), ("--host=::",), ("--host", "10.0.0.3")])
def test_debug_does_not_listen_to_others(words: tuple[str, ...], tmp_path: Path) -> None:
    result = start("-m", "uvicorn", "harvest_bridge.asgi:application", *words, folder=tmp_path, DEBUG="1")
    assert result.returncode != 0
    assert "DEBUG is for this machine alone" in result.stderr


def test_debugs_keys_are_random_and_kept_for_their_owner(tmp_path: Path) -> None:
    script = "from harvest_bridge.settings import *; print(SECRET_KEY, *ENCRYPTION_KEYS)"
    printed = [start("-c", script, folder=tmp_path / name, DEBUG="1").stdout for name in ("one", "one", "two")]
    assert printed[0] == printed[1] != printed[2]
    assert len(printed[0]) > 80
    assert (tmp_path / "one" / "secrets.json").stat().st_mode & 0o777 == 0o600


def test_debug_in_the_demos_folder_seals_under_the_demos_keys(tmp_path: Path) -> None:
    kept = Demo(tmp_path, {}).secrets
    script = "from harvest_bridge.settings import *; print(SECRET_KEY, *ENCRYPTION_KEYS)"
    assert start("-c", script, folder=tmp_path, DEBUG="1").stdout.split() == list(kept.values())


def test_debug_answers_nobody_else() -> None:
    answer = LoopbackOnly(lambda _: HttpResponse("a traceback"))
    asked = [RequestFactory().get("/", REMOTE_ADDR=address) for address in ("127.0.0.1", "::1", "10.0.0.7", "")]
    assert [answer(request).status_code for request in asked] == [200, 200, 403, 403]


def test_everything_in_var_dir_is_private(tmp_path: Path) -> None:
    folder = tmp_path / "var"
    folder.mkdir(mode=0o755)
    for name in ("bridge.sqlite3", "queue.sqlite3", "pacing.sqlite3"):
        (folder / name).touch(mode=0o644)
    script = "import os; from django.core.management import call_command; import django; django.setup(); "
    script += "call_command('migrate', verbosity=0); from huey.contrib.djhuey import HUEY; HUEY.pending_count(); "
    script += "from django.db import connection; connection.cursor().execute('create table x (y)')"
    settings = GOOD | {"DJANGO_SETTINGS_MODULE": "harvest_bridge.settings"}
    result = start("-c", script + "; os._exit(0)", folder=folder, **settings)
    assert result.returncode == 0, result.stderr
    modes = {path.name: path.stat().st_mode & 0o077 for path in [folder, *folder.iterdir()]}
    assert {"bridge.sqlite3", "bridge.sqlite3-wal", "bridge.sqlite3-shm", "queue.sqlite3"} <= set(modes)
    assert not any(modes.values()), modes


def test_a_folder_that_others_write_to_is_left_as_it_is(tmp_path: Path) -> None:
    tmp_path.chmod(0o1777)
    start("-c", "import harvest_bridge.settings", folder=tmp_path, **GOOD)
    assert tmp_path.stat().st_mode & 0o7777 == 0o1777


def test_an_upstream_with_a_path_is_refused(tmp_path: Path) -> None:
    result = start("manage.py", "check", folder=tmp_path, **GOOD | {"HARVEST_API_URL": "https://api.example/v2"})
    assert result.returncode != 0
    assert "HARVEST_API_URL" in result.stderr


def test_a_second_web_process_without_redis_is_refused(tmp_path: Path) -> None:
    script = "from harvest_bridge.console.web_lock import hold; first = hold(); hold()"
    result = start("-c", script, folder=tmp_path, DEBUG="1", DJANGO_SETTINGS_MODULE="harvest_bridge.settings")
    assert result.returncode != 0
    assert "Set REDIS_URL to run more than one" in result.stderr


@pytest.mark.django_db
def test_the_database_holds_every_constraint_of_the_models() -> None:
    """Django leaves out, with a warning, what a database does not know."""
    assert [one for one in run_checks(databases=["default"]) if one.id.startswith("models.W")] == []


@pytest.mark.parametrize("words", [("createhost", "--help"), ("help", "createhost")])
def test_help_needs_no_settings(words: tuple[str, ...], tmp_path: Path) -> None:
    result = start("manage.py", *words, folder=tmp_path)
    assert result.returncode == 0, result.stderr
    assert "--origin" in result.stdout


@pytest.mark.parametrize("name", ["createhost", "rotatekeys", "erasetenant"])
def test_a_command_without_settings_names_those_that_lack_and_how_to_make_them(name: str, tmp_path: Path) -> None:
    result = start("manage.py", name, "--name", "x", folder=tmp_path)
    assert result.returncode != 0
    wanted = ("SECRET_KEY", "openssl rand -base64 48", "ENCRYPTION_KEYS", "openssl rand -base64 32")
    assert [word for word in wanted if word not in result.stderr] == []
    assert "Traceback" not in result.stderr
