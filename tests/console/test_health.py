"""Health says what is wrong, part by part."""

from __future__ import annotations

import subprocess
import sys
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import DatabaseError
from django.test import Client
from django.utils import timezone
from prometheus_client import CollectorRegistry, generate_latest

from harvest_bridge.connections.models import Connection
from harvest_bridge.console import health, heartbeat, tasks
from harvest_bridge.console.health_metrics import HealthCollector
from harvest_bridge.env import ROOT
from harvest_bridge.hosts.services import NewHostApp
from harvest_bridge.webhooks import delivery_totals

pytestmark = pytest.mark.django_db


def test_ready_names_each_part() -> None:
    heartbeat.note_beat()
    delivery_totals.note_dispatcher(now=timezone.now())
    response = Client().get("/health/ready")
    parts = ("database", "keys", "disk", "queue", "pacing", "worker", "webhooks")
    assert (response.status_code, response.json()) == (200, {"status": "ok", "parts": dict.fromkeys(parts, "ok")})


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


def test_probes_do_not_read_the_migrations_again_and_again(monkeypatch: pytest.MonkeyPatch) -> None:
    assert parts()["database"] == "ok"
    monkeypatch.delattr(health, "MigrationExecutor")
    assert parts()["database"] == "ok"


def test_live_answers_without_django() -> None:
    script = "import sys, harvest_bridge.console.liveness; assert not any(m.startswith('django') for m in sys.modules)"
    assert subprocess.run([sys.executable, "-c", script], cwd=ROOT).returncode == 0


def test_a_queue_that_is_gone_is_a_503(monkeypatch: pytest.MonkeyPatch) -> None:
    def gone() -> None:
        raise OSError

    monkeypatch.setattr(health.HUEY, "pending_count", gone)
    response = Client().get("/health/ready")
    assert (response.status_code, response.json()["parts"]["queue"]) == (503, "cannot be reached")


def parts() -> dict[str, str]:
    found: dict[str, str] = Client().get("/health/ready").json()["parts"]
    return found


def test_a_worker_that_is_silent_is_said_and_takes_no_web_process_out() -> None:
    heartbeat.note_beat(time.time() - 600)
    response = Client().get("/health/ready")
    assert (response.status_code, response.json()["status"]) == (200, "degraded")
    assert response.json()["parts"]["worker"].startswith("silent for 60")
    tasks.beat.call_local()
    assert parts()["worker"] == "ok"


def test_webhooks_that_nobody_delivers_are_said_and_take_no_web_process_out() -> None:
    heartbeat.note_beat()
    assert parts()["webhooks"] == "have never been delivered: start manage.py run_huey"
    delivery_totals.note_dispatcher(now=timezone.now() - timedelta(seconds=600))
    response = Client().get("/health/ready")
    assert (response.status_code, response.json()["status"]) == (200, "degraded")
    assert response.json()["parts"]["webhooks"].startswith("not delivered for 60")


def test_keys_that_open_nothing_are_a_503(settings: Any, board: NewHostApp) -> None:
    assert parts()["keys"] == "ok"
    settings.ENCRYPTION_KEYS = ["c29tZSBvdGhlciBrZXkgb2YgMzIgYnl0ZXMuLi4uISE="]
    response = Client().get("/health/ready")
    assert (response.status_code, "ENCRYPTION_KEYS lacks" in response.json()["parts"]["keys"]) == (503, True)


def test_a_damaged_secret_is_no_matter_of_keys(alices: Connection) -> None:
    Connection.objects.update(sealed_access_token="damaged")
    assert parts()["keys"] == "ok"


def test_a_disk_that_takes_nothing_more_is_a_503(settings: Any) -> None:
    settings.VAR_DIR = Path("/proc/nowhere")
    response = Client().get("/health/ready")
    assert response.status_code == 503
    assert response.json()["parts"]["disk"].startswith("VAR_DIR cannot be written to")


@pytest.mark.parametrize("host", ["10.2.3.4:8000", "health.internal", "x" * 300, "a b", ""])
@pytest.mark.parametrize("path", ["/health/ready", "/ping"])
def test_a_probe_may_send_any_host(settings: Any, host: str, path: str) -> None:
    settings.ALLOWED_HOSTS = ["time.example.com"]
    assert Client().get(path, HTTP_HOST=host).status_code == 200
    assert Client().get("/accounts/login/", HTTP_HOST=host or "other").status_code == 400


def test_metrics_say_the_same(alices: Connection) -> None:
    heartbeat.note_beat(1_700_000_000)
    registry = CollectorRegistry()
    registry.register(HealthCollector())
    text = generate_latest(registry).decode()
    for line in (
        'harvest_bridge_part_ok{part="database"} 1.0',
        'harvest_bridge_part_ok{part="worker"} 0.0',
        "harvest_bridge_worker_beat_timestamp_seconds 1.7e+09",
        'harvest_bridge_connections{state="active"} 1.0',
        'harvest_bridge_build{version="',
    ):
        assert line in text


def test_the_disk_of_the_database_is_looked_at_where_it_is_another_than_that_of_var_dir(
    settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.ON_SQLITE = True
    monkeypatch.setitem(settings.DATABASES["default"], "NAME", str(tmp_path / "away" / "bridge.sqlite3"))
    assert parts()["disk"].startswith("the folder of the database cannot be written to")
    (tmp_path / "away").mkdir()
    assert parts()["disk"].startswith("ok")
