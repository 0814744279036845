"""How much of Harvest's allowance four processes use, and what a click waits meanwhile.

`python -m tests.bench.saturation` writes that part of docs/benchmarks.md alone.

16 callers, backfills and API calls, on one token through four processes; a judge in a process of its own counts.
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx

from harvest_bridge.env import ROOT
from tests.bench.measures import percentile
from tests.bench.saturation_report import Saturation, write_saturation
from tests.harvest.flood import Flood, outcome, start
from tests.services import free_port, redis_server

PROCESSES = 4
LIMIT, WINDOW, SECONDS, LATENCY = 100, 5.0, 28.0, 0.03  # Harvest's own numbers, three times as fast
CLICK_EVERY = 2.0


async def saturate(name: str, store: str) -> Saturation:
    async with _judging() as url:
        flood = Flood(url, store, uuid.uuid4().hex, LIMIT, WINDOW, SECONDS, latency=LATENCY, click_every=CLICK_EVERY)
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
async def _judging() -> AsyncIterator[str]:
    port = free_port()
    words = [sys.executable, "-m", "tests.harvest.judge", str(port), str(LIMIT), str(WINDOW), str(LATENCY)]
    judge = await asyncio.create_subprocess_exec(*words, cwd=ROOT, stdout=asyncio.subprocess.PIPE)
    assert judge.stdout is not None
    await judge.stdout.readline()
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        judge.terminate()
        await judge.wait()


async def both() -> list[Saturation]:
    with tempfile.TemporaryDirectory(prefix="hb-bench-") as folder, redis_server() as url:
        return [
            await saturate("SQLite", str(Path(folder) / "pacing.sqlite3")),
            await saturate("Redis", url),
        ]


def main() -> None:
    write_saturation(asyncio.run(both()))
    print("docs/benchmarks.md has the new saturation")


if __name__ == "__main__":
    main()
