"""How much of Harvest's allowance four processes use, and what a click waits meanwhile.

`python -m tests.bench.saturation` prints it.

16 callers, backfills and API calls, on one token through four processes; a judge in a process of its own counts.
"""

from __future__ import annotations

import asyncio
import json
import sys
import tempfile
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from harvest_bridge.env import ROOT
from tests.bench.measures import percentile
from tests.harvest.flood import Flood, outcome, start
from tests.services import free_port, redis_server

PROCESSES = 4
LIMIT, WINDOW, SECONDS, LATENCY = 100, 5.0, 28.0, 0.03
CLICK_EVERY = 2.0


@dataclass(frozen=True)
class Saturation:
    """Shape: `refused` is how many requests the judge answered 429; `fullest` the most in any sliding window.

    Units: `share` is what was used of the allowance after the first window; the clicks' added waits are milliseconds.
    """

    store: str
    requests: int
    refused: int
    fullest: int
    share: float
    p50: float
    p99: float
    clicks: int
    failures: int


async def saturate(name: str, store: str, *, seconds: float = SECONDS, window: float = WINDOW) -> Saturation:
    async with _judging(window) as url:
        flood = Flood(url, store, uuid.uuid4().hex, LIMIT, window, seconds, latency=LATENCY, click_every=CLICK_EVERY)
        processes = [await start(flood) for _ in range(PROCESSES)]
        told = [await outcome(process) for process in processes]
        async with httpx.AsyncClient(trust_env=False) as client:
            verdict: dict[str, Any] = (await client.get(f"{url}/verdict")).json()
    waits = sorted(max(0, round(wait * 1e6)) for one in told for wait in one["waits"])
    failures = sum(count for one in told for code, count in one["outcomes"].items() if code != "ok")
    return Saturation(
        store=name,
        p50=percentile(waits, 0.5),
        p99=percentile(waits, 0.99),
        clicks=len(waits),
        failures=failures,
        **verdict,
    )


@asynccontextmanager
async def _judging(window: float) -> AsyncIterator[str]:
    port = free_port()
    words = [sys.executable, "-m", "tests.harvest.judge", str(port), str(LIMIT), str(window), str(LATENCY)]
    judge = await asyncio.create_subprocess_exec(*words, cwd=ROOT, stdout=asyncio.subprocess.PIPE)
    assert judge.stdout is not None
    await judge.stdout.readline()
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        judge.terminate()
        await judge.wait()


async def both(**how: float) -> list[Saturation]:
    with tempfile.TemporaryDirectory(prefix="hb-bench-") as folder, redis_server() as url:
        return [
            await saturate("SQLite", str(Path(folder) / "pacing.sqlite3"), **how),
            await saturate("Redis", url, **how),
        ]


if __name__ == "__main__":
    how = json.loads(sys.argv[1]) if len(sys.argv) > 1 else {}
    for one in asyncio.run(both(**how)):
        print(one)
