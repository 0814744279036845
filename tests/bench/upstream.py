"""A Harvest that costs next to nothing: canned answers over raw asyncio. `python -m tests.bench.upstream PORT`."""

from __future__ import annotations

import asyncio
import json
import re
import sys
from typing import Any


def answer(body: bytes) -> bytes:
    head = (
        "HTTP/1.1 200 OK\r\nContent-Type: application/json; charset=utf-8\r\n"
        f'ETag: W/"1"\r\nCache-Control: max-age=0, private, must-revalidate\r\nX-Request-Id: 1\r\n'
        f"Content-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


def client_list(size: int) -> bytes:
    """A list of about so many bytes."""
    record = {"id": 5735776, "name": "123 Industries", "is_active": True, "address": "123 Main St.", "currency": "EUR"}
    return page("clients", [record] * (size // len(json.dumps(record))))


def people(count: int) -> bytes:
    """A page of users with every key that Harvest was seen to send (REFERENCE §8.2)."""
    records = [
        {
            "id": 4000000 + number,
            "first_name": f"Zoë {number}",
            "last_name": "O’Brien",
            "email": f"zoe.{number}@example.com",
            "telephone": "+49 30 1234567",
            "employee_id": None,
            "timezone": "Eastern Time (US & Canada)",
            "weekly_capacity": 126000,
            "has_access_to_all_future_projects": False,
            "is_contractor": False,
            "can_create_projects": True,
            "is_active": True,
            "calendar_integration_enabled": False,
            "calendar_integration_source": None,
            "saml_exempt": False,
            "created_at": "2020-01-02T03:04:05Z",
            "updated_at": "2021-01-02T03:04:05Z",
            "default_hourly_rate": 100.0,
            "cost_rate": 50.0,
            "roles": ["Designer"],
            "access_roles": ["member"],
            "avatar_url": "https://cache.harvestapp.com/assets/profile_images/abraj_albait_towers.png?1498516481",
        }
        for number in range(count)
    ]
    return page("users", records)


def page(name: str, records: list[dict[str, Any]]) -> bytes:
    """A list, as Harvest writes one."""
    base = f"https://api.harvestapp.com/v2/{name}"
    links = {
        "first": f"{base}?page=1&per_page=2000&ref=first",
        "next": None,
        "previous": None,
        "last": f"{base}?page=1",
    }
    rest = {"per_page": 2000, "total_pages": 1, "total_entries": len(records), "page": 1, "links": links}
    return json.dumps({name: records, **rest}, ensure_ascii=False).encode()


def running_timer() -> bytes:
    """The list of the one time entry that runs."""
    named = {"id": 5735776, "name": "Fennel & Finch"}
    entry = {
        "id": 636709355,
        "spent_date": "2017-03-02",
        "user": {"id": 7, "name": "Zoë O’Brien"},
        "client": named,
        "project": {**named, "code": "FF"},
        "task": {"id": 8083365, "name": "Graphic Design"},
        "hours": 2.11,
        "hours_without_timer": 2.11,
        "rounded_hours": 2.25,
        "notes": "Adding CSS styling",
        "is_locked": False,
        "locked_reason": None,
        "is_closed": False,
        "is_billed": False,
        "timer_started_at": "2017-03-02T10:00:00Z",
        "started_time": "3:00pm",
        "ended_time": None,
        "is_running": True,
        "billable": True,
        "budgeted": True,
        "billable_rate": 100.0,
        "cost_rate": 50.0,
        "external_reference": None,
        "created_at": "2017-03-02T09:00:00Z",
        "updated_at": "2017-03-02T10:00:00Z",
    }
    return page("time_entries", [entry])


SMALL = answer(json.dumps({"id": 1782959, "first_name": "Kim", "notes": "x" * 900}).encode())
LARGE = answer(client_list(1_000_000))
PEOPLE = people(2000)
MANY, HUNDRED, TWENTY = answer(PEOPLE), answer(people(100)), answer(people(20))
RUNNING = answer(running_timer())


class Harvest(asyncio.Protocol):
    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport
        self.received = b""

    def data_received(self, data: bytes) -> None:
        self.received += data
        while b"\r\n\r\n" in self.received:
            head, _, self.received = self.received.partition(b"\r\n\r\n")
            self.transport.write(_answer_to(head))  # type: ignore[attr-defined]


def _answer_to(head: bytes) -> bytes:
    target = head.partition(b" HTTP")[0]
    if b"/v2/clients" in target:
        return LARGE
    if b"/v2/time_entries?" in target:
        return RUNNING
    if b"/v2/users?" not in target:
        return SMALL
    return HUNDRED if b"per_page=100" in target else TWENTY if re.search(rb"per_page=20\b", target) else MANY


async def main(port: int) -> None:
    server = await asyncio.get_running_loop().create_server(Harvest, "127.0.0.1", port)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1])))
