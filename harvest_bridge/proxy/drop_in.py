"""`/v2/…` and `/api/v2/…`: Harvest's own API through us. A client changes its host and its token, nothing else.

An ASGI application of its own, outside Django's request cycle, because it is the path that must cost least (DESIGN §2).
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from functools import partial

from django.conf import settings
from django.db import close_old_connections
from starlette.types import Message, Receive, Scope, Send

from harvest_bridge import request_context
from harvest_bridge.api import audit_events
from harvest_bridge.api.admissions import Admissions
from harvest_bridge.api.authentication import bearer_token
from harvest_bridge.api.outages import outage_of, outages
from harvest_bridge.connections import granted_rights, not_found_listeners, write_listeners
from harvest_bridge.connections.models import Connection
from harvest_bridge.errors import BridgeError
from harvest_bridge.harvest import sync_client
from harvest_bridge.harvest.budgets import BudgetMeter, Lane
from harvest_bridge.harvest.errors import HarvestError
from harvest_bridge.harvest.forwarding import ForwardedRequest
from harvest_bridge.harvest.streamed_response import StreamedResponse

from . import harvest_errors, headers, paths
from .access import Access, access_of
from .account_selection import Credential
from .idle_timeout import IdleTimeout
from .links import LinkRewriter
from .request_body import CallerGone, Upload
from .response_body import Download

# Even who will not wait at all waits for the store of slots to answer.
_SHORTEST_WAIT_SECONDS = 0.25
_STALL_SECONDS = 20.0
_WATCH_AFTER_SECONDS = 0.02
_NOT_FOUND = 404
_KIND_OF_BODY = frozenset({b"content-type", b"content-encoding"})
_SHOWN = frozenset({b"authorization", b"harvest-account-id", b"harvest-bridge-connection"})


class MethodRefused(BridgeError):
    """TRACE would echo our token to the caller, CONNECT would name a host."""

    status = 405
    code = "method_not_allowed"


class DropIn:
    """One per process."""

    def __init__(self, admissions: Admissions) -> None:
        self._admissions = admissions

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        exchange = Exchange(scope, receive, send, self._admissions)
        try:
            await exchange.run()
        except BridgeError as error:
            await exchange.refuse(error)
        except CallerGone:
            return
        except outages() as error:
            outage = outage_of(error)
            if outage is None or exchange.has_begun_to_answer:
                raise
            await exchange.refuse(outage)


@dataclass(slots=True)
class Exchange:
    """One request and its answer."""

    scope: Scope
    receive: Receive
    asgi_send: Send
    admissions: Admissions
    meter: BudgetMeter = field(default_factory=BudgetMeter)
    has_begun_to_answer: bool = False
    status: int = 0  # as Harvest answered
    has_caller_left: bool = False
    watch: asyncio.Task[None] | asyncio.TimerHandle | None = None

    async def run(self) -> None:
        """Errors: BridgeError, as long as nothing was sent; CallerGone."""
        idle_timeout = IdleTimeout(_STALL_SECONDS)
        try:
            async with idle_timeout.timer:
                await self._pass_on(idle_timeout)
        except TimeoutError:
            if self.has_begun_to_answer:
                raise CallerGone from None
            raise idle_timeout.error() from None
        except asyncio.CancelledError:
            if not self.has_caller_left:
                raise
            raise CallerGone from None
        finally:
            if self.watch is not None:
                self.watch.cancel()

    async def refuse(self, error: BridgeError) -> None:
        """Answer with `error` in Harvest's shape."""
        request_context.note_code(error.code)
        body = harvest_errors.body_of(error)
        named = {**harvest_errors.headers_for(error), **self.meter.headers(), "content-length": str(len(body))}
        raw = [(name.lower().encode(), value.encode()) for name, value in named.items()]
        await self.asgi_send({"type": "http.response.start", "status": error.status, "headers": raw})
        await self.asgi_send({"type": "http.response.body", "body": body})

    async def _pass_on(self, idle_timeout: IdleTimeout) -> None:
        method, raw_headers = self.scope["method"], self.scope["headers"]
        if method in ("TRACE", "CONNECT"):
            raise MethodRefused("Harvest's API has no such method.")
        place, query = paths.route_of(self.scope["raw_path"]), paths.query_of(self.scope["query_string"])
        access = await access_of(_credential(raw_headers), self.admissions)
        granted_rights.check(access.connection, method, self.scope["raw_path"].decode())
        is_list = method in ("GET", "HEAD") and place.may_list
        passing = headers.passed_on(raw_headers, is_list=is_list)
        if method not in audit_events.READING:
            await asyncio.to_thread(_note_what_is_asked, request_context.current(), self.scope["raw_path"].decode())
        kind = headers.each_once(raw_headers, _KIND_OF_BODY)
        upload = Upload(
            self.receive,
            idle_timeout,
            self._watch_caller,
            content_type=kind.get(b"content-type", ""),
            encoding=kind.get(b"content-encoding", ""),
        )
        body = await upload.body()
        if not isinstance(body, bytes):
            passing.extend(headers.length_of(raw_headers))
        target = self.scope["raw_path"].decode() + (f"?{query}" if query else "")
        passing_on = ForwardedRequest(method, target, passing, place.budget, body)
        try:
            await self._forward(passing_on, access, upload, idle_timeout, is_list=is_list)
        finally:
            if write_listeners.is_write(method) or self.status == _NOT_FOUND:
                await self._tell_of_outcome(access.connection, method)

    async def _tell_of_outcome(self, connection: Connection, method: str) -> None:
        """Shielded, since the end of the answer may be taken for the caller's leaving, which cancels this exchange."""
        tell = partial(_tell_of_outcome, connection, method, self.scope["raw_path"].decode(), self.status)
        await asyncio.shield(asyncio.get_running_loop().run_in_executor(None, tell))

    async def _forward(
        self,
        passing_on: ForwardedRequest,
        access: Access,
        upload: Upload,
        idle_timeout: IdleTimeout,
        *,
        is_list: bool,
    ) -> None:
        """Errors: HarvestError, AnswerTooLong; only while nothing was passed on."""
        raw_headers = self.scope["headers"]
        max_wait = headers.max_wait_of(raw_headers, settings.HARVEST_TIMEOUT_SECONDS)
        deadline = max(_SHORTEST_WAIT_SECONDS, max_wait)
        hand_over = partial(self._hand_over, idle_timeout=idle_timeout, is_list=is_list)
        try:
            await sync_client.gateway().forward(
                passing_on, hand_over, source=access, lane=Lane.API, deadline=deadline, meter=self.meter
            )
        except HarvestError as error:
            if upload.refusal is None:
                raise
            raise upload.refusal from error

    async def _hand_over(self, answer: StreamedResponse, *, idle_timeout: IdleTimeout, is_list: bool) -> None:
        """Errors: HarvestError, AnswerTooLong; only while nothing was passed on."""
        self.status = answer.status
        has_links = is_list and answer.status == 200 and "json" in answer.header("content-type")
        query_bytes = len(self.scope["query_string"])
        download = Download(
            answer=answer,
            rewriter=LinkRewriter(settings.PUBLIC_URL, query_bytes=query_bytes) if has_links else None,
            budget=self.meter.headers(),
            harvest=settings.HARVEST_API_URL,
            origin=settings.PUBLIC_URL,
            most_bytes=settings.HARVEST_MAX_RESPONSE_BYTES,
            idle_timeout=idle_timeout,
            is_framed_by_close=self.scope["http_version"] == "1.0",
        )
        await download.run(self._send)

    async def _send(self, message: Message) -> None:
        self.has_begun_to_answer = True
        await self.asgi_send(message)

    def _watch_caller(self) -> None:
        """From the end of the body on, nothing but the end of the caller can come. Most answers are there before it
        would be worth a task to wait for that."""
        loop, exchange = asyncio.get_running_loop(), asyncio.current_task()

        def begin() -> None:
            self.watch = loop.create_task(self._leave_with_caller(exchange))

        self.watch = loop.call_later(_WATCH_AFTER_SECONDS, begin)

    async def _leave_with_caller(self, exchange: asyncio.Task[object] | None) -> None:
        while (await self.receive())["type"] != "http.disconnect":
            continue
        if exchange is not None:
            self.has_caller_left = exchange.cancel()


def _note_what_is_asked(context: request_context.RequestContext | None, path: str) -> None:
    """In a thread."""
    try:
        if context is not None:
            audit_events.record_request(context, object_id=path.rpartition("/")[2], detail=path)
    finally:
        close_old_connections()


def _tell_of_outcome(connection: Connection, method: str, path: str, status: int) -> None:
    """In a thread."""
    try:
        write_listeners.notify(connection, method, path)
        if status == _NOT_FOUND:
            not_found_listeners.notify(connection, path)
    finally:
        close_old_connections()


def _credential(raw_headers: headers.Raw) -> Credential:
    shown = headers.each_once(raw_headers, _SHOWN)
    token = bearer_token(shown.get(b"authorization", ""))
    return Credential(token, shown.get(b"harvest-account-id", ""), shown.get(b"harvest-bridge-connection", ""))
