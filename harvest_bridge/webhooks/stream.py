"""GET /webhook/{webhook_id}/events: an endpoint's events by long polling, for hosts that cannot be called.

An ASGI application of its own: while it waits it has neither a thread nor a connection to the database.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Callable
from typing import Generic, Protocol, TypeVar

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from harvest_bridge import request_context
from harvest_bridge.api.authentication import bearer_token
from harvest_bridge.api.limits.refusals import refuse
from harvest_bridge.api.outages import outage_of, outages
from harvest_bridge.errors import BridgeError

from .stream_page import Page, Question, question_from, read_page
from .waiting import Waiting, waiting

ROUTE = "/webhook/{webhook_id}/events"


class Asked(Protocol):
    @property
    def wait(self) -> int: ...


Q = TypeVar("Q", bound=Asked)


class OnlyGet(BridgeError):
    """Events are read, nothing else."""

    status = 405
    code = "method_not_allowed"


class LongPolling(Generic[Q]):
    """Answers at once with what is there; where nothing is, as soon as something comes, or after `wait` seconds.

    Shape: `ask` reads the question (its `wait` is seconds), `read` its page, in a thread; `waiting` tells of news.
    """

    def __init__(self, route: str, *, ask: Callable[[Request], Q], read: Callable[[Q], Page], waiting: Waiting) -> None:
        self._route, self._ask, self._read_page, self._waiting = route, ask, read, waiting

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request_context.note_route(self._route[1:])
        try:
            page = await self._page(Request(scope, receive))
        except outages(BridgeError) as error:
            known = error if isinstance(error, BridgeError) else outage_of(error)
            if known is None:
                raise
            await refuse(known, send)
        else:
            headers = {"Cache-Control": "no-store"}
            await Response(page.body, headers=headers, media_type="application/json")(scope, receive, send)

    async def _page(self, request: Request) -> Page:
        """Errors: those of `ask` and `read`, OnlyGet, TooManyPolls."""
        if request.method != "GET":
            raise OnlyGet(f"{request.method}: this path is read with GET.")
        question = self._ask(request)
        page, until = await self._read(question), time.monotonic() + question.wait
        request_context.note_caller(page.caller.who)
        while page.is_empty and (left := until - time.monotonic()) > 0:
            if not await self._has_news(request, page, left):
                break
            page = await self._read(question)
        return page

    async def _has_news(self, request: Request, page: Page, timeout: float) -> bool:
        """False once there is no time left, or nobody who waits."""
        started = time.perf_counter()
        news = asyncio.create_task(self._waiting.for_news(page.key, since=page.newest, timeout=timeout))
        left = asyncio.create_task(_caller_leaves(request))
        try:
            await asyncio.wait({news, left}, return_when=asyncio.FIRST_COMPLETED)
            return news.done() and news.result()
        finally:
            request_context.note_wait(started)  # not our own time
            for task in (news, left):
                task.cancel()
                with contextlib.suppress(asyncio.CancelledError, BridgeError):
                    await task

    async def _read(self, question: Q) -> Page:
        return await asyncio.get_running_loop().run_in_executor(self._waiting.readers, self._read_page, question)


async def _caller_leaves(request: Request) -> None:
    while (await request.receive())["type"] != "http.disconnect":
        continue


def _asked(request: Request) -> Question:
    token = bearer_token(request.headers.get("Authorization", ""))
    return question_from(token, request.path_params["webhook_id"], request.query_params.multi_items())


event_stream = LongPolling(ROUTE, ask=_asked, read=read_page, waiting=waiting)
