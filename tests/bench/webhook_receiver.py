"""A receiver that costs little: `python -m tests.bench.webhook_receiver PORT`.

Any POST is answered 200 and its `webhook-id` kept with the moment that it came (the machine's monotonic clock), except
under /hang, which is never answered. `GET /got` has the first arrival of each id as JSON and forgets all of them.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time

_OK = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"
_FIRST_ARRIVALS: dict[str, float] = {}


class Connection(asyncio.Protocol):
    def __init__(self) -> None:
        self.received = bytearray()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        self.received += data
        while (end := self.received.find(b"\r\n\r\n")) >= 0:
            first, *lines = bytes(self.received[:end]).decode().split("\r\n")
            headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
            whole = end + 4 + int(headers.get("content-length", "0"))
            if len(self.received) < whole:
                return
            del self.received[:whole]
            self._answer(first, headers)

    def _answer(self, first: str, headers: dict[str, str]) -> None:
        if first.startswith("POST /hang"):
            return
        if first.startswith("POST"):
            _FIRST_ARRIVALS.setdefault(headers["webhook-id"], time.monotonic())
            self.transport.write(_OK)  # type: ignore[attr-defined]
            return
        body = json.dumps(_FIRST_ARRIVALS).encode() if first.startswith("GET /got") else b"{}"
        if first.startswith("GET /got"):
            _FIRST_ARRIVALS.clear()
        self.transport.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body))  # type: ignore[attr-defined]


async def main(port: int) -> None:
    server = await asyncio.get_running_loop().create_server(Connection, "127.0.0.1", port)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1])))
