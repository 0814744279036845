"""What Prometheus and health are told of deliveries, in another process than the one that delivers."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from prometheus_client import CollectorRegistry, generate_latest
from rest_framework.test import APIClient

from harvest_bridge.console import health
from harvest_bridge.console.health_metrics import HealthCollector
from harvest_bridge.webhooks.models import Event

from .delivering import Delivering
from .receiver import Receiver, status

pytestmark = pytest.mark.django_db(transaction=True)
Made = Callable[..., dict[str, Any]]


def metrics() -> dict[str, float]:
    registry = CollectorRegistry()
    registry.register(HealthCollector())
    lines = re.findall(r"^harvest_bridge_webhook_(\S+) (\S+)$", generate_latest(registry).decode(), re.MULTILINE)
    return {name: float(value) for name, value in lines}


def test_attempts_are_counted_by_how_they_ended_whatever_is_kept_of_them(
    made: Made, happens: Callable[..., Event], receiver: Receiver, delivering: Delivering
) -> None:
    assert metrics()["attempts_total"] == 0
    made()
    receiver.answers = [status(500), status(200)]
    happens(1)
    happens(2)
    delivering.settle()
    delivering.after(seconds=7)
    Event.objects.all().delete()
    found = metrics()
    assert [found[f"{name}_total"] for name in ("attempts", "delivered", "failed")] == [3, 2, 1]


def test_what_waits_and_since_when_is_told_by_the_state_of_its_webhook(
    hooks: APIClient, made: Made, happens: Callable[..., Event], receiver: Receiver, delivering: Delivering
) -> None:
    made()
    paused = made("/paused")
    hooks.patch(f"/webhook/{paused['id']}", {"is_active": False}, format="json")
    receiver.answers = [status(500)]
    happens()
    happens()
    delivering.settle()
    found = metrics()
    assert [found[f'queue{{webhook="{state}"}}'] for state in ("active", "paused", "disabled")] == [2, 2, 0]
    assert found['oldest_pending_seconds{webhook="paused"}'] > 0
    assert found['oldest_pending_seconds{webhook="disabled"}'] == 0


def test_a_dispatcher_at_work_is_seen_by_health(delivering: Delivering) -> None:
    assert health.parts()["webhooks"] == "have never been delivered: start manage.py run_huey"
    delivering.settle()
    assert health.parts()["webhooks"] == "ok"
    assert metrics()["dispatcher_seen_timestamp_seconds"] > 1.7e9
