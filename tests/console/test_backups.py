"""A backup is one file that becomes the same bridge again elsewhere, or says why not; nothing is half restored."""

from __future__ import annotations

import sqlite3
import tarfile
import uuid
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import msgspec
import psycopg
import pytest

from harvest_bridge.sandbox.testing import RunningSandbox
from tests.databases import own_database
from tests.processes import Bridge
from tests.programs import run_program
from tests.timer_widget.fault_harness import link

LOOK = """
from django.apps import apps
for model in sorted(apps.get_models(), key=lambda m: m._meta.label):
    if model._meta.managed and model._meta.app_label not in ("sessions", "contenttypes", "console", "api"):
        print(model._meta.label, sorted(map(str, model._default_manager.values_list())))
"""


@pytest.fixture
def backup(bridge: Bridge, sandbox: RunningSandbox, tmp_path: Path) -> Path:
    """Of a bridge with a linked account, while it runs."""
    link(bridge, sandbox, uuid.uuid4().hex, "alice", is_account=True)
    file = tmp_path / "bridge.tar.gz"
    bridge.manage("backup", str(file))
    return file


@contextmanager
def another_machine(bridge: Bridge, folder: Path, **settings: str) -> Iterator[dict[str, str]]:
    """The environment of a bridge elsewhere, with an empty database and these settings."""
    folder.mkdir()
    with own_database(folder) as url:
        yield dict(bridge.environment) | {"DATABASE_URL": url, "VAR_DIR": str(folder)} | settings


def test_it_becomes_the_same_bridge_elsewhere(bridge: Bridge, backup: Path, tmp_path: Path) -> None:
    assert backup.stat().st_mode & 0o077 == 0
    with another_machine(bridge, tmp_path / "there") as there:
        said = run_program("manage", "restore", str(backup), environment=there)
        assert "every key opens" in said
        run_program("manage", "backup", str(again := tmp_path / "again.tar.gz"), environment=there)
        assert rows_of(again) == rows_of(backup) | {k: v for k, v in rows_of(again).items() if "audit" in k}
        look = ("shell", "--no-imports", "-c", LOOK)
        assert run_program("manage", *look, environment=there) == bridge.manage(*look)
        with pytest.raises(RuntimeError, match="--replace"):
            run_program("manage", "restore", str(backup), environment=there)
        run_program("manage", "restore", str(backup), "--replace", environment=there)


def test_without_the_key_that_sealed_its_tokens_it_is_refused_before_anything_is_written(
    bridge: Bridge, backup: Path, tmp_path: Path
) -> None:
    other = "b3RoZXIga2V5IHdpdGggZW5vdWdoIGxldHRlcnMgMTI="
    with another_machine(bridge, tmp_path / "there", ENCRYPTION_KEYS=other) as there:
        with pytest.raises(RuntimeError, match="ENCRYPTION_KEYS lacks"):
            run_program("manage", "restore", str(backup), environment=there)
        run_program("manage", "restore", str(backup), environment=there | {"ENCRYPTION_KEYS": _keys(bridge, other)})


def _keys(bridge: Bridge, other: str) -> str:
    return f"{other},{bridge.environment['ENCRYPTION_KEYS']}"


@pytest.mark.parametrize("damage", ["cut", "altered", "none of ours"])
def test_a_damaged_file_is_named_as_such_and_changes_nothing(
    bridge: Bridge, backup: Path, tmp_path: Path, damage: str
) -> None:
    whole = backup.read_bytes()
    middle = len(whole) // 2
    backup.write_bytes(
        {
            "cut": whole[:middle],
            "altered": whole[:middle] + bytes(b ^ 1 for b in whole[middle : middle + 64]) + whole[middle + 64 :],
            "none of ours": b"GIF89a" * 100,
        }[damage]
    )
    with another_machine(bridge, tmp_path / "there") as there:
        with pytest.raises(RuntimeError, match=r"damaged|no backup"):
            run_program("manage", "restore", str(backup), environment=there)
        assert tables_in(there["DATABASE_URL"]) == []


def test_a_running_bridge_is_never_restored_over(bridge: Bridge, backup: Path) -> None:
    with pytest.raises(RuntimeError, match=r"Stop it|has data already"):
        bridge.manage("restore", str(backup))


def tables_in(database_url: str) -> list[str]:
    if database_url.startswith("sqlite"):
        with closing(sqlite3.connect(database_url.removeprefix("sqlite:///"))) as file:
            return [name for (name,) in file.execute("SELECT name FROM sqlite_master")]
    with psycopg.connect(database_url) as server:
        found = server.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()
        return [name for (name,) in found]


def rows_of(backup: Path) -> dict[str, int]:
    with tarfile.open(backup) as tar:
        member = tar.extractfile("manifest.json")
        assert member is not None
        told = msgspec.json.decode(member.read())
    assert told["key_ids"]
    return {str(table): int(count) for table, count in told["rows"].items()}
