"""Invariant 23: whoever loses the counts, be it Redis or we, errs on the slow side. Real Redis servers, killed."""

from __future__ import annotations

import asyncio
import os
import signal
import time
from pathlib import Path

import pytest
import redis

from harvest_bridge.harvest.budgets import Allowance, Budget, Lane
from harvest_bridge.harvest.config import HarvestConfig
from harvest_bridge.harvest.deadline import Deadline
from harvest_bridge.harvest.errors import PacingUnavailable
from harvest_bridge.harvest.pacing import pacer_for
from harvest_bridge.harvest.pacing.pacing_health import condition
from harvest_bridge.harvest.pacing.redis_slots import RedisSlots
from harvest_bridge.harvest.pacing.slots import Full, Granted, SlotStore
from tests.services import free_port, redis_server

ALLOWANCE = Allowance(2, 1.0)


async def take(store: SlotStore) -> Granted | Full:
    return await store.take("general:key", ALLOWANCE, Lane.TIMER)


def kill(url: str) -> None:
    with redis.Redis.from_url(url) as server:
        os.kill(int(server.info("server")["process_id"]), signal.SIGKILL)


async def test_invariant_23_a_killed_redis_is_waited_for_and_then_grants_nothing_for_a_window(tmp_path: Path) -> None:
    port = free_port()
    config = HarvestConfig(
        user_agent="tests",
        redis_url=f"redis://127.0.0.1:{port}/0",
        pacing_path=tmp_path / "pacing.sqlite3",
        general=ALLOWANCE,
    )
    pacer = pacer_for(config)
    with redis_server(port) as url:
        await pacer.acquire("key", Budget.GENERAL, lane=Lane.TIMER, deadline=Deadline(5))
        kill(url)
    assert condition(config).startswith("no call goes to Harvest")
    with pytest.raises(PacingUnavailable) as refused:
        await pacer.acquire("key", Budget.GENERAL, lane=Lane.TIMER, deadline=Deadline(0.3))
    assert refused.value.retry_after == 1
    waiting = asyncio.create_task(pacer.acquire("key", Budget.GENERAL, lane=Lane.TIMER, deadline=Deadline(30)))
    await asyncio.sleep(0.1)
    with redis_server(port):
        back_at = time.monotonic()
        while condition(config) == "ok":  # the first to ask it marks what it lost
            await asyncio.sleep(0.02)
        assert "general until" in condition(config)
        await waiting
        assert time.monotonic() - back_at > 0.9
        await pacer.aclose()


async def test_invariant_23_an_old_copy_of_the_counts_is_not_believed(tmp_path: Path) -> None:
    port = free_port()
    with redis_server(port, snapshots=tmp_path) as url:
        store = RedisSlots(url, longest_flight=0.1)
        await take(store)
        with redis.Redis.from_url(url) as server:
            server.save()
        await take(store)
        await store.aclose()
        kill(url)
    with redis_server(port, snapshots=tmp_path) as url:
        fresh = RedisSlots(url, longest_flight=0.1)
        found = await take(fresh)
        assert isinstance(found, Full)
        assert 0.5 < found.hold <= 1.1
        await fresh.aclose()


async def test_invariant_23_what_was_lost_while_we_were_away_too_is_noticed(redis_url: str, tmp_path: Path) -> None:
    url = redis_url.removesuffix("/0") + "/2"
    before = RedisSlots(url, longest_flight=0.1, memory=tmp_path / "epoch")
    await take(before)
    await before.aclose()
    with redis.Redis.from_url(url) as server:
        server.flushdb()
    after = RedisSlots(url, longest_flight=0.1, memory=tmp_path / "epoch")
    assert isinstance(await take(after), Full)
    await after.aclose()


async def test_invariant_23_a_first_start_waits_for_nothing(redis_url: str, tmp_path: Path) -> None:
    store = RedisSlots(redis_url.removesuffix("/0") + "/3", longest_flight=0.1, memory=tmp_path / "new" / "epoch")
    assert isinstance(await take(store), Granted)
    await store.aclose()
