"""What receivers may answer to do harm, each on a real socket."""

from __future__ import annotations

import asyncio
import gzip
from collections.abc import Callable
from dataclasses import dataclass

from .receiver import Answering, Got

GIGABYTE = 2**30
_X = b"x" * 65536


@dataclass
class Flood:
    """`head`, and then `chunk` again and again until a gigabyte has left or nobody reads any more.

    Shape: `told` is what an attempt says of it, status and error; `sent` counts bytes.
    """

    head: bytes
    chunk: bytes = _X
    told: tuple[int | None, str] = (200, "")
    sent: int = 0

    async def __call__(self, got: Got, writer: asyncio.StreamWriter) -> None:
        writer.write(self.head)
        while self.sent < GIGABYTE:
            writer.write(self.chunk)
            self.sent += len(self.chunk)
            await writer.drain()


_LINES = b"".join(b"x-header-%d: %s\r\n" % (number, b"x" * 1000) for number in range(64))
_EARLY_HINTS = b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n" * 1000
_UNREADABLE = (None, "answer_unreadable")
FLOODS: dict[str, Callable[[], Flood]] = {
    "body": lambda: Flood(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % GIGABYTE),
    "body-without-length": lambda: Flood(b"HTTP/1.1 200 OK\r\n\r\n"),
    "chunks": lambda: Flood(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"10000\r\n%s\r\n" % _X),
    "one-header": lambda: Flood(b"HTTP/1.1 200 OK\r\nX-Long: ", told=_UNREADABLE),
    "headers": lambda: Flood(b"HTTP/1.1 200 OK\r\n", _LINES, told=_UNREADABLE),
    "early-hints": lambda: Flood(b"", _EARLY_HINTS, told=(None, "timeout")),
    "reason": lambda: Flood(b"HTTP/1.1 200 ", told=_UNREADABLE),
    "no-http": lambda: Flood(b"", told=_UNREADABLE),
}


def compressed_megabytes() -> bytes:
    """64 of them, of which some 64 kilobytes are on the wire."""
    return gzip.compress(bytes(64 * 2**20), compresslevel=1)


def dripping(text: bytes, *, then: Answering | None = None) -> Answering:
    """Sixteen bytes a tenth of a second; so that no wait for the next is long."""

    async def answer(got: Got, writer: asyncio.StreamWriter) -> None:
        for at in range(0, len(text), 16):
            writer.write(text[at : at + 16])
            await writer.drain()
            await asyncio.sleep(0.1 if then is None else 0)
        if then is not None:
            await asyncio.sleep(0.05)
            await then(got, writer)

    return answer
