"""GET /mirror/export/{resource}: any resource and range as NDJSON, CSV or XLSX, in constant memory.

An ASGI application of its own, as Django's answers here are whole (`console.django_app`). Rows are read in batches,
each a short query that begins after the last id of the one before: between them the stream holds neither a connection
of the pool nor a lock, however slowly its reader takes it, and no row is met twice or left out for moving.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import TypeVar

from starlette.requests import Request
from starlette.responses import StreamingResponse
from starlette.types import Receive, Scope, Send

from harvest_bridge import request_context
from harvest_bridge.api.authentication import bearer_token
from harvest_bridge.api.database_connections import let_go_of_database
from harvest_bridge.api.limits.refusals import refuse
from harvest_bridge.api.outages import outage_of, outages
from harvest_bridge.errors import BridgeError
from harvest_bridge.webhooks.stream import OnlyGet

from .export_job import ExportJob, begin_export

ROUTE = "/mirror/export/{resource}"
_THREADS = 4

T = TypeVar("T")


class Exports:
    """Each part of an answer is made in a thread, when the reader has taken the one before."""

    def __init__(self) -> None:
        self._threads = ThreadPoolExecutor(_THREADS, thread_name_prefix="mirror-export")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request_context.note_route(ROUTE[1:])
        try:
            job = await self._begun(Request(scope, receive))
        except outages(BridgeError) as error:
            known = error if isinstance(error, BridgeError) else outage_of(error)
            if known is None:
                raise
            await refuse(known, send)
            return
        try:
            answer = StreamingResponse(self._parts(job.parts), headers=job.headers, media_type=job.media_type)
            await answer(scope, receive, send)
        finally:
            await self._in_thread(job.close)

    async def _begun(self, request: Request) -> ExportJob:
        """Errors: those of `begin_export`, OnlyGet."""
        if request.method != "GET":
            raise OnlyGet(f"{request.method}: this path is read with GET.")
        token = bearer_token(request.headers.get("Authorization", ""))
        resource, query = request.path_params["resource"], request.url.query
        job = await self._in_thread(partial(begin_export, token, resource, query))
        request_context.note_caller(job.caller.who)
        return job

    async def _parts(self, parts: Iterator[bytes]) -> AsyncIterator[bytes]:
        while (part := await self._in_thread(partial(next, parts, b""))) != b"":
            yield part

    async def _in_thread(self, work: Callable[[], T]) -> T:
        def done() -> T:
            try:
                return work()
            finally:
                let_go_of_database()

        return await asyncio.get_running_loop().run_in_executor(self._threads, done)


exports = Exports()
