"""Django as an ASGI application whose every request is answered in one thread.

Ours is all synchronous: views wait for Harvest in their thread (`harvest.sync_client`). Django's own handler would
start a thread for each request, open a database connection in it, and go to and fro between loop and thread for
signals, middleware and view: more than half of what a small request costs.
"""

from __future__ import annotations

import asyncio
import io
from collections.abc import AsyncIterator, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from functools import partial
from typing import IO, Any, TypeVar, cast

from django.core.handlers.asgi import ASGIHandler, get_script_prefix
from django.core.signals import request_started
from django.http.response import HttpResponseBase, StreamingHttpResponse
from django.urls import set_script_prefix
from starlette.types import Scope

from harvest_bridge import client_disconnect
from harvest_bridge.api.admissions import Admissions
from harvest_bridge.api.database_connections import let_go_of_database
from harvest_bridge.api.limits import bodies, callers
from harvest_bridge.api.limits.errors import TooBusy
from harvest_bridge.api.limits.refusals import refuse
from harvest_bridge.errors import BridgeError

from .rest_handler import RestHandler, is_rest

T = TypeVar("T")

# Health is answered by threads of its own, however busy the others are.
_HEALTH = "/health/"
_HEALTH_THREADS = 2


class DjangoApp(ASGIHandler):
    """A streaming answer is made piece by piece, each in a thread, while the caller reads."""

    chunk_size = 64 * 2**20  # an answer goes to the server in one piece, which it sends as the caller reads

    def __init__(self, threads: int = 500, admissions: Admissions | None = None) -> None:
        """Each thread may wait for Harvest a whole HARVEST_TIMEOUT_SECONDS; as many requests wait for one of them.

        Without `admissions` every request looks up anew who calls.
        """
        super().__init__()
        self._rest = RestHandler()
        self._admissions = admissions
        self._threads = ThreadPoolExecutor(threads, thread_name_prefix="django")
        self._health_threads = ThreadPoolExecutor(_HEALTH_THREADS, thread_name_prefix="django-health")
        self._most_under_way = 2 * threads
        self._under_way = 0

    def load_middleware(self, is_async: bool = False) -> None:
        super().load_middleware(is_async=False)

    async def __call__(self, scope: Scope, receive: Any, send: Any) -> None:
        try:
            if self._admissions is not None:
                await self._admissions.admit(scope)
            body = await self._body(scope, receive)
            async with client_disconnect.watched(receive):
                answer = partial(copy_context().run, self._answer, scope, body)
                response = await self._in_thread(scope["path"], answer)
        except BridgeError as error:
            await refuse(error, send)
        except bodies.CallerLeft:
            return
        else:
            await self._send(scope["path"], response, send)

    async def _send(self, path: str, response: HttpResponseBase, send: Any) -> None:
        if not isinstance(response, StreamingHttpResponse):
            return await self.send_response(response, send)
        response.streaming_content = self._pieces(path, iter(response))
        try:
            await self.send_response(response, send)
        finally:
            await self._in_thread(path, response.close)

    async def _pieces(self, path: str, pieces: Iterator[bytes]) -> AsyncIterator[bytes]:
        """Between two of them neither a thread nor a database connection is held. Errors: TooBusy."""
        while (piece := await self._in_thread(path, partial(_next_piece, pieces))) is not None:
            yield piece

    async def _body(self, scope: Scope, receive: Any) -> IO[bytes]:
        """Errors: those of `bodies.read`."""
        most = bodies.most_bytes_at(scope["path"])
        if not most or bodies.announced(scope) == 0:
            return io.BytesIO()
        body = scope.get("body") or bodies.Body(receive, most)
        return await bodies.read(body, partial(callers.require_known, scope), is_held_back=bodies.is_held_back(scope))

    async def _in_thread(self, path: str, answer: Callable[[], T]) -> T:
        """Errors: TooBusy."""
        loop = asyncio.get_running_loop()
        if path.startswith(_HEALTH):
            return await loop.run_in_executor(self._health_threads, answer)
        if self._under_way >= self._most_under_way:
            raise TooBusy("Too much is asked at once; try again soon.", retry_after=2)
        self._under_way += 1
        try:
            return await loop.run_in_executor(self._threads, answer)
        finally:
            self._under_way -= 1

    def _answer(self, scope: Scope, body: IO[bytes]) -> HttpResponseBase:
        """From the request to the answer's last byte; the thread's database connection is looked after in between."""
        with body:
            set_script_prefix(get_script_prefix(scope))
            request_started.send(sender=self.__class__, scope=scope)
            request, refusal = self.create_request(scope, body)
            handler = self._rest if is_rest(scope["path"]) else self
            response = handler.get_response(request) if request else cast(HttpResponseBase, refusal)
            if not response.streaming:
                response.close()
            let_go_of_database()
            return response


def _next_piece(pieces: Iterator[bytes]) -> bytes | None:
    try:
        return next(pieces, None)
    finally:
        let_go_of_database()
