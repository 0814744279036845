"""A client that costs little: raw keep-alive connections. `python -m tests.bench.load` with a plan as JSON on stdin.

Prints the latency of each request in microseconds, as JSON.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from collections.abc import Iterator
from itertools import cycle
from typing import Any

from tests.bench.cores import OTHERS, stay_on


class Connection(asyncio.Protocol):
    """One request at a time."""

    def __init__(self) -> None:
        self.received, self.left, self.done = bytearray(), -1, asyncio.Event()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport

    async def ask(self, request: bytes) -> int:
        """Errors: AssertionError for anything but a 200."""
        self.received, self.left = bytearray(), -1
        self.done.clear()
        self.transport.write(request)  # type: ignore[attr-defined]
        await self.done.wait()
        assert self.received.startswith(b"HTTP/1.1 200"), bytes(self.received[:500])
        return len(self.received)

    def data_received(self, data: bytes) -> None:
        self.received += data
        if self.left < 0 and (end := self.received.find(b"\r\n\r\n")) >= 0:
            head = bytes(self.received[:end]).lower()
            if b"content-length:" in head:
                length = int(head.split(b"content-length:")[1].split(b"\r\n")[0])
                self.left = end + 4 + length
        if (0 <= self.left <= len(self.received)) or (self.left < 0 and self.received.endswith(b"\r\n0\r\n\r\n")):
            self.done.set()

    def connection_lost(self, error: Exception | None) -> None:
        self.done.set()


async def run(plan: dict[str, Any]) -> list[int]:
    requests = cycle([request.encode() for request in plan["requests"]])
    loop = asyncio.get_running_loop()
    opened = [
        (await loop.create_connection(Connection, "127.0.0.1", plan["port"]))[1] for _ in range(plan["connections"])
    ]
    if plan["per_second"]:
        return await at_a_pace(opened, requests, plan["count"], plan["per_second"])
    latencies: list[int] = []
    left = iter(range(plan["count"]))

    async def work(connection: Connection) -> None:
        for _ in left:
            began = time.perf_counter_ns()
            await connection.ask(next(requests))
            latencies.append((time.perf_counter_ns() - began) // 1000)

    await asyncio.gather(*map(work, opened))
    return latencies


async def at_a_pace(opened: list[Connection], requests: Iterator[bytes], count: int, per_second: float) -> list[int]:
    """Open loop: each request has its moment, whatever became of those before; latency counts from when it left."""
    latencies: list[int] = []
    idle: asyncio.Queue[Connection] = asyncio.Queue()
    for connection in opened:
        idle.put_nowait(connection)

    async def one() -> None:
        began = time.perf_counter_ns()
        connection = await idle.get()
        await connection.ask(next(requests))
        latencies.append((time.perf_counter_ns() - began) // 1000)
        idle.put_nowait(connection)

    begin = time.perf_counter()
    async with asyncio.TaskGroup() as group:
        for number in range(count):
            await asyncio.sleep(begin + number / per_second - time.perf_counter())
            group.create_task(one())
    return latencies


if __name__ == "__main__":
    stay_on(OTHERS)
    print(json.dumps(asyncio.run(run(json.load(sys.stdin)))))
