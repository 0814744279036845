"""One connection cannot take all of the process's connections to Harvest, nor keep a click from its own."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable

import pytest

from harvest_bridge.harvest.budgets import Allowance, Budget, Lane
from harvest_bridge.harvest.deadline import Deadline
from harvest_bridge.harvest.errors import HarvestRateLimited
from harvest_bridge.harvest.pacing.in_flight import InFlight
from harvest_bridge.harvest.pacing.pacer import Pacer
from harvest_bridge.harvest.pacing.slots import Full, Granted, SlotStore

MOST = 3


@pytest.fixture
async def pacer(new_store: Callable[[], SlotStore]) -> AsyncIterator[Pacer]:
    pacer = Pacer(new_store(), {Budget.GENERAL: Allowance(100, 60)}, most_in_flight=MOST)
    yield pacer
    await pacer.aclose()


async def take(pacer: Pacer, key: str, *, lane: Lane = Lane.API, within: float = 5) -> Granted:
    return await pacer.acquire(key, Budget.GENERAL, lane=lane, deadline=Deadline(within))


async def test_a_call_too_many_waits_for_the_end_of_another_not_only_for_its_head(pacer: Pacer, key: str) -> None:
    first, *_ = [await take(pacer, key) for _ in range(MOST)]
    waiting = asyncio.create_task(take(pacer, key))
    pacer.settle(first.slot, has_left=True, is_answered=True, is_over=False)
    await asyncio.sleep(0.05)
    assert not waiting.done()
    pacer.over(first.slot)
    assert isinstance(await waiting, Granted)


async def test_who_cannot_wait_for_that_is_told_why(pacer: Pacer, key: str) -> None:
    for _ in range(MOST):
        await take(pacer, key)
    with pytest.raises(HarvestRateLimited, match="Too many calls") as refused:
        await take(pacer, key, within=0.1)
    assert refused.value.retry_after == 1


async def test_neither_clicks_nor_others_are_held(pacer: Pacer, key: str) -> None:
    for _ in range(MOST):
        await take(pacer, key)
    backfill = asyncio.create_task(take(pacer, key, lane=Lane.SYNC))
    await asyncio.sleep(0.01)
    await take(pacer, key, lane=Lane.TIMER, within=2)
    await take(pacer, f"{key}-other", within=2)
    backfill.cancel()
    assert isinstance((await asyncio.gather(backfill, return_exceptions=True))[0], asyncio.CancelledError)


async def test_calls_that_failed_hold_nobody_up(pacer: Pacer, key: str) -> None:
    for has_left in (True, False) * MOST:
        granted = await take(pacer, key)
        pacer.settle(granted.slot, has_left=has_left, is_answered=False)
    assert isinstance(await take(pacer, key, within=1), Granted)


async def test_a_slot_taken_for_a_click_that_left_is_handed_to_no_lower_lane(
    new_store: Callable[[], SlotStore], key: str
) -> None:
    """It would be one that backfills leave to clicks."""
    store, allowance = new_store(), Allowance(4, 60)
    pacer, taking, go_on, lanes = Pacer(store, {Budget.GENERAL: allowance}), asyncio.Event(), asyncio.Event(), []
    take_of_store = store.take

    async def slowly(bucket: str, allowance: Allowance, lane: Lane) -> Granted | Full:
        lanes.append(lane)
        taking.set()
        await go_on.wait()
        return await take_of_store(bucket, allowance, lane)

    store.take, store.take_at_once = slowly, lambda *_: None  # type: ignore[method-assign]
    click = asyncio.create_task(take(pacer, key, lane=Lane.TIMER))
    backfill = asyncio.create_task(take(pacer, key, lane=Lane.SYNC))
    await taking.wait()
    click.cancel()
    await asyncio.gather(click, return_exceptions=True)
    go_on.set()
    granted = await backfill
    assert lanes == [Lane.TIMER, Lane.SYNC]
    assert granted.state.remaining == 3
    await pacer.aclose()


def test_each_end_makes_room_for_one_call_and_nothing_is_kept_of_an_idle_bucket() -> None:
    in_flight = InFlight(2)
    for _ in range(2):
        in_flight.begin("a")
    assert not in_flight.has_room("a", Lane.API)
    in_flight.end("a")
    assert in_flight.has_room("a", Lane.API)
    in_flight.begin("a")
    assert not in_flight.has_room("a", Lane.API)
    in_flight.begin("a")  # a click's, which may go beyond
    assert not in_flight.has_room("a", Lane.API)
    for _ in range(3):
        in_flight.end("a")
    assert not in_flight._under_way
