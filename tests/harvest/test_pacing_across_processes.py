"""Several operating-system processes share one allowance, and a judge that knows nothing of them counts arrivals.

How much of a window they use and what clicks wait is measured by `make bench`; `test_pacing_spacing` has it as counts.
"""

from __future__ import annotations

import asyncio
import uuid
from pathlib import Path

import pytest

from tests.harvest.flood import Flood, outcome, start
from tests.harvest.judge import Judge, serve

LIMIT, WINDOW, SECONDS, LATENCY = 40, 1.0, 3.0, 0.01


@pytest.fixture(params=["file", "redis"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    return str(tmp_path / "pacing.sqlite3") if request.param == "file" else request.getfixturevalue("redis_url")


async def test_invariants_21_and_22_a_window_is_never_exceeded_and_nobody_refused_though_a_process_is_killed(
    store: str, tmp_path: Path
) -> None:
    judge = Judge(LIMIT, WINDOW, LATENCY)
    async with await serve(judge) as server:
        url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        flood = Flood(
            url, store, uuid.uuid4().hex, LIMIT, WINDOW, SECONDS, str(tmp_path), click_every=0.4, latency=LATENCY
        )
        victim, *survivors = [await start(flood) for _ in range(3)]
        while len(judge.arrivals) < LIMIT:
            await asyncio.sleep(0.01)
        victim.kill()
        await victim.communicate()
        told = [await outcome(survivor) for survivor in survivors]
    assert judge.refused == 0
    assert judge.fullest <= LIMIT
    assert [set(one["outcomes"]) for one in told] == [{"ok"}, {"ok"}]
