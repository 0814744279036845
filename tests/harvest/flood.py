"""A process that asks Harvest for as much as it is allowed.

`python -m tests.harvest.flood` takes a `Flood` as JSON on stdin and prints, as JSON, which outcomes there were and how
long each click in the timer waited beyond Harvest's own latency.
"""

from __future__ import annotations

import asyncio
import collections
import json
import random
import sys
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from harvest_bridge.harvest.budgets import Allowance, Lane
from harvest_bridge.harvest.config import HarvestConfig, Timeouts
from harvest_bridge.harvest.credentials import StaticTokenSource
from harvest_bridge.harvest.errors import HarvestError
from harvest_bridge.harvest.gateway import Gateway
from harvest_bridge.harvest.operations import get_me


@dataclass(frozen=True)
class Flood:
    """Shape: `lanes` has one caller for each; `store` is a Redis URL or the path of a file. `folder` is this run's own:
    what processes remember of an earlier Redis would hold everybody back for a window.

    Units: seconds. `click_every` is between clicks, on average; 0 is no clicks.
    """

    url: str
    store: str
    key: str
    limit: int
    window: float
    seconds: float
    folder: str = ""
    lanes: tuple[str, ...] = ("API", "SYNC") * 2
    click_every: float = 0.0
    latency: float = 0.0

    @property
    def config(self) -> HarvestConfig:
        shared: dict[str, Any] = (
            {"redis_url": self.store, "pacing_path": Path(self.folder) / f"{self.key}.sqlite3"}
            if self.store.startswith("redis:")
            else {"pacing_path": Path(self.store)}
        )
        return HarvestConfig(
            user_agent="flood (tests)",
            api_url=self.url,
            id_url=self.url,
            general=Allowance(self.limit, self.window),
            timeouts=Timeouts(total=1),
            **shared,
        )


async def run(flood: Flood) -> dict[str, Any]:
    gateway, source = Gateway.from_config(flood.config), StaticTokenSource("token", "1", budget_key=flood.key)
    outcomes: collections.Counter[str] = collections.Counter()
    waits: list[tuple[float, float]] = []  # when somebody clicked, and for how long they waited
    started = time.monotonic()
    ends_at = started + flood.seconds

    async def call(lane: Lane) -> None:
        try:
            await gateway.perform(get_me(), source=source, lane=lane, deadline=60)
            outcomes["ok"] += 1
        except HarvestError as error:
            outcomes[error.code] += 1

    async def keep_calling(lane: Lane) -> None:
        while time.monotonic() < ends_at:
            await call(lane)

    async def click_now_and_then() -> None:
        while flood.click_every:
            await asyncio.sleep(random.uniform(0.5, 1.5) * flood.click_every)
            if (began := time.monotonic()) > ends_at:
                return
            await call(Lane.TIMER)
            waits.append((began - started, time.monotonic() - began - flood.latency))

    await asyncio.gather(click_now_and_then(), *(keep_calling(Lane[lane]) for lane in flood.lanes))
    await gateway.aclose()
    return {"outcomes": outcomes, "waits": waits}


async def start(flood: Flood) -> asyncio.subprocess.Process:
    """As a process of its own; `outcome` waits for what it prints."""
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(sys.executable, "-m", "tests.harvest.flood", stdin=pipe, stdout=pipe)
    assert process.stdin is not None
    process.stdin.write(json.dumps(asdict(flood)).encode())
    process.stdin.write_eof()
    return process


async def outcome(process: asyncio.subprocess.Process) -> dict[str, Any]:
    assert process.stdout is not None
    printed = await process.stdout.read()
    await process.wait()
    told: dict[str, Any] = json.loads(printed)
    return told


if __name__ == "__main__":
    print(json.dumps(asyncio.run(run(Flood(**json.load(sys.stdin))))))
