"""Detects that a caller has disconnected and cancels the work done for that caller alone.

The client of a request rides in a context variable, from the event loop to the view's thread and back to the call.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, MutableMapping
from contextlib import asynccontextmanager, contextmanager
from contextvars import ContextVar
from typing import Any

from harvest_bridge.errors import BridgeError

# Most answers are there before it would be worth a task to wait for their caller's end.
_WATCH_AFTER_SECONDS = 0.02

Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]


class ClientDisconnected(BridgeError):
    """The caller left. Nothing was done, or only read; nobody sees this but the request log."""

    status = 503
    code = "client_disconnected"


class Client:
    """Used on the event loop alone."""

    def __init__(self) -> None:
        self.is_gone = False
        self.tasks: list[asyncio.Task[Any]] = []  # one as often as it waits, as waits may be nested

    def leave(self) -> None:
        self.is_gone = True
        for task in set(self.tasks):
            task.cancel()


_client: ContextVar[Client | None] = ContextVar("the client of this request", default=None)
_is_for_client_alone: ContextVar[bool] = ContextVar("whether calls end with the client", default=False)


@asynccontextmanager
async def watched(receive: Receive) -> AsyncIterator[None]:
    """Around an answer whose request has been read: notices when the client leaves before it."""
    client, loop = Client(), asyncio.get_running_loop()
    watch: list[asyncio.Task[None]] = []
    handle = loop.call_later(_WATCH_AFTER_SECONDS, lambda: watch.append(loop.create_task(_wait(receive, client))))
    token = _client.set(client)
    try:
        yield
    finally:
        _client.reset(token)
        handle.cancel()
        for task in watch:
            task.cancel()


@contextmanager
def for_client_alone() -> Iterator[None]:
    """Calls made within, by this thread, may end when the client leaves."""
    token = _is_for_client_alone.set(True)
    try:
        yield
    finally:
        _is_for_client_alone.reset(token)


@contextmanager
def cancelled_on_disconnect() -> Iterator[None]:
    """Around a wait on the event loop that has no effect when it is cancelled. Errors: ClientDisconnected."""
    client, task = _client.get(), asyncio.current_task()
    if client is None or task is None or not _is_for_client_alone.get():
        yield
        return
    if client.is_gone:
        raise ClientDisconnected("The caller left before the answer.")
    client.tasks.append(task)
    try:
        yield
    except asyncio.CancelledError:
        if not client.is_gone:
            raise
        task.uncancel()
        raise ClientDisconnected("The caller left before the answer.") from None
    finally:
        client.tasks.remove(task)


async def _wait(receive: Receive, client: Client) -> None:
    """A body that nobody reads is left unread, and its caller unwatched."""
    message = await receive()
    while message["type"] != "http.disconnect":
        if message.get("more_body"):
            return
        message = await receive()
    client.leave()
