"""What each store does when it is hurt: nobody is granted what Harvest might refuse."""

from __future__ import annotations

import asyncio
import sqlite3
from pathlib import Path

import pytest
import redis

from harvest_bridge.harvest.budgets import Allowance, Lane
from harvest_bridge.harvest.errors import PacingUnavailable
from harvest_bridge.harvest.pacing.redis_slots import RedisSlots
from harvest_bridge.harvest.pacing.slots import Full, Granted, SlotStore
from harvest_bridge.harvest.pacing.sqlite_slots import SqliteSlots
from tests.services import free_port

ALLOWANCE, A_SECOND = Allowance(2, 0.2), Allowance(2, 1)


async def take(store: SlotStore, allowance: Allowance = ALLOWANCE) -> Granted | Full:
    return await store.take("general:key", allowance, Lane.TIMER)


class Clock:
    """Time that passes when a test says so."""

    now = 1000.0

    def __call__(self) -> float:
        return self.now


async def test_an_emptied_redis_grants_nothing_for_a_window_to_those_who_knew_it(redis_url: str) -> None:
    knowing, fresh = (RedisSlots(redis_url, longest_flight=1) for _ in range(2))
    await knowing.take("general:any", ALLOWANCE, Lane.TIMER)
    with redis.Redis.from_url(redis_url) as server:
        server.flushall()
    for store in (knowing, fresh):
        assert isinstance(await take(store, A_SECOND), Full)
    for store in (knowing, fresh):
        async with asyncio.timeout(20):
            while not isinstance(await take(store, A_SECOND), Granted):
                await asyncio.sleep(0.05)
    await knowing.aclose()
    await fresh.aclose()


async def test_slots_in_redis_leave_nothing_behind(redis_url: str) -> None:
    store = RedisSlots(redis_url, longest_flight=0.1)
    granted = await store.take("general:passing", ALLOWANCE, Lane.TIMER)
    assert isinstance(granted, Granted)
    await store.answered(granted.slot)
    await store.take("general:passing", ALLOWANCE, Lane.TIMER)
    await store.note_refusal("general:passing", Allowance(2, 0.02), 0.1)
    with redis.Redis.from_url(redis_url) as server:
        async with asyncio.timeout(20):
            while server.keys("*general:passing*"):
                await asyncio.sleep(0.05)
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
    clock = Clock()
    store = SqliteSlots(tmp_path / "pacing.sqlite3", longest_flight=0.0, clock=clock)
    first = await take(store)
    clock.now += 0.25
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
    for _ in range(20):  # a loop that is blocked would come to no second turn
        await asyncio.sleep(0.002)
    assert not waiting.done()
    other.execute("COMMIT")
    assert isinstance(await waiting, Granted)
    other.close()
    await store.aclose()


async def test_what_is_left_from_before_a_reboot_is_gone_after_a_window(tmp_path: Path) -> None:
    clock = Clock()
    store = SqliteSlots(tmp_path / "pacing.sqlite3", longest_flight=1, clock=clock)
    await take(store)
    await take(store)
    await store.note_refusal("general:key", ALLOWANCE, 60)
    with sqlite3.connect(tmp_path / "pacing.sqlite3") as other:
        other.execute("UPDATE slots SET free_at = free_at + 1000000")
        other.execute("UPDATE holds SET until = until + 1000000")
    other.close()
    assert isinstance(await take(store), Full)
    clock.now += 0.25
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


async def test_a_full_disk_is_told_as_such(tmp_path: Path) -> None:
    store = SqliteSlots(tmp_path / "pacing.sqlite3", longest_flight=1)
    await take(store)
    db = store._open()
    (pages,) = db.execute("PRAGMA page_count").fetchone()
    db.execute(f"PRAGMA max_page_count = {pages}")

    async def take_many() -> None:
        for _ in range(500):
            await store.take("general:" + "key" * 300, Allowance(1_000, 60), Lane.TIMER)

    with pytest.raises(PacingUnavailable) as refused:
        await take_many()
    assert (refused.value.status, refused.value.code) == (503, "storage_full")
    assert refused.value.retry_after


async def test_a_slot_outlives_its_window_by_what_two_clocks_may_differ(tmp_path: Path) -> None:
    """A thousandth of the window, and two milliseconds."""
    clock, allowance = Clock(), Allowance(1, 15)
    store = SqliteSlots(tmp_path / "pacing.sqlite3", longest_flight=1, clock=clock)
    granted = await take(store, allowance)
    assert isinstance(granted, Granted)
    await store.answered(granted.slot)
    clock.now += 15 + 0.0165
    assert isinstance(await take(store, allowance), Full)
    clock.now += 0.001
    assert isinstance(await take(store, allowance), Granted)
    await store.aclose()
