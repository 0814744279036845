"""Slots under contention: spread out, so that a click finds one and none is kept back (40 in 0.8 seconds here)."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from harvest_bridge.harvest.budgets import Allowance, Budget, Lane
from harvest_bridge.harvest.pacing.pacer import Pacer
from harvest_bridge.harvest.pacing.slots import Full, Granted, SlotStore
from harvest_bridge.harvest.pacing.sqlite_slots import SqliteSlots
from tests.harvest.test_pacing import take_and_answer

WINDOW, LIMIT = 0.8, 40


@pytest.fixture
async def roomy(new_store: Callable[[], SlotStore]) -> AsyncIterator[Pacer]:
    pacer = Pacer(new_store(), {Budget.GENERAL: Allowance(LIMIT, WINDOW)})
    await take_and_answer(pacer, "warm-up", within=5)
    yield pacer
    await pacer.aclose()


async def test_a_burst_passes_unspaced_while_much_is_free(new_store: Callable[[], SlotStore], key: str) -> None:
    store, allowance = new_store(), Allowance(LIMIT, 60)
    found = [await store.take(key, allowance, Lane.API) for _ in range(LIMIT // 2 + 1)]
    assert [type(one) for one in found] == [Granted] * (LIMIT // 2) + [Full]
    assert isinstance(await store.take(key, allowance, Lane.TIMER), Granted)
    await store.aclose()


async def test_a_click_finds_a_slot_at_once_at_any_moment_of_a_backfill(roomy: Pacer, key: str) -> None:
    """What is left is spread over the time until more becomes free, so it never runs out before somebody clicks."""
    backfill = [asyncio.create_task(take_and_answer(roomy, key, lane=Lane.SYNC, within=60)) for _ in range(3 * LIMIT)]
    before_it = []
    for _ in range(8):
        await asyncio.sleep(WINDOW / 4)
        others = sum(task.done() for task in backfill)
        await take_and_answer(roomy, key, lane=Lane.TIMER, within=30)
        before_it.append(sum(task.done() for task in backfill) - others)
    assert sorted(before_it)[-2] <= LIMIT / 8
    for task in backfill:
        task.cancel()
    await asyncio.gather(*backfill, return_exceptions=True)


async def test_nothing_is_kept_back_for_nobody(tmp_path: Path) -> None:
    """A backfill alone gets the allowance but for the one slot that is free at any moment. The clock is passed in."""
    now, taken, allowance = 0.0, 0, Allowance(LIMIT, WINDOW)
    store = SqliteSlots(tmp_path / "pacing.sqlite3", longest_flight=0.2, clock=lambda: now)
    while now < 3 * WINDOW:
        found = await store.take("bucket", allowance, Lane.SYNC)
        if isinstance(found, Granted):
            await store.answered(found.slot)
            taken += 1
        else:
            now += max(0.001, found.admission(0))
    assert taken >= 0.9 * 3 * LIMIT
    await store.aclose()
