"""Several operating-system processes share one allowance, and a judge that knows nothing of them counts arrivals."""

from __future__ import annotations

import asyncio
import json
import sys
import time
import uuid
from collections import deque
from pathlib import Path

import pytest

from tests.harvest.raw_server import Received, raw_server, reply

LIMIT, WINDOW, SECONDS = 20, 0.5, 1.4


class Judge:
    """Harvest with a sliding window: a request that finds LIMIT others behind it within WINDOW is refused."""

    def __init__(self) -> None:
        self.arrivals: list[float] = []
        self.refused = 0
        self._window: deque[float] = deque()

    async def __call__(self, request: Received, writer: asyncio.StreamWriter) -> None:
        now = time.monotonic()
        self.arrivals.append(now)
        while self._window and self._window[0] <= now - WINDOW:
            self._window.popleft()
        self._window.append(now)
        is_over = len(self._window) > LIMIT
        self.refused += is_over
        writer.write(reply(429, retry_after="1") if is_over else reply(body={"id": 1}))

    @property
    def share_of_allowance(self) -> float:
        """How much of what was allowed between the first and the last arrival was used."""
        return len(self.arrivals) / (LIMIT * (1 + (self.arrivals[-1] - self.arrivals[0]) / WINDOW))


@pytest.fixture(params=["file", "redis"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    return str(tmp_path / "pacing.sqlite3") if request.param == "file" else request.getfixturevalue("redis_url")


@pytest.fixture
def key() -> str:
    return f"account-{uuid.uuid4().hex}"


async def _start_flood(url: str, store: str, key: str) -> asyncio.subprocess.Process:
    words = [url, store, key, str(LIMIT), str(WINDOW), str(SECONDS)]
    return await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.harvest.flood", *words, stdout=asyncio.subprocess.PIPE
    )


async def test_processes_never_exceed_a_window_and_use_most_of_it_though_one_is_killed(store: str, key: str) -> None:
    judge = Judge()
    async with raw_server(judge) as harvest:
        victim, *survivors = [await _start_flood(harvest.url, store, key) for _ in range(3)]
        while len(judge.arrivals) < 2 * LIMIT:
            await asyncio.sleep(0.01)
        victim.kill()
        await victim.communicate()
        outcomes = [json.loads((await survivor.communicate())[0]) for survivor in survivors]
    assert judge.refused == 0
    assert [set(outcome) for outcome in outcomes] == [{"ok"}, {"ok"}]
    assert judge.share_of_allowance > 0.5
