"""The ASGI application: small ASGI apps for hot or long-lived paths, Django for the rest."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib import import_module

import django
from django.conf import settings
from starlette.applications import Starlette
from starlette.routing import Mount, Route
from starlette.types import Receive, Scope, Send

from harvest_bridge import file_descriptors, process_memory

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "harvest_bridge.settings")
process_memory.bound_heaps()
file_descriptors.raise_limit()
django.setup(set_prefix=False)

from harvest_bridge import checks  # noqa: E402
from harvest_bridge.api.admissions import Admissions  # noqa: E402
from harvest_bridge.api.cache_versions import cache_versions  # noqa: E402
from harvest_bridge.api.limits.connections import Connections, watch_protocols  # noqa: E402
from harvest_bridge.api.limits.middleware import RequestLimits  # noqa: E402
from harvest_bridge.api.request_log.buffer import RequestLog  # noqa: E402
from harvest_bridge.api.request_log.middleware import request_log_middleware  # noqa: E402
from harvest_bridge.console import liveness, web_lock  # noqa: E402
from harvest_bridge.console.audit.sealer import sealer  # noqa: E402
from harvest_bridge.console.django_app import DjangoApp  # noqa: E402
from harvest_bridge.console.metrics_page import MetricsPage  # noqa: E402
from harvest_bridge.harvest import sync_client  # noqa: E402
from harvest_bridge.mirror.reading.changes import ROUTE as CHANGES_ROUTE  # noqa: E402
from harvest_bridge.mirror.reading.changes import changes  # noqa: E402
from harvest_bridge.mirror.reading.changes import waiting as mirror_waiting  # noqa: E402
from harvest_bridge.mirror.reading.exports import ROUTE as EXPORT_ROUTE  # noqa: E402
from harvest_bridge.mirror.reading.exports import exports  # noqa: E402
from harvest_bridge.provisioning import stream as provisioning  # noqa: E402
from harvest_bridge.proxy.drop_in import DropIn  # noqa: E402
from harvest_bridge.webhooks.stream import ROUTE as EVENTS_ROUTE  # noqa: E402
from harvest_bridge.webhooks.stream import event_stream  # noqa: E402
from harvest_bridge.webhooks.waiting import waiting  # noqa: E402
from timer_widget.live.hub import hub  # noqa: E402
from timer_widget.live.stream import timer_stream  # noqa: E402
from timer_widget.polling.poller import poller  # noqa: E402

STREAM = "/timer/stream"
DJANGO_ALONE = ("/proxy/", "/custom/", "/unified/", "/timer/", "/portal/")

checks.refuse_bad_settings()
shares = file_descriptors.shares()
connections = Connections(
    settings.MAX_CONNECTIONS or shares.connections,
    settings.MAX_CONNECTIONS_PER_ADDRESS,
    proxies=settings.FORWARDED_ALLOW_IPS,
)
watch_protocols(connections)
versions = cache_versions()
admissions = Admissions(versions)
django_app = DjangoApp(shares.threads, admissions)
drop_in = DropIn(admissions)
request_log = RequestLog(keeps_rows=settings.REQUEST_LOG_DAYS > 0)


class Bridge(Starlette):
    """Inside the request log, which sees every answer, that to a crash included, and behind the limits."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            await request_log_middleware(limited, request_log, scope, receive, send)
        else:
            await super().__call__(scope, receive, send)

    async def answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        """What is Django's alone goes there at once: to try every route of ours first takes as long as a middleware.

        So do the pages' streams to theirs: Starlette's layers would be around each of their events.
        """
        path = scope["path"] if scope["type"] == "http" else ""
        if path == STREAM and scope["method"] == "GET":
            await timer_stream(scope, receive, send)
        elif path.startswith(DJANGO_ALONE) and path != STREAM:
            await django_app(scope, receive, send)
        else:
            await super().__call__(scope, receive, send)


@asynccontextmanager
async def lifespan(_: Starlette) -> AsyncIterator[None]:
    """Harvest calls of every thread run on this process's loop: one connection pool, one pacer."""
    lock = web_lock.hold()
    sync_client.adopt(asyncio.get_running_loop())
    request_log.start()
    sealer.start()
    import_module(settings.ROOT_URLCONF)  # else the first request would load it, behind the collector's back
    process_memory.collect_seldom()
    try:
        async with (
            hub.running(),
            poller.running(),
            waiting.running(),
            mirror_waiting.running(),
            connections.watched(),
            process_memory.giving_back(),
        ):
            yield
    finally:
        await versions.aclose()
        await sync_client.release()
        await asyncio.to_thread(request_log.close)
        await asyncio.to_thread(sealer.close)
        lock.close()


application = Bridge(
    routes=[
        Route("/v2/{path:path}", drop_in),
        Route("/api/v2/{path:path}", drop_in),
        Route(EVENTS_ROUTE, event_stream),
        Route(CHANGES_ROUTE, changes),
        Route(EXPORT_ROUTE, exports),
        Route(STREAM, timer_stream, methods=["GET"]),
        Route(provisioning.ROUTE, provisioning.answer, methods=["GET"]),
        Route("/health/live", liveness.answer, methods=["GET"]),
        Route("/metrics", MetricsPage(request_log)),
        Mount("/", app=django_app),
    ],
    lifespan=lifespan,
)
application.router.default = django_app  # what fits no route, such as a path with a line break
application.router.redirect_slashes = False  # a path that fits no route is Django's to answer, not ours to correct
limited = RequestLimits(application.answer, connections)
