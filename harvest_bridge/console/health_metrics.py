"""The parts of /health/ready as numbers, with connections by state, the worker's last beat and our version."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator

import redis
from django.db import DatabaseError
from django.db.models import Count
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.metrics_core import Metric

from harvest_bridge.connections.models import Connection

from . import health
from .heartbeat import last_beat
from .version import version


class HealthCollector:
    """Asked at each scrape. What cannot be told without the database or the queue is left out."""

    def collect(self) -> Iterator[Metric]:
        yield from (_version(), _parts())
        yield from _beat()
        yield from _connections()


def _version() -> Metric:
    info = GaugeMetricFamily("harvest_bridge_build", "1, with the version that runs.", labels=["version"])
    info.add_metric([version()], 1)
    return info


def _parts() -> Metric:
    parts = GaugeMetricFamily("harvest_bridge_part_ok", "1 where /health/ready says ok of a part.", labels=["part"])
    for name, state in health.parts().items():
        parts.add_metric([name], int(health.is_fine(state)))
    return parts


def _beat() -> Iterator[Metric]:
    try:
        at = last_beat()
    except (OSError, redis.RedisError, sqlite3.Error):
        return
    if at is not None:
        help_text = "When a worker last gave a sign of life."
        yield GaugeMetricFamily("harvest_bridge_worker_beat_timestamp_seconds", help_text, value=at)


def _connections() -> Iterator[Metric]:
    family = GaugeMetricFamily("harvest_bridge_connections", "Connections by state.", labels=["state"])
    try:
        linked = Connection.objects.filter(disconnected_at=None).order_by()
        for state, count in linked.values_list("status").annotate(n=Count("pk")):
            family.add_metric([state], count)
        family.add_metric(["disconnected"], Connection.objects.exclude(disconnected_at=None).count())
    except DatabaseError:
        return
    yield family
