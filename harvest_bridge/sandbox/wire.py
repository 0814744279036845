"""The outermost layer: the journal, the Date of the sandbox's own clock, CORS, and ordered faults."""

from __future__ import annotations

import asyncio
import socket
import struct
from email.utils import format_datetime
from time import perf_counter
from typing import Any

from starlette.types import ASGIApp, Message, Receive, Scope, Send
from uvicorn.protocols.http.h11_impl import H11Protocol

from harvest_bridge.sandbox.faults import Fault
from harvest_bridge.sandbox.journal import Received
from harvest_bridge.sandbox.world import World

OWN_PAGES = ("/sandbox", "/timesheet", "/health", "/favicon.ico")
TRANSPORT = "harvest_bridge.sandbox.transport"
EDGE_PAGE = (
    "<!DOCTYPE html><html><head><title>502 Bad Gateway</title></head>"
    "<body><h1>502 Bad Gateway</h1><hr>cloudflare</body></html>"
)


class OpenProtocol(H11Protocol):
    """uvicorn's HTTP, which also lets the application cut the connection."""

    def connection_made(self, transport: Any) -> None:
        super().connection_made(transport)
        self.access_log = False  # the journal has it all
        inner = self.app

        async def app(scope: Any, receive: Any, send: Any) -> None:
            scope[TRANSPORT] = transport
            await inner(scope, receive, send)

        self.app = app


class ConnectionCut(Exception):
    """The connection is gone on purpose; nothing is left to be sent."""


class Wire:
    """Wraps the whole application. The sandbox's own pages pass without journal and faults."""

    def __init__(self, app: ASGIApp, world: World) -> None:
        self._app = app
        self._world = world

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        send = self._dated(send)
        if scope["path"] == "/" or scope["path"].startswith(OWN_PAGES):
            await self._app(scope, receive, send)
            return
        body = await _whole_body(receive)
        received = self._world.journal.record(_received(scope, body, self._world))
        begun = perf_counter()
        with self._world.lock:
            fault = self._world.faults.take(received.method, received.path)
        received.fault = fault.kind if fault else None
        try:
            await self._serve(scope, _replay(body), _noting(send, received), fault)
        except ConnectionCut:
            received.status = 0
        received.seconds = perf_counter() - begun

    async def _serve(self, scope: Scope, receive: Receive, send: Send, fault: Fault | None) -> None:
        if self._world.switches.latency_seconds:
            await asyncio.sleep(self._world.switches.latency_seconds)
        if fault is None:
            await self._app(scope, receive, send)
            return
        if fault.kind == "latency":
            await asyncio.sleep(fault.seconds)
            await self._app(scope, receive, send)
        elif fault.kind in ("status", "html_error"):
            await _answer(send, fault)
        elif fault.kind == "reset":
            await _cut(scope)
        else:
            status, headers, content = await _collect(self._app, scope, receive)
            await _spoil(scope, send, fault, status, headers, content)

    def _dated(self, send: Send) -> Send:
        async def dated(message: Message) -> None:
            if message["type"] == "http.response.start":
                date = format_datetime(self._world.clock.now(), usegmt=True).encode()
                message["headers"] = [*message["headers"], (b"date", date), (b"server", b"cloudflare")]
            await send(message)

        return dated


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


async def _answer(send: Send, fault: Fault) -> None:
    if fault.kind == "html_error":
        status, body, kind = fault.status or 502, fault.body or EDGE_PAGE, "text/html; charset=UTF-8"
    else:
        status, body, kind = fault.status or 500, fault.body, fault.content_type
    headers = [(b"content-type", kind.encode()), (b"content-length", str(len(body.encode())).encode())]
    if fault.retry_after is not None:
        headers.append((b"retry-after", str(fault.retry_after).encode()))
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body.encode()})


async def _collect(app: ASGIApp, scope: Scope, receive: Receive) -> tuple[int, list[tuple[bytes, bytes]], bytes]:
    """Let the request take effect, and keep its answer to ourselves."""
    start: Message = {}
    content = b""

    async def keep(message: Message) -> None:
        nonlocal start, content
        if message["type"] == "http.response.start":
            start = message
        else:
            content += message.get("body", b"")

    await app(scope, receive, keep)
    return start["status"], start["headers"], content


async def _spoil(
    scope: Scope, send: Send, fault: Fault, status: int, headers: list[tuple[bytes, bytes]], content: bytes
) -> None:
    if fault.kind == "lost_answer":
        await _cut(scope)
    half = content[: len(content) // 2]
    if fault.kind == "truncated_json":
        headers = [pair for pair in headers if pair[0] != b"content-length"]
        headers.append((b"content-length", str(len(half)).encode()))
        content = half
    await send({"type": "http.response.start", "status": status, "headers": headers})
    if fault.kind == "slow_body":
        await _drip(send, content, fault.seconds)
    elif fault.kind == "cut_body":
        await send({"type": "http.response.body", "body": half, "more_body": True})
        await asyncio.sleep(0.05)
        await _cut(scope)
    else:
        await send({"type": "http.response.body", "body": content})


async def _drip(send: Send, content: bytes, seconds: float, pieces: int = 20) -> None:
    size = max(1, len(content) // pieces)
    for at in range(0, len(content), size):
        await send({"type": "http.response.body", "body": content[at : at + size], "more_body": True})
        await asyncio.sleep(seconds / pieces)
    await send({"type": "http.response.body", "body": b""})


async def _cut(scope: Scope) -> None:
    """Close with a TCP reset. Errors: always ConnectionCut, once uvicorn has heard of it and will not complain."""
    transport = scope.get(TRANSPORT)
    if transport is not None:
        raw = transport.get_extra_info("socket")
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        transport.abort()
        await asyncio.sleep(0.01)
    raise ConnectionCut
