"""Pages that are open: their event streams, read on a loop of their own."""

from __future__ import annotations

import asyncio
import json
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from typing import Any

import httpx

from tests.processes import Bridge

LONGEST_WAIT_SECONDS = 120.0


class OpenPage:
    """What one page has heard. Shape: `states` are whole states, oldest first; `is_open` once the stream has begun."""

    def __init__(self) -> None:
        self.states: list[dict[str, Any]] = []
        self.is_open = False

    @property
    def entry_id(self) -> int | None:
        """Of the timer that the newest state shows."""
        running = self.states[-1]["running"] if self.states else None
        return running["entry_id"] if running else None


class OpenPages:
    """Opens streams, and hears them until it is closed."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        self._tasks: list[Future[None]] = []
        self._http = httpx.AsyncClient(trust_env=False, timeout=None, limits=httpx.Limits(max_connections=None))

    def open(self, url: str, session: str) -> OpenPage:
        page = OpenPage()
        self._tasks.append(asyncio.run_coroutine_threadsafe(_hear(self._http, url, session, page), self._loop))
        return page

    def close(self) -> None:
        for task in self._tasks:
            task.cancel()
        asyncio.run_coroutine_threadsafe(self._end(), self._loop).result(10)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        self._loop.close()

    async def _end(self) -> None:
        others = asyncio.all_tasks() - {asyncio.current_task()}
        await asyncio.gather(*others, return_exceptions=True)
        await self._http.aclose()


async def _hear(http: httpx.AsyncClient, url: str, session: str, page: OpenPage) -> None:
    headers = {"Authorization": f"Bearer {session}"}
    async with http.stream("GET", f"{url}/timer/stream", headers=headers) as answer:
        assert answer.status_code == 200
        async for line in answer.aiter_lines():
            page.is_open = True
            if line.startswith("data: "):
                page.states.append(json.loads(line.removeprefix("data: ")))


@contextmanager
def open_pages() -> Iterator[OpenPages]:
    pages = OpenPages()
    try:
        yield pages
    finally:
        pages.close()


def session_of(bridge: Bridge, who: str, tenant: str, url: str = "") -> str:
    """A session, as a page gets it when it is opened."""
    body = {"token": bridge.widget_token(sub=who, tenant_id=tenant), "origin": bridge.host_origin}
    answer = httpx.post(f"{url or bridge.url}/timer/session", json=body, trust_env=False, timeout=30)
    assert answer.status_code == 200, answer.text
    return str(answer.json()["session"])


def until(claim: Callable[[], object], what: str) -> None:
    """Waits for it, as long as a busy machine may take."""
    deadline = time.monotonic() + LONGEST_WAIT_SECONDS
    while not claim():
        assert time.monotonic() < deadline, what
        time.sleep(0.05)
