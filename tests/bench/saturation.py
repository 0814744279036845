"""How much of Harvest's allowance four processes use, and what a click waits meanwhile; alone and beside a stranger.

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
from tests.bench.saturation_report import BesideStranger, Saturation, write_saturation
from tests.harvest.flood import Flood, outcome, start
from tests.services import free_port, redis_server

PROCESSES = 4
LIMIT, WINDOW, SECONDS, LATENCY = 100, 5.0, 28.0, 0.03  # Harvest's own numbers, three times as fast
CLICK_EVERY = 2.0
# A stranger spends half of the allowance in one go, every seven seconds, until two thirds of the time are over.
BESIDE_SECONDS, BURST, BURST_EVERY, BURST_SHARE = 120.0, 50, 7.0, 2 / 3
LEARNING_SECONDS = 2 * WINDOW


async def saturate(name: str, store: str, folder: str) -> Saturation:
    async with _judging() as url:
        told = await _flooded(url, store, folder, SECONDS)
        verdict = await _verdict(url)
    waits = _waits(told)
    failures = sum(count for one in told for code, count in one["outcomes"].items() if code != "ok")
    return Saturation(
        store=name,
        p50=percentile(waits, 0.5),
        p99=percentile(waits, 0.99),
        clicks=len(waits),
        failures=failures,
        **{name: verdict[name] for name in ("requests", "refused", "fullest", "share")},
    )


async def beside_stranger(name: str, store: str, folder: str) -> BesideStranger:
    async with _judging() as url, asyncio.TaskGroup() as group:
        stranger = group.create_task(_bursts(url, BESIDE_SECONDS * BURST_SHARE))
        told = await _flooded(url, store, folder, BESIDE_SECONDS)
        verdict, got = await _verdict(url), await stranger
    waits = _waits(told, since=LEARNING_SECONDS)
    later = [moment for moment in verdict["refusals"] if moment > LEARNING_SECONDS]
    minutes = (BESIDE_SECONDS - LEARNING_SECONDS) / 60 * (15 / WINDOW)  # as long as that is with Harvest's own window
    return BesideStranger(
        store=name,
        first_refusals=verdict["refused"] - len(later),
        refusals_per_minute=len(later) / minutes,
        p50=percentile(waits, 0.5),
        p99=percentile(waits, 0.99),
        stranger_share=sum(got) / (BURST * len(got)),
        ours=verdict["requests"] - verdict["refused"],
    )


async def _flooded(url: str, store: str, folder: str, seconds: float) -> list[dict[str, Any]]:
    """What each of the processes tells."""
    key = uuid.uuid4().hex
    flood = Flood(url, store, key, LIMIT, WINDOW, seconds, folder, latency=LATENCY, click_every=CLICK_EVERY)
    processes = [await start(flood) for _ in range(PROCESSES)]
    return [await outcome(process) for process in processes]


async def _bursts(url: str, seconds: float) -> list[int]:
    """How many of each burst were let through."""
    got = []
    async with httpx.AsyncClient(trust_env=False) as client:
        for _ in range(int(seconds / BURST_EVERY)):
            answers = await asyncio.gather(*(client.get(f"{url}/stranger") for _ in range(BURST)))
            got.append(sum(answer.status_code == 200 for answer in answers))
            await asyncio.sleep(BURST_EVERY)
    return got


async def _verdict(url: str) -> dict[str, Any]:
    async with httpx.AsyncClient(trust_env=False) as client:
        verdict: dict[str, Any] = (await client.get(f"{url}/verdict")).json()
    return verdict


def _waits(told: list[dict[str, Any]], *, since: float = 0.0) -> list[int]:
    """What clicks waited, in microseconds, in order."""
    return sorted(max(0, round(wait * 1e6)) for one in told for at, wait in one["waits"] if at >= since)


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


async def both() -> tuple[list[Saturation], list[BesideStranger]]:
    with tempfile.TemporaryDirectory(prefix="hb-bench-") as folder, redis_server() as url:
        stores = {"SQLite": str(Path(folder) / "pacing.sqlite3"), "Redis": url}
        alone = [await saturate(name, store, folder) for name, store in stores.items()]
        return alone, [await beside_stranger(name, store, folder) for name, store in stores.items()]


def main() -> None:
    write_saturation(*asyncio.run(both()))
    print("docs/benchmarks.md has the new saturation")


if __name__ == "__main__":
    main()
