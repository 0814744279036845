"""Clicks at a pace: `python -m tests.bench.timer_clicks` with a plan as JSON on stdin.

People start and stop in turns, whatever became of the clicks of others before. Prints the milliseconds of each click
that was answered as done, and how many were not, as JSON.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
import uuid
from datetime import UTC, datetime
from typing import Any

import httpx

from tests.bench.cores import OTHERS, stay_on


class Clicker:
    """One person. Shape: `running` is what the last answer showed."""

    def __init__(self, http: httpx.AsyncClient, person: dict[str, Any]) -> None:
        self.http, self.person, self.running = http, person, None
        self.lock = asyncio.Lock()

    async def click(self) -> float | None:
        """Milliseconds; None for one that was not done at once."""
        async with self.lock:
            path, asked = ("stop", _named(self.running)) if self.running else ("start", self.person["pick"])
            body = {"idempotency_key": uuid.uuid4().hex, "clicked_at": datetime.now(UTC).isoformat(), **asked}
            headers = {"Authorization": f"Bearer {self.person['session']}"}
            item = {"id": f"T-{self.person['session'][-6:]}", "name": "Load"}
            began = time.perf_counter()
            try:
                answer = await self.http.post(f"/timer/{path}", json=body | {"item": item}, headers=headers)
            except httpx.HTTPError as error:
                print(repr(error), file=sys.stderr)
                return None
            took = (time.perf_counter() - began) * 1000
            if answer.status_code not in (200, 201):
                print(answer.status_code, answer.json().get("code"), file=sys.stderr)
                return None
            self.running = (answer.json()["state"] or {}).get("running")
            return took


def _named(running: Any) -> dict[str, Any]:
    return {"entry_id": running["entry_id"], "timer_started_at": running["started_at"]}


async def main() -> None:
    plan = json.loads(sys.stdin.readline())
    limits = httpx.Limits(max_connections=64, max_keepalive_connections=64, keepalive_expiry=3)
    async with httpx.AsyncClient(base_url=plan["url"], trust_env=False, timeout=30, limits=limits) as http:
        people = [Clicker(http, person) for person in plan["people"]]
        began, tasks = time.perf_counter(), []
        for number in range(plan["count"]):
            await asyncio.sleep(max(0.0, began + number / plan["per_second"] - time.perf_counter()))
            tasks.append(asyncio.create_task(people[number % len(people)].click()))
        took = await asyncio.gather(*tasks)
        seconds = time.perf_counter() - began
    done = [each for each in took if each is not None]
    print(json.dumps({"milliseconds": done, "not_done": len(took) - len(done), "seconds": seconds}))


if __name__ == "__main__":
    stay_on(OTHERS)
    asyncio.run(main())
