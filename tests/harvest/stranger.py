"""A bridge of several processes, and somebody else who spends the same token, in simulated time."""

from __future__ import annotations

import asyncio
import itertools
import json
import random
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from harvest_bridge.harvest.budgets import Allowance, Budget, Lane
from harvest_bridge.harvest.config import HarvestConfig
from harvest_bridge.harvest.credentials import StaticTokenSource
from harvest_bridge.harvest.errors import HarvestError
from harvest_bridge.harvest.gateway import Gateway
from harvest_bridge.harvest.operations import get_me
from harvest_bridge.harvest.pacing.pacer import Pacer
from harvest_bridge.harvest.pacing.sqlite_slots import SqliteSlots
from harvest_bridge.harvest.transport import Answer, Flight, Outgoing, Transport
from tests.harvest.judge import Judge

LIMIT, WINDOW, LATENCY = 100, 15.0, 0.06


class _ToJudge(Transport):
    """Where the sockets would be."""

    def __init__(self, judge: Judge) -> None:
        self._judge = judge

    async def fetch(self, outgoing: Outgoing, flight: Flight, *, timeout: float) -> Answer:
        await asyncio.sleep(LATENCY / 2)
        flight.has_left = True
        is_admitted = self._judge.admits()
        headers = {} if is_admitted else {"retry-after": str(self._judge.retry_after)}
        await asyncio.sleep(LATENCY / 2)
        body = json.dumps({"id": 1}).encode()
        return Answer(200 if is_admitted else 429, httpx.Headers(headers), body)

    async def aclose(self) -> None:
        pass


@dataclass(frozen=True)
class Trial:
    """Shape: `burst` requests of the stranger's at once, every `every` seconds, from `begins` on until `ends`.
    `callers` ask for all they can get, half of them API calls, half copies in the background.

    Units: seconds.
    """

    burst: int = 50
    every: float = 8.0
    begins: float = 20.0
    ends: float = 1e9
    spread: float = 0.0
    callers: int = 16
    processes: int = 4
    click_every: float = 6.0
    seconds: float = 600.0


@dataclass
class Outcome:
    """Shape: `clicks` and `refusals` are moments; the former with what was waited beyond Harvest's latency."""

    clicks: list[tuple[float, float]] = field(default_factory=list)
    refusals: list[float] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)
    ours: list[float] = field(default_factory=list)
    stranger_got: list[int] = field(default_factory=list)

    def p(self, share: float, since: float) -> float:
        waits = sorted(wait for at, wait in self.clicks if at >= since)
        return waits[min(len(waits) - 1, int(share * len(waits)))]

    def refusals_a_minute(self, since: float, until: float) -> float:
        return sum(since <= at < until for at in self.refusals) / ((until - since) / 60)


async def trial(it: Trial, folder: Path, *, seed: int = 1) -> Outcome:
    chance, judge, outcome = random.Random(seed), Judge(LIMIT, WINDOW), Outcome()
    judge.has_stranger = True
    began = time.monotonic()
    config = HarvestConfig(user_agent="simulated (tests)", general=Allowance(LIMIT, WINDOW))
    gateways = [
        Gateway(
            _ToJudge(judge),
            Pacer(
                SqliteSlots(folder / "pacing.sqlite3", longest_flight=30, clock=time.monotonic),
                {Budget.GENERAL: config.general},
            ),
            config,
        )
        for _ in range(it.processes)
    ]
    source = StaticTokenSource("token", "1", budget_key="key")

    def now() -> float:
        return time.monotonic() - began

    async def call(gateway: Gateway, lane: Lane, deadline: float) -> bool:
        try:
            await gateway.perform(get_me(), source=source, lane=lane, deadline=deadline)
        except HarvestError as error:
            outcome.failures.append(f"{lane.name} {error.code}")
            return False
        outcome.ours.append(now())
        return True

    async def keep_calling(gateway: Gateway, lane: Lane) -> None:
        while now() < it.seconds:
            await call(gateway, lane, 60)

    async def click(gateway: Gateway) -> None:
        at = now()
        await call(gateway, Lane.TIMER, 20)
        outcome.clicks.append((at, now() - at - LATENCY))

    async def keep_clicking() -> None:
        clicks = set()
        while now() < it.seconds - 20:
            await asyncio.sleep(chance.uniform(0.1, 1.9) * it.click_every)
            clicks.add(asyncio.create_task(click(chance.choice(gateways))))
        await asyncio.gather(*clicks)

    async def be_strange() -> None:
        await asyncio.sleep(it.begins)
        while it.burst and now() < min(it.ends, it.seconds):
            got = 0
            for _ in range(it.burst):
                got += judge.admits_stranger()
                if it.spread:
                    await asyncio.sleep(it.spread / it.burst)
            outcome.stranger_got.append(got)
            await asyncio.sleep(it.every - it.spread)

    lanes: Iterator[Lane] = itertools.cycle([Lane.API, Lane.SYNC])
    callers = [
        keep_calling(gateways[n % it.processes], lane) for n, lane in zip(range(it.callers), lanes, strict=False)
    ]
    await asyncio.gather(keep_clicking(), be_strange(), *callers)
    outcome.refusals = [at + judge.arrivals[0] - began for at in judge.refusals]
    for gateway in gateways:
        await gateway.aclose()
    return outcome
