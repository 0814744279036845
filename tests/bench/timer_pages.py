"""Pages that are open, at little cost: `python -m tests.bench.timer_pages` with a port and sessions as JSON on stdin.

Prints how many streams are open once all have begun. At the end of stdin it prints how many are open still, and how
many signs of life each has had at least.
"""

from __future__ import annotations

import asyncio
import json
import sys

from tests.bench.cores import OTHERS, stay_on

OPENED_AT_ONCE = 50


class Stream(asyncio.Protocol):
    def __init__(self, session: str) -> None:
        self.session, self.signs, self.is_open, self.begun = session, 0, False, asyncio.Event()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.is_open = True
        head = f"GET /timer/stream HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {self.session}\r\n\r\n"
        transport.write(head.encode())  # type: ignore[attr-defined]

    def data_received(self, data: bytes) -> None:
        self.signs += data.count(b": still here")
        if b": hello" in data:
            self.begun.set()

    def connection_lost(self, error: Exception | None) -> None:
        self.is_open = False
        self.begun.set()


async def main() -> None:
    loop, plan = asyncio.get_running_loop(), json.loads(sys.stdin.readline())
    streams: list[Stream] = []
    for at in range(0, len(plan["sessions"]), OPENED_AT_ONCE):
        some = [Stream(session) for session in plan["sessions"][at : at + OPENED_AT_ONCE]]
        for stream in some:
            await loop.create_connection(lambda stream=stream: stream, "127.0.0.1", plan["port"])  # type: ignore[misc]
        await asyncio.gather(*(stream.begun.wait() for stream in some))
        streams += some
    print(sum(stream.is_open for stream in streams), flush=True)
    await asyncio.to_thread(sys.stdin.read)
    print(sum(stream.is_open for stream in streams), min((stream.signs for stream in streams), default=0), flush=True)


if __name__ == "__main__":
    stay_on(OTHERS)
    asyncio.run(main())
