"""GET /metrics for Prometheus: outside Django, so that it answers when the database does not."""

from __future__ import annotations

import asyncio
import ipaddress
import os
import secrets
from urllib.parse import urlsplit

from django.conf import settings
from django.db import connections
from huey.contrib.djhuey import HUEY
from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, CollectorRegistry, Gauge, generate_latest, multiprocess
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.types import Receive, Scope, Send

from harvest_bridge.api.errors import body_of, headers_of
from harvest_bridge.api.outages import outages
from harvest_bridge.api.request_log.buffer import RequestLog
from harvest_bridge.errors import BridgeError

from .health_metrics import HealthCollector

# A proxy in front of us says by one of these that somebody else asks through it.
_FORWARDED = ("forwarded", "x-forwarded-for", "x-forwarded-host", "x-forwarded-proto", "x-real-ip", "via")


class MetricsRefused(BridgeError):
    """Numbers of all host apps together: for the operator's Prometheus, not for callers."""

    status = 403
    code = "metrics_refused"


class MetricsPage:
    """An ASGI application. `log` still holds requests of the last second, which count too."""

    def __init__(self, log: RequestLog) -> None:
        self._log = log

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await (await self._answer(Request(scope)))(scope, receive, send)

    async def _answer(self, request: Request) -> Response:
        if not _may_read(request):
            error = MetricsRefused(
                "Send METRICS_TOKEN as `Authorization: Bearer …`; without that setting metrics are read directly, on "
                "this machine alone, and only while PUBLIC_URL is an address of this machine."
            )
            return JSONResponse(body_of(error), error.status, headers_of(error))
        text = await asyncio.to_thread(self._text)
        return Response(text, media_type=CONTENT_TYPE_LATEST, headers={"cache-control": "no-store"})

    def _text(self) -> bytes:
        self._log.count()
        try:
            return generate_latest(_counted()) + generate_latest(self._now())
        finally:
            connections.close_all()  # this thread's, which nobody else looks after

    def _now(self) -> CollectorRegistry:
        """What is true at this moment, of this process or of everybody's queue."""
        registry = CollectorRegistry()
        waiting = Gauge("harvest_bridge_request_log_waiting", "Rows not yet written, here.", registry=registry)
        waiting.set(self._log.waiting)
        if (pending := _pending()) is not None:
            queue = Gauge("harvest_bridge_queue_pending", "Jobs that wait for a worker.", registry=registry)
            queue.set(pending)
        registry.register(HealthCollector())
        return registry


def _counted() -> CollectorRegistry:
    """Of this process; with PROMETHEUS_MULTIPROC_DIR, of all that share the folder."""
    if not os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
        return REGISTRY
    registry = CollectorRegistry()
    multiprocess.MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    return registry


def _pending() -> int | None:
    """None where the queue cannot be reached: /health/ready says so, and no number is better than a wrong one."""
    try:
        return int(HUEY.pending_count())
    except outages():
        return None


def _may_read(request: Request) -> bool:
    """Without a token a caller must be on this machine, and nothing may speak for a proxy: not its headers, not a name
    by which others reach us."""
    if settings.METRICS_TOKEN:
        shown = request.headers.get("authorization", "")
        return secrets.compare_digest(shown.encode(), f"Bearer {settings.METRICS_TOKEN}".encode())
    names = (urlsplit(settings.PUBLIC_URL).hostname or "", request.url.hostname or "")
    if request.client is None or any(name in request.headers for name in _FORWARDED):
        return False
    return all(map(_is_this_machine, (request.client.host, *names)))


def _is_this_machine(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
