"""A Harvest that costs next to nothing: two canned answers over raw asyncio. `python -m tests.bench.upstream PORT`."""

from __future__ import annotations

import asyncio
import json
import sys


def answer(body: bytes) -> bytes:
    head = (
        "HTTP/1.1 200 OK\r\nContent-Type: application/json; charset=utf-8\r\n"
        f'ETag: W/"1"\r\nCache-Control: max-age=0, private, must-revalidate\r\nX-Request-Id: 1\r\n'
        f"Content-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


def page(size: int) -> bytes:
    """A list of about so many bytes, as Harvest writes one."""
    base = "https://api.harvestapp.com/v2/clients"
    record = {"id": 5735776, "name": "123 Industries", "is_active": True, "address": "123 Main St.", "currency": "EUR"}
    records = [record] * (size // len(json.dumps(record)))
    links = {
        "first": f"{base}?page=1&per_page=2000&ref=first",
        "next": None,
        "previous": None,
        "last": f"{base}?page=1",
    }
    rest = {"per_page": 2000, "total_pages": 1, "total_entries": len(records), "page": 1, "links": links}
    return json.dumps({"clients": records, **rest}).encode()


SMALL = answer(json.dumps({"id": 1782959, "first_name": "Kim", "notes": "x" * 900}).encode())
LARGE = answer(page(1_000_000))


class Harvest(asyncio.Protocol):
    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport
        self.received = b""

    def data_received(self, data: bytes) -> None:
        self.received += data
        while b"\r\n\r\n" in self.received:
            head, _, self.received = self.received.partition(b"\r\n\r\n")
            self.transport.write(LARGE if b"/v2/clients" in head else SMALL)  # type: ignore[attr-defined]


async def main(port: int) -> None:
    server = await asyncio.get_running_loop().create_server(Harvest, "127.0.0.1", port)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1])))
