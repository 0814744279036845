"""A receiver on a real socket: it remembers every request, and answers as it is told."""

from __future__ import annotations

import asyncio
import contextlib
import json
import threading
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Got:
    """One request. Headers by their lower-case names."""

    path: str
    headers: dict[str, str]
    body: bytes
    at: float = field(default_factory=time.monotonic)

    @property
    def event(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.body)
        return found


Answering = Callable[[Got, asyncio.StreamWriter], Awaitable[None]]


def status(code: int, body: bytes = b"", **headers: str) -> Answering:
    async def answer(got: Got, writer: asyncio.StreamWriter) -> None:
        lines = [f"HTTP/1.1 {code} x", f"Content-Length: {len(body)}"]
        lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
        writer.write("\r\n".join([*lines, "", ""]).encode() + body)

    return answer


async def hang(got: Got, writer: asyncio.StreamWriter) -> None:
    await asyncio.sleep(3600)


async def reset(got: Got, writer: asyncio.StreamWriter) -> None:
    writer.transport.abort()


class Receiver:
    """`answers` are used up in turn, the last one again and again."""

    def __init__(self) -> None:
        self.got: list[Got] = []
        self.answers: list[Answering] = [status(200, b"thanks")]
        self.most_at_once = 0
        self._at_once = 0
        self.url = ""

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).decode()
                first, *lines = head.strip().split("\r\n")
                headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
                body = await reader.readexactly(int(headers.get("content-length", "0")))
                self._at_once += 1
                self.most_at_once = max(self.most_at_once, self._at_once)
                got = Got(first.split()[1], headers, body)
                self.got.append(got)
                try:
                    await (self.answers.pop(0) if len(self.answers) > 1 else self.answers[0])(got, writer)
                    await writer.drain()
                finally:
                    self._at_once -= 1
                if writer.transport.is_closing():
                    return
        writer.close()

    @property
    def ids(self) -> list[str]:
        return [got.headers["webhook-id"] for got in self.got]


@contextmanager
def running_receiver(port: int = 0) -> Iterator[Receiver]:
    """On a port of 127.0.0.1, a free one unless it is named, in a thread with a loop of its own."""
    receiver, loop = Receiver(), asyncio.new_event_loop()

    async def begin() -> asyncio.Server:
        return await asyncio.start_server(receiver.serve, "127.0.0.1", port)

    server = loop.run_until_complete(begin())
    receiver.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    try:
        yield receiver
    finally:

        def end() -> None:
            server.close()
            for task in asyncio.all_tasks(loop):
                task.cancel()
            loop.call_later(0.05, loop.stop)

        loop.call_soon_threadsafe(end)
        thread.join(5)
        loop.run_until_complete(loop.shutdown_asyncgens())
        loop.close()
