"""What each store does when it is hurt: nobody is granted what Harvest might refuse."""

from __future__ import annotations

import asyncio
import sqlite3
import time
from pathlib import Path

import pytest
import redis

from harvest_bridge.harvest.budgets import Allowance, Lane
from harvest_bridge.harvest.errors import PacingUnavailable
from harvest_bridge.harvest.pacing.redis_slots import RedisSlots
from harvest_bridge.harvest.pacing.slots import Full, Granted, SlotStore
from harvest_bridge.harvest.pacing.sqlite_slots import SqliteSlots
from tests.services import free_port

ALLOWANCE = Allowance(2, 0.2)


async def take(store: SlotStore) -> Granted | Full:
    return await store.take("general:key", ALLOWANCE, Lane.TIMER)


async def test_an_emptied_redis_grants_nothing_for_a_window_to_those_who_knew_it(redis_url: str) -> None:
    knowing, fresh = (RedisSlots(redis_url, longest_flight=1) for _ in range(2))
    await knowing.take("general:any", ALLOWANCE, Lane.TIMER)
    with redis.Redis.from_url(redis_url) as server:
        server.flushall()
    assert isinstance(await take(knowing), Full)
    assert isinstance(await take(fresh), Full)
    await asyncio.sleep(0.21)
    assert isinstance(await take(knowing), Granted)
    assert isinstance(await take(fresh), Granted)
    await knowing.aclose()
    await fresh.aclose()


async def test_slots_in_redis_leave_nothing_behind(redis_url: str) -> None:
    store = RedisSlots(redis_url, longest_flight=0.1)
    granted = await store.take("general:passing", ALLOWANCE, Lane.TIMER)
    assert isinstance(granted, Granted)
    await store.answered(granted.slot)
    await store.take("general:passing", ALLOWANCE, Lane.TIMER)
    await store.note_refusal("general:passing", Allowance(2, 0.02), 0.1)
    await asyncio.sleep(0.6)
    with redis.Redis.from_url(redis_url) as server:
        assert server.keys("*general:passing*") == []
    await store.aclose()


async def test_while_redis_is_away_nothing_is_granted() -> None:
    store = RedisSlots(f"redis://127.0.0.1:{free_port()}/0", longest_flight=1)
    with pytest.raises(PacingUnavailable):
        await take(store)
    await store.aclose()


async def test_a_file_that_is_no_database_grants_nothing_and_is_named_in_the_log(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path = tmp_path / "pacing.sqlite3"
    path.write_bytes(b"not a database, " * 100)
    with pytest.raises(PacingUnavailable) as refused:
        await take(SqliteSlots(path, longest_flight=1))
    assert str(path) in caplog.text
    assert str(path) not in refused.value.message


async def test_an_answer_later_than_any_should_be_occupies_its_slot_all_the_same(tmp_path: Path) -> None:
    """A long upload: Harvest may count it when it ends."""
    store = SqliteSlots(tmp_path / "pacing.sqlite3", longest_flight=0.0)
    first = await take(store)
    await asyncio.sleep(0.25)
    assert isinstance(first, Granted)
    second = await take(store)
    await store.answered(first.slot)
    assert isinstance(second, Granted)
    assert isinstance(await take(store), Full)
    await store.aclose()


async def test_waiting_for_another_process_does_not_block_the_loop(tmp_path: Path) -> None:
    store = SqliteSlots(tmp_path / "pacing.sqlite3", longest_flight=1)
    await take(store)
    other = sqlite3.connect(tmp_path / "pacing.sqlite3", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    waiting = asyncio.create_task(take(store))
    started, ticks = time.monotonic(), 0
    while time.monotonic() - started < 0.1:
        await asyncio.sleep(0.002)
        ticks += 1
    assert not waiting.done()
    assert ticks > 10
    other.execute("COMMIT")
    assert isinstance(await waiting, Granted)
    other.close()
    await store.aclose()


async def test_what_is_left_from_before_a_reboot_is_gone_after_a_window(tmp_path: Path) -> None:
    store = SqliteSlots(tmp_path / "pacing.sqlite3", longest_flight=1)
    await take(store)
    await take(store)
    await store.note_refusal("general:key", ALLOWANCE, 60)
    with sqlite3.connect(tmp_path / "pacing.sqlite3") as other:
        other.execute("UPDATE slots SET free_at = free_at + 1000000")
        other.execute("UPDATE holds SET until = until + 1000000")
    other.close()
    assert isinstance(await take(store), Full)
    await asyncio.sleep(0.25)
    assert isinstance(await take(store), Granted)
    await store.aclose()


async def test_a_file_that_a_power_cut_left_unreadable_is_begun_anew(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path = tmp_path / "pacing.sqlite3"
    path.write_bytes(b"not a database at all " * 400)
    store = SqliteSlots(path, longest_flight=0.2)
    with pytest.raises(PacingUnavailable):
        await store.take("b", Allowance(10, 1), Lane.API)
    assert "cannot be used" in caplog.text
    assert isinstance(await store.take("b", Allowance(10, 1), Lane.API), Granted)
    await store.aclose()
