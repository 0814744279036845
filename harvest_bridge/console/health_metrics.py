"""The parts of /health/ready as numbers, with connections by state, the worker's last beat and our version."""

from __future__ import annotations

from collections.abc import Iterator

from django.db import DatabaseError
from django.db.models import Count
from django.utils import timezone
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.metrics_core import Metric

from harvest_bridge.api.outages import outages
from harvest_bridge.connections.models import Connection
from harvest_bridge.version import version
from harvest_bridge.webhooks import delivery_totals

from . import health
from .heartbeat import last_beat


class HealthCollector:
    """Asked at each scrape. What cannot be told without the database or the queue is left out."""

    def collect(self) -> Iterator[Metric]:
        yield from (_version(), _parts())
        yield from _beat()
        yield from _connections()
        yield from _webhooks()


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
    except outages():
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


def _webhooks() -> Iterator[Metric]:
    """Counted in the database, as the dispatcher is in a worker."""
    try:
        totals, queues = delivery_totals.totals(), delivery_totals.queues()
    except DatabaseError:
        return
    delivered, failed = (totals.delivered, totals.failed) if totals else (0, 0)
    yield _counter("attempts", "Requests made to receivers of webhooks.", delivered + failed)
    yield _counter("delivered", "Of these: answered with a 2xx.", delivered)
    yield _counter("failed", "Of these: answered otherwise, or not at all.", failed)
    if totals is not None:
        seen_at = totals.dispatcher_seen_at.timestamp()
        yield _gauge("dispatcher_seen_timestamp_seconds", "When deliveries last were looked after.", seen_at)
    yield from _queues(queues)


def _queues(queues: dict[str, delivery_totals.Queue]) -> Iterator[Metric]:
    sizes = _gauge("queue", "Deliveries that wait, by the state of their webhook.", labels=["webhook"])
    ages = _gauge("oldest_pending_seconds", "Age of the oldest event among them.", labels=["webhook"])
    now = timezone.now()
    for state, queue in queues.items():
        sizes.add_metric([state], queue.count)
        ages.add_metric([state], (now - queue.oldest_at).total_seconds() if queue.oldest_at else 0)
    yield from (sizes, ages)


def _counter(name: str, says: str, value: int) -> Metric:
    return CounterMetricFamily(f"harvest_bridge_webhook_{name}", says, value=value)


def _gauge(name: str, says: str, value: float | None = None, labels: list[str] | None = None) -> GaugeMetricFamily:
    return GaugeMetricFamily(f"harvest_bridge_webhook_{name}", says, value=value, labels=labels)
