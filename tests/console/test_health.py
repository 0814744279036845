"""Health says what is wrong, part by part."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.db import DatabaseError
from django.test import Client

from harvest_bridge.console import health
from harvest_bridge.env import ROOT

pytestmark = pytest.mark.django_db


def test_ready_names_each_part() -> None:
    response = Client().get("/health/ready")
    assert (response.status_code, response.json()) == (
        200,
        {"status": "ok", "parts": {"database": "ok", "queue": "ok", "pacing": "ok"}},
    )


def test_a_ping_is_answered() -> None:
    response = Client().get("/ping")
    assert (response.status_code, response.json()) == (200, {"ping": "pong"})


def test_redis_is_named_where_it_is_set(settings: Any, redis_url: str) -> None:
    settings.REDIS_URL = redis_url
    assert Client().get("/health/ready").json()["parts"]["redis"] == "ok"


def test_a_redis_that_is_gone_is_a_503_that_repeats_no_address(settings: Any) -> None:
    settings.REDIS_URL = "redis://user:canary@127.0.0.1:1/0"
    response = Client().get("/health/ready")
    assert (response.status_code, response.json()["parts"]["redis"]) == (503, "cannot be reached")
    assert response.json()["parts"]["pacing"].startswith("no call goes to Harvest")
    assert response["Retry-After"] == "5"
    assert "canary" not in response.content.decode()


def test_a_pacing_file_that_is_none_is_a_503(settings: Any, tmp_path: Path) -> None:
    settings.VAR_DIR = tmp_path
    (tmp_path / "pacing.sqlite3").write_bytes(b"not a database, " * 100)
    response = Client().get("/health/ready")
    assert response.status_code == 503
    assert response.json()["parts"]["pacing"].startswith("no call goes to Harvest")


def test_a_database_that_is_gone_is_a_503(monkeypatch: pytest.MonkeyPatch) -> None:
    def gone() -> None:
        raise DatabaseError

    monkeypatch.setattr(health.connection, "cursor", gone)
    response = Client().get("/health/ready")
    assert (response.status_code, response.json()["parts"]["database"]) == (503, "cannot be reached")


def test_waiting_migrations_are_said() -> None:
    from django.db.migrations.recorder import MigrationRecorder

    MigrationRecorder(health.connection).migration_qs.filter(app="connections").delete()
    assert "manage.py migrate" in Client().get("/health/ready").json()["parts"]["database"]


def test_live_answers_without_django() -> None:
    script = "import sys, harvest_bridge.console.live; assert not any(m.startswith('django') for m in sys.modules)"
    assert subprocess.run([sys.executable, "-c", script], cwd=ROOT).returncode == 0


def test_a_queue_that_is_gone_is_a_503(monkeypatch: pytest.MonkeyPatch) -> None:
    def gone() -> None:
        raise OSError

    monkeypatch.setattr(health.HUEY, "pending_count", gone)
    response = Client().get("/health/ready")
    assert (response.status_code, response.json()["parts"]["queue"]) == (503, "cannot be reached")
