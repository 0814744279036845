"""The outermost layer: the journal, the Date of the sandbox's own clock, latency, and ordered faults."""

from __future__ import annotations

import asyncio
from collections.abc import Collection
from email.utils import format_datetime
from time import perf_counter

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from harvest_bridge.sandbox.foreign import is_by_our_name, misdirected
from harvest_bridge.sandbox.interruptions import run_due
from harvest_bridge.sandbox.journal import Received
from harvest_bridge.sandbox.protocol import cut_connection
from harvest_bridge.sandbox.trouble import ConnectionCut, serve_with
from harvest_bridge.sandbox.world import World

_LOOK_SECONDS = 0.02
OWN_PAGES = ("/sandbox", "/timesheet", "/invoice/", "/client/", "/health", "/favicon.ico")


class Wire:
    """Wraps the whole application. The sandbox's own pages pass without journal and faults."""

    def __init__(self, app: ASGIApp, world: World, names: Collection[str] = ()) -> None:
        self._app = app
        self._names = names
        self._world = world

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        send = self._dated(send)
        if not is_by_our_name(scope["headers"], self._names):
            await misdirected()(scope, receive, send)
            return
        if scope["path"] == "/" or scope["path"].startswith(OWN_PAGES):
            await self._app(scope, receive, send)
            return
        body = await _whole_body(receive)
        received = self._world.journal.record(_received(scope, body, self._world))
        begun = perf_counter()
        try:
            await self._serve(scope, _replay(body), _noting(send, received), received)
        except ConnectionCut as cut:
            received.status = 0
            await cut_connection(scope)
            if cut.arrives_after is not None:
                await self._arrive(scope, _replay(body), received, after=cut.arrives_after)
        received.seconds = perf_counter() - begun

    async def _serve(self, scope: Scope, receive: Receive, send: Send, received: Received) -> None:
        with self._world.lock:
            run_due(self._world.interruptions, received.path)
            fault = self._world.faults.take(received.method, received.path)
        if self._world.switches.latency_seconds:
            await asyncio.sleep(self._world.switches.latency_seconds)
        app = _observed(self._app, received)
        if fault is None:
            await app(scope, receive, send)
        else:
            received.fault = fault.kind
            await serve_with(fault, app, scope, receive, send)

    async def _arrive(self, scope: Scope, receive: Receive, received: Received, *, after: float) -> None:
        """Carried out late, for nobody to hear of; never after a reset of the world."""
        clock, tokens = self._world.clock, self._world.tokens
        due = clock.timestamp() + after
        while clock.timestamp() < due:
            await asyncio.sleep(_LOOK_SECONDS)
        if self._world.tokens is tokens:
            await _observed(self._app, received)(scope, receive, _unheard)

    def _dated(self, send: Send) -> Send:
        async def dated(message: Message) -> None:
            if message["type"] == "http.response.start":
                date = format_datetime(self._world.clock.now(), usegmt=True).encode()
                message["headers"] = [*message["headers"], (b"date", date), (b"server", b"cloudflare")]
            await send(message)

        return dated


async def _unheard(message: Message) -> None:
    """The connection is gone."""


async def _whole_body(receive: Receive) -> bytes:
    body, more = b"", True
    while more:
        message = await receive()
        body += message.get("body", b"")
        more = message.get("more_body", False)
    return body


def _replay(body: bytes) -> Receive:
    messages = [{"type": "http.request", "body": body, "more_body": False}]

    async def receive() -> Message:
        return messages.pop(0) if messages else {"type": "http.disconnect"}

    return receive


def _observed(app: ASGIApp, received: Received) -> ASGIApp:
    """Notes what came of the request before anything can happen to its answer."""

    async def observed(scope: Scope, receive: Receive, send: Send) -> None:
        async def note(message: Message) -> None:
            if message["type"] == "http.response.start":
                received.outcome = message["status"]
            await send(message)

        await app(scope, receive, note)

    return observed


def _noting(send: Send, received: Received) -> Send:
    async def noting(message: Message) -> None:
        if message["type"] == "http.response.start":
            received.status = message["status"]
        await send(message)

    return noting


def _received(scope: Scope, body: bytes, world: World) -> Received:
    return Received(
        at=world.clock.now(),
        method=scope["method"],
        path=scope.get("raw_path", scope["path"].encode()).decode("latin-1"),
        query=scope["query_string"].decode("latin-1"),
        headers={name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]},
        body=body,
    )
