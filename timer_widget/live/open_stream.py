"""One open event stream: it writes what it is told to its page, and never waits for it."""

from __future__ import annotations

import asyncio
from typing import NamedTuple

from starlette.types import Send

_END = b""


class News(NamedTuple):
    """A person's state as an event. `version` rises for each person; None for one that could not be kept."""

    version: int | None
    event: bytes

    @classmethod
    def of(cls, version: int | None, text: str) -> News:
        number = f"id: {version}\n" if version is not None else ""
        return cls(version, f"{number}data: {text}\n\n".encode())

    def is_older_than(self, other: News) -> bool:
        return self.version is not None and other.version is not None and self.version < other.version


class OpenStream:
    """Only the newest event waits for a slow reader: a state is whole, so an older one has nothing to add.

    `newest` is the version that it was told last.
    """

    def __init__(self, token_hash: str) -> None:
        self.token_hash = token_hash
        self.newest = 0
        self._send: Send | None = None
        self._next: bytes | None = None
        self._writer: asyncio.Task[None] | None = None

    async def begin(self, send: Send) -> None:
        """The answer's first words are sent; what was told before waits for them."""
        await send({"type": "http.response.body", "body": b": hello\n\n", "more_body": True})
        self._send = send
        self._start_writing()

    def tell(self, news: News) -> None:
        """A state that is no newer than the last one is none."""
        if news.version is not None:
            if news.version <= self.newest:
                return
            self.newest = news.version
        self._write(news.event)

    def show_life(self) -> None:
        """Nothing where an event is on its way, which shows as much."""
        if self._next is None and self._writer is None:
            self._write(b": still here\n\n")

    def end(self) -> None:
        """Nothing is written after the end."""
        self._write(_END)

    def _write(self, event: bytes) -> None:
        if self._next != _END:
            self._next = event
            self._start_writing()

    def _start_writing(self) -> None:
        if self._send is not None and self._writer is None and self._next is not None:
            self._writer = asyncio.create_task(self._write_out(self._send))

    async def _write_out(self, send: Send) -> None:
        while event := self._next:
            self._next = None
            await send({"type": "http.response.body", "body": event, "more_body": True})
        if self._next == _END:
            await send({"type": "http.response.body", "body": b"", "more_body": False})
        else:
            self._writer = None
