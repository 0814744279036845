"""A process that asks Harvest for as much as it is allowed.

`python -m tests.harvest.flood URL STORE KEY LIMIT WINDOW SECONDS` prints, as JSON, how many calls succeeded and which
errors the others met.
"""

from __future__ import annotations

import asyncio
import collections
import json
import sys
import time
from pathlib import Path

from harvest_bridge.harvest.budgets import Allowance, Lane
from harvest_bridge.harvest.config import HarvestConfig, Timeouts
from harvest_bridge.harvest.credentials import StaticTokenSource
from harvest_bridge.harvest.errors import HarvestError
from harvest_bridge.harvest.gateway import Gateway
from harvest_bridge.harvest.operations import get_me

CALLERS = 12


async def flood(config: HarvestConfig, key: str, seconds: float) -> dict[str, int]:
    gateway, source = Gateway.from_config(config), StaticTokenSource("token", "1", budget_key=key)
    outcomes: collections.Counter[str] = collections.Counter()
    ends_at = time.monotonic() + seconds

    async def call_again_and_again(lane: Lane) -> None:
        while time.monotonic() < ends_at:
            try:
                await gateway.send(get_me(), source=source, lane=lane, deadline=30)
                outcomes["ok"] += 1
            except HarvestError as error:
                outcomes[error.code] += 1

    await asyncio.gather(*(call_again_and_again(Lane(number % 3)) for number in range(CALLERS)))
    await gateway.aclose()
    return outcomes


def main(url: str, store: str, key: str, limit: str, window: str, seconds: str) -> None:
    shared = {"redis_url": store} if store.startswith("redis:") else {"pacing_path": Path(store)}
    allowance = Allowance(int(limit), float(window))
    config = HarvestConfig(
        user_agent="flood (tests)", api_url=url, id_url=url, general=allowance, timeouts=Timeouts(total=1), **shared
    )
    print(json.dumps(asyncio.run(flood(config, key, float(seconds)))))


if __name__ == "__main__":
    main(*sys.argv[1:])
