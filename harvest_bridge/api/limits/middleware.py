"""ASGI middleware in front of every route: refuses requests above a limit before any work is done."""

from __future__ import annotations

import asyncio
import re

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from harvest_bridge.api.errors import NotFound
from harvest_bridge.errors import BridgeError

from . import bodies
from .connections import Connections
from .errors import AddressTooLong, HeadTooLong, TooBusy
from .refusals import refuse

MOST_ADDRESS_BYTES = 16 * 1024
MOST_CONTENT_TYPE_BYTES = 1024  # Django takes time by the square of its length to read it
_ALWAYS_ANSWERED = frozenset({"/health/live", "/health/ready", "/metrics"})
# What follows is another system's id, which may have slashes in it.
_PAYMENT = re.compile(rb"^(/invoices/[^/]+/payments/).*")
_STRICT = frozenset({b"v2", b"api", b"custom"})  # they read the path as it is written
_CLOSE = (b"connection", b"close")
_LINGER_SECONDS, _SILENCE_SECONDS = 3.0, 0.25
_LINGER_BYTES = 8 * bodies.MB


class RequestLimits:
    """Middleware. The application finds the request's `Body` in `scope["body"]`; without one there is none to read."""

    def __init__(self, app: ASGIApp, connections: Connections) -> None:
        self._app = app
        self._connections = connections
        self._of_address: dict[str, int] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        address = (scope.get("client") or ("",))[0]
        under_way = self._of_address
        under_way[address] = under_way.get(address, 0) + 1
        try:
            await self._answer(scope, receive, send, address)
        finally:
            left = under_way[address] - 1
            if left:
                under_way[address] = left
            else:
                del under_way[address]

    async def _answer(self, scope: Scope, receive: Receive, send: Send, address: str) -> None:
        length = bodies.announced(scope)
        if length != 0:
            scope["body"] = body = bodies.Body(receive, bodies.most_bytes_at(scope["path"]))
            receive, send = body.receive, _LingeringSend(scope, body, send)
        try:
            self._refuse_too_much(scope, address, length)
        except BridgeError as error:
            await refuse(error, send)
        else:
            await self._app(scope, receive, send)

    def _refuse_too_much(self, scope: Scope, address: str, length: int | None) -> None:
        if len(scope["raw_path"]) + len(scope["query_string"]) > MOST_ADDRESS_BYTES:
            raise AddressTooLong(f"Path and query may have {MOST_ADDRESS_BYTES // 1024} KB together.")
        if any(name == b"content-type" and len(value) > MOST_CONTENT_TYPE_BYTES for name, value in scope["headers"]):
            raise HeadTooLong("Content-Type: may have 1 KB.")
        if b"%" in scope["raw_path"]:
            _refuse_second_meaning(scope["raw_path"])
        if length and (most := bodies.most_bytes_at(scope["path"])) and length > most:
            raise bodies.too_long(most)
        if scope["path"] in _ALWAYS_ANSWERED:
            return
        if self._connections.is_crowded or self._of_address[address] > self._connections.most_of_one:
            raise TooBusy("Too much is asked at once; try again soon.", retry_after=2)


def _refuse_second_meaning(raw_path: bytes) -> None:
    """`/%61dmin/` and `/admin%2F` are not what a proxy in front took them for. /v2 is stricter by itself."""
    root = raw_path.split(b"/", 2)[1:2]
    lowered = _PAYMENT.sub(rb"\1", raw_path).lower()
    if b"%" in b"".join(root) or (b"".join(root) not in _STRICT and (b"%2f" in lowered or b"%5c" in lowered)):
        raise NotFound("There is nothing at this path as it is written; leave letters and slashes unescaped.")


class _LingeringSend:
    """Ends the connection after an answer that came before the whole body, once the caller could read that answer.

    Closed at once with bytes unread, the system would reset the connection, and the answer might be lost.
    """

    def __init__(self, scope: Scope, body: bodies.Body, send: Send) -> None:
        self._send, self._body = send, body
        self._is_early = False
        self._may_linger = not bodies.is_held_back(scope)

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start" and not self._body.is_whole:
            self._is_early = True
            others = [pair for pair in message["headers"] if pair[0] != _CLOSE[0]]
            message = {**message, "headers": [*others, _CLOSE]}
        elif self._is_early and message["type"] == "http.response.body" and not message.get("more_body", False):
            await self._send({**message, "more_body": True})
            if self._may_linger and not self._body.is_whole:
                await self._linger()
            message = {"type": "http.response.body", "body": b"", "more_body": False}
        await self._send(message)

    async def _linger(self) -> None:
        try:
            async with asyncio.timeout(_LINGER_SECONDS):
                await self._body.discard(_LINGER_BYTES, silence=_SILENCE_SECONDS)
        except TimeoutError:
            return
