"""A Harvest that judges: a sliding window over arrivals, knowing nothing of our pacing.

`python -m tests.harvest.judge PORT LIMIT WINDOW LATENCY` runs it as a process of its own, and GET /verdict tells. GET
/stranger is a request of somebody else's, who spends the same token.
"""

from __future__ import annotations

import asyncio
import json
import math
import sys
import time
from collections import deque
from dataclasses import dataclass, field
from typing import Any

from tests.harvest.raw_server import reply


@dataclass
class Judge:
    """A request that finds `limit` others behind it within `window` seconds is refused. Beside a stranger it costs
    nothing then (else two who are refused would keep each other out for ever); alone it counts all the same.

    Units: `latency` is how many seconds an answer takes, `slow` another one for requests in whose head its key is;
    `refusals` are moments after the first arrival.
    """

    limit: int
    window: float
    latency: float = 0.0
    slow: dict[bytes, float] = field(default_factory=dict)
    arrivals: list[float] = field(default_factory=list)
    refusals: list[float] = field(default_factory=list)
    fullest: int = 0
    has_stranger: bool = False
    _window: deque[float] = field(default_factory=deque)

    def admits(self) -> bool:
        """One of our requests."""
        now = time.monotonic()
        self.arrivals.append(now)
        is_within = self._count(now)
        self.fullest = max(self.fullest, len(self._window))
        if not is_within:
            self.refusals.append(now - self.arrivals[0])
        return is_within

    def admits_stranger(self) -> bool:
        self.has_stranger = True
        return self._count(time.monotonic())

    @property
    def retry_after(self) -> int:
        """Whole seconds until there is room."""
        oldest = self._window[max(0, len(self._window) - self.limit)]
        return max(1, math.ceil(oldest + self.window - time.monotonic()))

    @property
    def refused(self) -> int:
        return len(self.refusals)

    def _count(self, now: float) -> bool:
        while self._window and self._window[0] <= now - self.window:
            self._window.popleft()
        is_within = len(self._window) < self.limit
        if is_within or not self.has_stranger:
            self._window.append(now)
        return is_within

    @property
    def share(self) -> float:
        """How much of the allowance was used in the whole windows after the first, which starts full for anybody."""
        begin = self.arrivals[0] + self.window
        windows = (self.arrivals[-1] - begin) // self.window
        end = begin + windows * self.window
        return sum(1 for arrival in self.arrivals if begin < arrival <= end) / (self.limit * windows)

    def verdict(self) -> dict[str, Any]:
        return {
            "requests": len(self.arrivals),
            "refused": self.refused,
            "refusals": [round(moment, 2) for moment in self.refusals],
            "fullest": self.fullest,
            "share": round(self.share, 4),
        }


class _Connection(asyncio.Protocol):
    def __init__(self, judge: Judge) -> None:
        self._judge = judge
        self._received = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport: Any = transport

    def data_received(self, data: bytes) -> None:
        self._received += data
        while b"\r\n\r\n" in self._received:
            head, _, self._received = self._received.partition(b"\r\n\r\n")
            if head.startswith(b"GET /verdict "):
                self._transport.write(reply(body=self._judge.verdict()))
                continue
            admits = self._judge.admits_stranger if head.startswith(b"GET /stranger ") else self._judge.admits
            answer = reply(body={"id": 1}) if admits() else reply(429, retry_after=str(self._judge.retry_after))
            latency = next((wait for part, wait in self._judge.slow.items() if part in head), self._judge.latency)
            asyncio.get_running_loop().call_later(latency, self._transport.write, answer)


async def serve(judge: Judge, port: int = 0) -> asyncio.Server:
    return await asyncio.get_running_loop().create_server(lambda: _Connection(judge), "127.0.0.1", port)


async def main(port: str, limit: str, window: str, latency: str) -> None:
    server = await serve(Judge(int(limit), float(window), float(latency)), int(port))
    print(json.dumps({"ready": True}), flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
