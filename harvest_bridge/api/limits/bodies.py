"""Request bodies: their maximum size by route, their minimum speed, and that none is read too early."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import IO

from starlette.types import Message, Receive, Scope

from harvest_bridge.api.errors import BodyTooLong, CallerTooSlow

KB, MB = 1024, 1024 * 1024
JSON_BYTES = 8 * MB  # also Django's DATA_UPLOAD_MAX_MEMORY_SIZE
# By the first part of the path; any other takes no body. /v2 streams, and holds nothing.
MOST_BYTES = {
    **dict.fromkeys(("link-token", "integrated-account", "unified", "webhook", "mirror"), JSON_BYTES),
    **dict.fromkeys(("insights", "provisioning", "invoices"), JSON_BYTES),
    **dict.fromkeys(("proxy", "custom"), 20 * MB + 64 * KB),  # a receipt of 20 MB, and what is around it in the form
    **dict.fromkeys(("timer", "portal", "accounts", "connect-account", "platform"), 64 * KB),
    "admin": 2 * MB,
}
STREAMED_BYTES = 256 * MB
_STREAMED = frozenset({"v2", "api"})
# Small bodies come with the head, or right behind it: who sends one is looked up where that always was, in the view.
_SMALL_BYTES = 64 * KB
_SMALL_SECONDS = 0.05
_GRACE_SECONDS = 20.0
_LEAST_BYTES_PER_SECOND = 1024

Known = Callable[[], Awaitable[None]]


class CallerLeft(Exception):
    """Nobody is there to be answered."""


def first_part(path: str) -> str:
    return path[1:].partition("/")[0]


def most_bytes_at(path: str) -> int:
    part = first_part(path)
    return STREAMED_BYTES if part in _STREAMED else MOST_BYTES.get(part, 0)


class Body:
    """The body of one request. Errors of `receive`: BodyTooLong, CallerTooSlow.

    Units: a caller is waited for twenty seconds in all, and a second more for each KB that came.
    """

    def __init__(self, receive: Receive, most: int) -> None:
        self._receive = receive
        self._most = most
        self._loop = asyncio.get_running_loop()
        self._waited = 0.0
        self.received = 0
        self.is_whole = False

    async def receive(self) -> Message:
        if self.is_whole:
            return await self._receive()
        message = await self._in_time()
        self.received += len(message.get("body", b""))
        self.is_whole = not message.get("more_body", False)
        if self.received > self._most:
            raise too_long(self._most)
        return message

    async def discard(self, most: int, *, silence: float) -> None:
        """Read on without keeping anything, until its end or `most` bytes. Errors: TimeoutError after a silence."""
        discarded = 0
        while not self.is_whole and discarded < most:
            message = await asyncio.wait_for(self._receive(), silence)
            discarded += len(message.get("body", b""))
            self.is_whole = not message.get("more_body", False)

    async def _in_time(self) -> Message:
        began = self._loop.time()
        left = _GRACE_SECONDS + self.received / _LEAST_BYTES_PER_SECOND - self._waited
        try:
            async with asyncio.timeout(left):
                return await self._receive()
        except TimeoutError:
            raise CallerTooSlow("The body of the request did not come in time.") from None
        finally:
            self._waited += self._loop.time() - began


async def read(body: Body, is_known: Known, *, is_held_back: bool = False) -> IO[bytes]:
    """All of it, in a file that lies in memory while it is short. `is_known` is asked before more than a little is
    read. Errors: those of `is_known`; CallerLeft, BodyTooLong, CallerTooSlow."""
    kept = tempfile.SpooledTemporaryFile(max_size=MB)  # noqa: SIM115 (whoever reads it closes it)
    try:
        with suppress(TimeoutError):
            async with asyncio.timeout(_SMALL_SECONDS):
                await _read_on(body, kept, up_to=0 if is_held_back else _SMALL_BYTES)
        if not body.is_whole:
            await is_known()
            await _read_on(body, kept, up_to=None)
    except BaseException:
        kept.close()
        raise
    kept.seek(0)
    return kept


async def _read_on(body: Body, kept: IO[bytes], *, up_to: int | None) -> None:
    while not body.is_whole and (up_to is None or body.received < up_to):
        message = await body.receive()
        if message["type"] == "http.disconnect":
            raise CallerLeft
        kept.write(message.get("body", b""))


def too_long(most: int) -> BodyTooLong:
    if not most:
        return BodyTooLong("This route takes no body.")
    size = f"{most // MB} MB" if most >= MB else f"{most // KB} KB"
    return BodyTooLong(f"A body may have {size} here; send less at once, or files through /v2, which streams them.")


def is_held_back(scope: Scope) -> bool:
    """Whether the caller asks before sending it, and sends nothing when refused."""
    return any(name == b"expect" for name, _ in scope["headers"])


def announced(scope: Scope) -> int | None:
    """The length that the head announces: 0 is no body, None one in chunks."""
    for name, value in scope["headers"]:
        if name == b"transfer-encoding":
            return None
        if name == b"content-length":
            return int(value) if value.isdigit() and len(value) < 20 else None
    return 0
