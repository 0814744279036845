"""What a caller sees of pacing, over a file and over Redis alike.

The allowance is five in 0.3 seconds where a test waits for it, and five in a minute (`slow_pacer`) where nobody does.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import pytest

from harvest_bridge.harvest.budgets import Allowance, Budget, Lane
from harvest_bridge.harvest.deadline import Deadline
from harvest_bridge.harvest.errors import HarvestRateLimited, HarvestUnavailable
from harvest_bridge.harvest.pacing.pacer import Pacer
from harvest_bridge.harvest.pacing.slots import Granted, SlotStore

WINDOW, LONG_WINDOW, LIMIT, LONGEST_FLIGHT = 0.3, 60.0, 5, 0.2


async def take(pacer: Pacer, key: str, *, lane: Lane = Lane.TIMER, within: float = 10) -> Granted:
    return await pacer.acquire(key, Budget.GENERAL, lane=lane, deadline=Deadline(within))


@asynccontextmanager
async def running_pacer(store: SlotStore, window: float = LONG_WINDOW) -> AsyncIterator[Pacer]:
    pacer = Pacer(store, {Budget.GENERAL: Allowance(LIMIT, window), Budget.REPORTS: Allowance(2, window)})
    yield pacer
    await pacer.aclose()


@pytest.fixture
async def pacer(new_store: Callable[[], SlotStore]) -> AsyncIterator[Pacer]:
    async with running_pacer(new_store(), WINDOW) as pacer:
        yield pacer


@pytest.fixture
async def slow_pacer(new_store: Callable[[], SlotStore]) -> AsyncIterator[Pacer]:
    async with running_pacer(new_store()) as pacer:
        yield pacer


async def settled(pacer: Pacer) -> None:
    """Until the pacer has written down what it was told."""
    while pacer._tasks:
        await asyncio.sleep(0)


async def given_back(pacer: Pacer) -> None:
    """Until nobody waits in line either: its pump gives back what nobody came for."""
    while pacer._tasks or pacer._lines:
        await asyncio.sleep(0)


async def take_and_answer(pacer: Pacer, key: str, *, lane: Lane = Lane.TIMER, within: float = 10) -> Granted:
    granted = await take(pacer, key, lane=lane, within=within)
    pacer.settle(granted.slot, has_left=True, is_answered=True)
    await settled(pacer)
    return granted


async def fill(pacer: Pacer, key: str) -> list[Granted]:
    return [await take_and_answer(pacer, key) for _ in range(LIMIT)]


async def test_each_grant_says_what_is_left(slow_pacer: Pacer, key: str) -> None:
    states = [granted.state for granted in await fill(slow_pacer, key)]
    assert [state.remaining for state in states] == [4, 3, 2, 1, 0]
    assert all(state.limit == LIMIT and 0 < state.reset_seconds <= LONG_WINDOW * 1.1 for state in states)


async def test_who_cannot_wait_is_refused_at_once_and_told_how_long(slow_pacer: Pacer, key: str) -> None:
    await fill(slow_pacer, key)
    for _ in range(2):  # who had waited until the deadline would be told less
        with pytest.raises(HarvestRateLimited) as refused:
            await take(slow_pacer, key, within=20)
        assert LONG_WINDOW - 20 < (refused.value.retry_after or 0) <= LONG_WINDOW * 1.01


async def test_a_refusal_tells_what_is_really_left(slow_pacer: Pacer, key: str) -> None:
    """Grants of the API lane are spread out once half of the allowance is used: nothing is used up then."""
    pacer = slow_pacer
    granted = [await take_and_answer(pacer, key, lane=Lane.API) for _ in range(3)]
    assert granted[-1].state.remaining == 2
    with pytest.raises(HarvestRateLimited, match="spread over its window") as refused:
        await take(pacer, key, lane=Lane.API, within=5)
    assert refused.value.state is not None
    assert refused.value.state.remaining == 2
    assert 0 < (refused.value.retry_after or 0) < LONG_WINDOW
    for _ in range(2):
        await take_and_answer(pacer, key)
    with pytest.raises(HarvestRateLimited, match="is used up") as refused:
        await take(pacer, key, lane=Lane.API, within=5)
    assert refused.value.state is not None
    assert refused.value.state.remaining == 0


async def test_who_can_wait_is_let_in_when_the_first_request_leaves_the_window(pacer: Pacer, key: str) -> None:
    started = time.monotonic()
    await fill(pacer, key)
    await take(pacer, key)
    assert time.monotonic() - started > WINDOW


async def test_the_window_begins_with_the_answer_not_with_the_request(pacer: Pacer, key: str) -> None:
    flying = [await take(pacer, key) for _ in range(LIMIT)]
    answered_at = time.monotonic()
    for granted in flying:
        pacer.settle(granted.slot, has_left=True, is_answered=True)
    await take(pacer, key)
    assert time.monotonic() - answered_at > WINDOW


async def test_a_request_that_was_never_answered_frees_its_slot_late_rather_than_never(pacer: Pacer, key: str) -> None:
    started = time.monotonic()
    for _ in range(LIMIT):
        granted = await take(pacer, key)
        pacer.settle(granted.slot, has_left=True, is_answered=False)
    await take(pacer, key)
    assert time.monotonic() - started > LONGEST_FLIGHT + WINDOW


async def test_a_request_that_never_left_costs_nothing(slow_pacer: Pacer, key: str) -> None:
    pacer = slow_pacer
    for _ in range(3 * LIMIT):
        granted = await take(pacer, key)
        pacer.settle(granted.slot, has_left=False, is_answered=False)
        await settled(pacer)
    assert (await take(pacer, key)).state.remaining == LIMIT - 1


async def test_callers_who_are_cancelled_cost_nothing(slow_pacer: Pacer, key: str) -> None:
    pacer = slow_pacer
    waiting = [asyncio.create_task(take(pacer, key)) for _ in range(LIMIT)]
    await asyncio.sleep(0)
    for task in waiting:
        task.cancel()
    for outcome in await asyncio.gather(*waiting, return_exceptions=True):
        if isinstance(outcome, Granted):  # it was there at once, so nobody waited
            pacer.settle(outcome.slot, has_left=False, is_answered=False)
    await given_back(pacer)
    assert (await take(pacer, key)).state.remaining == LIMIT - 1


async def test_a_grant_that_meets_a_cancelled_caller_costs_nothing(slow_pacer: Pacer, key: str) -> None:
    pacer = slow_pacer
    for pause in (0.0, 0.0002, 0.0005, 0.001, 0.002):
        task = asyncio.create_task(take(pacer, key))
        await asyncio.sleep(pause)
        if not task.done():
            task.cancel()
        outcome = (await asyncio.gather(task, return_exceptions=True))[0]
        if isinstance(outcome, Granted):
            pacer.settle(outcome.slot, has_left=False, is_answered=False)
        await given_back(pacer)
    assert (await take(pacer, key)).state.remaining == LIMIT - 1


async def test_keys_and_budgets_do_not_touch_each_other(slow_pacer: Pacer, key: str) -> None:
    pacer = slow_pacer
    await fill(pacer, key)
    assert (await take(pacer, key + "-other")).state.remaining == LIMIT - 1
    report = await pacer.acquire(key, Budget.REPORTS, lane=Lane.TIMER, deadline=Deadline(10))
    assert (report.state.limit, report.state.remaining) == (2, 1)


async def test_processes_share_one_allowance(new_store: Callable[[], SlotStore], key: str) -> None:
    async with running_pacer(new_store()) as web, running_pacer(new_store()) as worker:
        await fill(web, key)
        with pytest.raises(HarvestRateLimited):
            await take(worker, key)


async def test_a_hold_from_harvest_stops_everyone_for_as_long_as_it_says(
    new_store: Callable[[], SlotStore], key: str
) -> None:
    async with running_pacer(new_store()) as web, running_pacer(new_store()) as worker:
        await web.note_refusal(key, Budget.GENERAL, 40)
        await web.note_refusal(key, Budget.GENERAL, 5)
        with pytest.raises(HarvestRateLimited) as refused:
            await take(worker, key)
        assert 20 < (refused.value.retry_after or 0) <= 40
        await web.note_refusal(f"{key}-2", Budget.GENERAL, 0.1)
        await take(worker, f"{key}-2")  # a hold that is over holds nobody


async def test_a_timer_overtakes_a_backlog(new_store: Callable[[], SlotStore], key: str) -> None:
    async with running_pacer(new_store(), window=1) as pacer:
        await overtakes(pacer, key)


async def overtakes(pacer: Pacer, key: str) -> None:
    await fill(pacer, key)
    order: list[Lane] = []

    async def call(lane: Lane) -> None:
        granted = await take(pacer, key, lane=lane, within=30)
        order.append(lane)
        pacer.settle(granted.slot, has_left=True, is_answered=True)

    backlog = [asyncio.create_task(call(Lane.SYNC)) for _ in range(LIMIT + 2)]
    await asyncio.sleep(0)  # each joins the line
    urgent = [asyncio.create_task(call(lane)) for lane in (Lane.API, Lane.TIMER)]
    await asyncio.gather(*urgent)
    assert order[:2] == [Lane.TIMER, Lane.API]
    for task in backlog:
        task.cancel()
    await asyncio.gather(*backlog, return_exceptions=True)


async def test_a_long_line_tells_each_caller_their_own_wait(slow_pacer: Pacer, key: str) -> None:
    await fill(slow_pacer, key)
    patient = [asyncio.create_task(take(slow_pacer, key, within=200)) for _ in range(LIMIT)]
    await asyncio.sleep(0)  # each joins the line
    with pytest.raises(HarvestRateLimited) as refused:
        await take(slow_pacer, key, within=80)
    assert 1.5 * LONG_WINDOW < (refused.value.retry_after or 0) <= 2.01 * LONG_WINDOW
    for task in patient:
        task.cancel()
    await asyncio.gather(*patient, return_exceptions=True)


async def test_closing_refuses_those_who_wait(new_store: Callable[[], SlotStore], key: str) -> None:
    async with running_pacer(new_store()) as pacer:
        await fill(pacer, key)
        waiting = asyncio.create_task(take(pacer, key, within=200))
        await asyncio.sleep(0)  # it joins the line
    with pytest.raises(HarvestUnavailable, match="shutting down"):
        await waiting
