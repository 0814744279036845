"""A Harvest of N time entries and nothing else, with its own limit. `python -m tests.bench.mirror_upstream PORT N`.

100 requests in any 15 seconds of each account; a caller beyond that gets a 429 or, with `hold` as a third word, waits.
`/journal` tells what was asked, `/reset` forgets it.
"""

from __future__ import annotations

import asyncio
import json
import sys
from collections import Counter, deque
from datetime import UTC, date, datetime, timedelta
from urllib.parse import parse_qsl, urlsplit

LIMIT, WINDOW, LATENCY, PER_DAY = 100, 15.0, 0.03, 700
SAME_MINUTES = 20  # were updated within the overlap of the newest one

ENTRY = json.dumps(
    {
        "id": 12345,
        "spent_date": "DATE",
        "hours": 2.11,
        "hours_without_timer": 2.11,
        "rounded_hours": 2.25,
        "notes": "Adding CSS styling to the checkout page, and a review of what was there before with the client",
        "is_locked": False,
        "locked_reason": None,
        "approval_status": "unsubmitted",
        "is_closed": False,
        "is_billed": False,
        "timer_started_at": None,
        "started_time": "3:00pm",
        "ended_time": "5:00pm",
        "is_running": False,
        "billable": True,
        "budgeted": True,
        "billable_rate": 100.0,
        "cost_rate": 50.0,
        "created_at": "2017-06-27T15:50:15Z",
        "updated_at": "2017-06-27T16:47:14Z",
        "user": {"id": 1782959, "name": "Kim Allen"},
        "client": {"id": 5735774, "name": "ABC Corp", "currency": "EUR"},
        "project": {"id": 14307913, "name": "Marketing Website", "code": "MW"},
        "task": {"id": 8083365, "name": "Graphic Design"},
        "user_assignment": {
            "id": 125068553,
            "is_project_manager": True,
            "is_active": True,
            "budget": None,
            "created_at": "2017-06-26T22:32:52Z",
            "updated_at": "2017-06-26T22:32:52Z",
            "hourly_rate": 100.0,
        },
        "task_assignment": {
            "id": 155502709,
            "billable": True,
            "is_active": True,
            "created_at": "2017-06-26T21:36:23Z",
            "updated_at": "2017-06-26T21:36:23Z",
            "hourly_rate": 100.0,
            "budget": None,
        },
        "invoice": None,
        "external_reference": None,
    },
    separators=(",", ":"),
)
_PLAIN = ENTRY.replace("%", "%%").replace("12345", "%d", 1).replace("DATE", "%s")
_ALONE = {
    "/v2/users/me": b'{"id":7,"first_name":"A","access_roles":["administrator"]}',
    "/v2/company": b'{"name":"Bench","invoice_feature":true,"expense_feature":true,"estimate_feature":true}',
}


class Account:
    """What one account was asked, and when."""

    def __init__(self) -> None:
        self.moments: deque[float] = deque()

    def admit(self, now: float) -> float:
        """Seconds to wait; 0 is admitted."""
        while self.moments and self.moments[0] <= now - WINDOW:
            self.moments.popleft()
        if len(self.moments) < LIMIT:
            self.moments.append(now)
            return 0.0
        return self.moments[0] + WINDOW - now


class Harvest:
    def __init__(self, entries: int, *, holds: bool) -> None:
        self.entries, self.holds = entries, holds
        self.today = datetime.now(UTC).date()
        self.forget()

    def forget(self) -> None:
        self.accounts: dict[str, Account] = {}
        self.asked: Counter[str] = Counter()
        self.refused = 0
        self.first = self.last = 0.0

    async def answer(self, target: str, account: str) -> tuple[int, bytes]:
        path, query = urlsplit(target).path, dict(parse_qsl(urlsplit(target).query))
        if path == "/journal":
            told = {"asked": self.asked, "refused": self.refused, "seconds": self.last - self.first}
            return 200, json.dumps(told).encode()
        if path == "/reset":
            self.forget()
            return 200, b"{}"
        if account:  # what looks whether we are up has none
            wait = await self._admitted(account)
            if wait:
                self.refused += 1
                return 429, b'{"message":"Too many requests"}'
            self.asked[path] += 1
        return 200, _ALONE.get(path) or await self._page(path, query)

    async def _admitted(self, account: str) -> float:
        clock = asyncio.get_running_loop().time
        one = self.accounts.setdefault(account, Account())
        while (wait := one.admit(clock())) and self.holds:
            await asyncio.sleep(wait)
        self.last = clock()
        self.first = self.first or self.last
        return wait

    async def _page(self, path: str, query: dict[str, str]) -> bytes:
        name = "results" if "/reports/" in path else path.rpartition("/")[2]
        total = self._total(path, query)
        size, page = int(query.get("per_page", 2000)), int(query.get("page", query.get("cursor", 1)))
        if total:
            await asyncio.sleep(LATENCY)
        first, last = (page - 1) * size, min(page * size, total)
        rows = ",".join(_PLAIN % (10_000_000 - n, self._day(n)) for n in range(first, last))
        link = f'"http://x{path}?page={page + 1}&per_page={size}&ref=next"' if last < total else "null"
        links = f'"links":{{"first":null,"next":{link},"previous":null,"last":null}}'
        following = page + 1 if last < total else "null"
        pages = max(1, -(-total // size))
        place = f'"per_page":{size},"total_pages":{pages},"total_entries":{total},"next_page":{following},"page":{page}'
        return f'{{"{name}":[{rows}],{place},{links}}}'.encode()

    def _total(self, path: str, query: dict[str, str]) -> int:
        if path != "/v2/time_entries" or "is_running" in query:
            return 0
        if query.get("updated_since", "") > "2017":
            return min(self.entries, SAME_MINUTES)
        if "from" in query:
            return min(self.entries, PER_DAY * ((self.today - date.fromisoformat(query["from"])).days + 1))
        return self.entries

    def _day(self, number: int) -> str:
        return (self.today - timedelta(days=number // PER_DAY)).isoformat()


async def serve(harvest: Harvest, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        while head := (await reader.readuntil(b"\r\n\r\n")).decode("latin-1"):
            lines = head.split("\r\n")
            headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in lines[1:])}
            status, body = await harvest.answer(lines[0].split(" ")[1], headers.get("harvest-account-id", ""))
            reason = {200: "OK", 429: "Too Many Requests"}[status]
            answer = f"HTTP/1.1 {status} {reason}\r\nContent-Type: application/json\r\nRetry-After: 1\r\n"
            writer.write(f"{answer}Content-Length: {len(body)}\r\n\r\n".encode() + body)
            await writer.drain()
    except (asyncio.IncompleteReadError, ConnectionError):
        writer.close()


async def main(port: int, entries: int, mode: str = "refuse") -> None:
    harvest = Harvest(entries, holds=mode == "hold")
    server = await asyncio.start_server(lambda r, w: serve(harvest, r, w), "127.0.0.1", port, limit=2**16)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]), int(sys.argv[2]), *sys.argv[3:]))
