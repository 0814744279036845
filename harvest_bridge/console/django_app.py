"""Django as an ASGI application whose every request is answered in one thread.

Ours is all synchronous: views wait for Harvest in their thread (`harvest.door`). Django's own handler would start a
thread for each request, open a database connection in it, and go to and fro between loop and thread for signals,
middleware and view: more than half of what a small request costs.
"""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from functools import partial
from typing import IO, Any, cast

from django.core.exceptions import RequestAborted
from django.core.handlers.asgi import ASGIHandler, get_script_prefix
from django.core.signals import request_started
from django.http.response import HttpResponseBase
from django.urls import set_script_prefix
from starlette.types import Scope

from harvest_bridge.api.pool import let_go_of_database

# Each may wait for Harvest a whole HARVEST_TIMEOUT_SECONDS; who comes when all do waits for the first to end.
_THREADS = 500


class DjangoApp(ASGIHandler):
    """Errors: RuntimeError for a streaming answer, of which we have none."""

    chunk_size = 64 * 2**20  # an answer goes to the server in one piece, which it sends as the caller reads

    def __init__(self) -> None:
        super().__init__()
        self._threads = ThreadPoolExecutor(_THREADS, thread_name_prefix="django")

    def load_middleware(self, is_async: bool = False) -> None:
        super().load_middleware(is_async=False)

    async def __call__(self, scope: Scope, receive: Any, send: Any) -> None:
        try:
            body = await self.read_body(receive)
        except RequestAborted:
            return
        answer = partial(copy_context().run, self._answer, scope, body)
        await self.send_response(await asyncio.get_running_loop().run_in_executor(self._threads, answer), send)

    def _answer(self, scope: Scope, body: IO[bytes]) -> HttpResponseBase:
        """From the request to the answer's last byte; the thread's database connection is looked after in between."""
        with body:
            set_script_prefix(get_script_prefix(scope))
            request_started.send(sender=self.__class__, scope=scope)
            request, refusal = self.create_request(scope, body)
            response = self.get_response(request) if request else cast(HttpResponseBase, refusal)
            response.close()
            let_go_of_database()
            if response.streaming:
                raise RuntimeError("a streaming answer belongs in an ASGI application of its own, as the stream is")
            return response
