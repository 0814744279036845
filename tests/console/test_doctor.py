"""`manage.py doctor` names what is wrong with an installation, and what to do about it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from harvest_bridge.console.doctor import findings
from harvest_bridge.env import ROOT
from harvest_bridge.hosts.models import WidgetKey
from harvest_bridge.hosts.services import NewHostApp, create_host_app
from tests.processes import Bridge, clean_environment

from .test_serve import GOOD


def doctor(folder: Path | None = None, **settings: str) -> tuple[int, dict[str, dict[str, str]]]:
    """Its exit status, and what it found by part."""
    environment = clean_environment(**({"VAR_DIR": str(folder)} if folder else {}) | settings)
    done = subprocess.run(
        [sys.executable, "manage.py", "doctor", "--json"], env=environment, cwd=ROOT, capture_output=True, text=True
    )
    assert not any(secret in done.stdout + done.stderr for secret in GOOD.values() if len(secret) > 20)
    return done.returncode, {one["part"]: one for one in map(json.loads, done.stdout.splitlines())}


def test_a_bridge_in_order_has_only_its_missing_worker_told(bridge: Bridge) -> None:
    status, found = doctor(**bridge.environment)
    assert {part for part, one in found.items() if one["state"] == "error"} <= {"worker", "webhooks"}
    assert found["Harvest's API"]["state"] == found["public address"]["state"] == found["clock"]["state"] == "ok"
    assert found["redirect address"]["said"].startswith(f"{bridge.url}/connect-account/callback")
    assert status == (1 if any(one["state"] == "error" for one in found.values()) else 0)


@pytest.mark.any_database
def test_each_thing_that_is_wrong_comes_with_its_remedy(tmp_path: Path) -> None:
    away = {"HARVEST_API_URL": "http://127.0.0.1:9", "HARVEST_ID_URL": "http://127.0.0.1:9"}
    status, found = doctor(tmp_path, PUBLIC_URL="http://127.0.0.1:9", **GOOD | away | {"SECRET_KEY": ""})
    assert status == 1
    remedies = {part: one["remedy"] for part, one in found.items() if one["state"] == "error"}
    assert "openssl rand" in remedies["settings"]
    assert "manage.py migrate" in remedies["database"]
    assert "HARVEST_API_URL" in remedies["Harvest's API"]
    assert "proxy" in remedies["public address"]
    assert "run_huey" in remedies["worker"]


@pytest.mark.any_database
def test_a_redis_that_may_forget_is_told(redis_url: str, tmp_path: Path) -> None:
    import redis

    with redis.Redis.from_url(redis_url) as client:
        before = str(client.config_get("maxmemory-policy")["maxmemory-policy"])  # type: ignore[index]
        try:
            client.config_set("maxmemory-policy", "allkeys-lru")
            forgets = doctor(tmp_path, REDIS_URL=redis_url, **GOOD)[1]["redis policy"]
            client.config_set("maxmemory-policy", "noeviction")
            keeps = doctor(tmp_path, REDIS_URL=redis_url, **GOOD)[1]["redis policy"]
        finally:
            client.config_set("maxmemory-policy", before)
    assert (forgets["state"], keeps["state"]) == ("error", "ok")
    assert "noeviction" in forgets["remedy"]


@pytest.mark.django_db
def test_a_secret_that_does_not_open_is_told_with_its_row(board: NewHostApp) -> None:
    other = create_host_app(name="Other", origins=["https://other.example"])
    WidgetKey.objects.filter(pk=other.widget_key.pk).update(sealed_secret=board.widget_key.sealed_secret)
    [told] = [one for one in findings() if one.part == "sealed secrets"]
    assert (told.state, str(other.widget_key.pk) in told.said) == ("error", True)
    assert "again" in told.remedy
    WidgetKey.objects.filter(pk=other.widget_key.pk).delete()
    assert [one.state for one in findings() if one.part == "sealed secrets"] == ["ok"]
