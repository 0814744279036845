"""Somebody else spends the same token: what is learned from Harvest's refusals. Arithmetic first, then both stores."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest

from harvest_bridge.harvest.budgets import Allowance, Lane
from harvest_bridge.harvest.config import REPORTS_ALLOWANCE
from harvest_bridge.harvest.pacing.learned_limit import LearnedLimit, after_refusal
from harvest_bridge.harvest.pacing.slots import Granted, SlotStore

ALLOWANCE = Allowance(100, 15)
MINUTE = 60.0


def learned(known: LearnedLimit | None, *, ours: int, now: float) -> LearnedLimit:
    return after_refusal(known, ours=ours, allowance=ALLOWANCE, now=now)


def test_after_a_first_refusal_half_of_what_passed_is_asked_for() -> None:
    assert learned(None, ours=97, now=0).at(0, ALLOWANCE) == 48
    assert learned(None, ours=60, now=0).at(0, ALLOWANCE) == 30


def test_one_refusal_alone_cuts_to_no_less_than_a_quarter() -> None:
    assert learned(None, ours=2, now=0).at(0, ALLOWANCE) == 25


def test_refusals_of_the_same_moment_count_once() -> None:
    first = learned(None, ours=97, now=0)
    assert learned(first, ours=96, now=0.1) is first
    assert learned(first, ours=60, now=16) is first


def test_a_refusal_at_what_was_learned_halves_it_down_to_a_twentieth() -> None:
    limit, now = learned(None, ours=80, now=0), 0.0
    limits = [limit.at(now, ALLOWANCE)]
    for _ in range(5):
        now += 30
        limit = learned(limit, ours=limit.at(now, ALLOWANCE), now=now)
        limits.append(limit.at(now, ALLOWANCE))
    assert limits == [40, 20, 10, 5, 5, 5]


def test_after_a_quiet_minute_it_grows_to_the_whole_again() -> None:
    limit = learned(None, ours=96, now=0)
    grown = [limit.at(now, ALLOWANCE) for now in (MINUTE, MINUTE + 15, MINUTE + 30, 2 * MINUTE + 3)]
    assert grown == [48, 60, 73, 100]
    assert learned(limit, ours=96, now=5 * MINUTE) == learned(None, ours=96, now=5 * MINUTE)


def test_a_refusal_while_growing_keeps_most_of_it_and_doubles_the_quiet_time() -> None:
    limit = learned(None, ours=80, now=0)
    again = learned(limit, ours=60, now=MINUTE + 30)
    assert again.at(MINUTE + 30, ALLOWANCE) == 48
    assert again.quiet_seconds == 2 * limit.quiet_seconds
    for _ in range(9):
        now = again.refused_at + again.quiet_seconds + 15
        again = learned(again, ours=60, now=now)
    assert again.quiet_seconds == 16 * MINUTE


async def test_callers_are_held_to_it_and_clicks_are_not(new_store: Callable[[], SlotStore], key: str) -> None:
    store, allowance = new_store(), Allowance(8, 30)
    for _ in range(7):
        await store.take(key, allowance, Lane.TIMER)
    await store.note_refusal(key, allowance, 0.001)
    await asyncio.sleep(0.01)
    refused = await store.take(key, allowance, Lane.API)
    assert not isinstance(refused, Granted)
    assert refused.allowance.requests == 3
    assert isinstance(await store.take(key, allowance, Lane.TIMER), Granted)
    await store.aclose()


async def test_it_is_shared_between_processes_and_ends_by_itself(new_store: Callable[[], SlotStore], key: str) -> None:
    web, worker, allowance = new_store(), new_store(), Allowance(2, 0.05)
    await web.take(key, allowance, Lane.TIMER)
    await web.note_refusal(key, allowance, 0.001)
    await asyncio.sleep(0.01)
    refused = await worker.take(key, allowance, Lane.API)
    assert not isinstance(refused, Granted)
    assert refused.allowance.requests == 1
    await asyncio.sleep(0.05 * (4 + 4 + 1) + 0.3)
    granted = await worker.take(key, allowance, Lane.API)
    assert isinstance(granted, Granted)
    assert granted.state.limit == 2
    await web.aclose()
    await worker.aclose()


@pytest.mark.parametrize("number", [3, 100])
async def test_reports_are_kept_back_for_no_click(new_store: Callable[[], SlotStore], key: str, number: int) -> None:
    store = new_store()
    found = [await store.take(key, REPORTS_ALLOWANCE, Lane.API) for _ in range(number)]
    assert all(isinstance(one, Granted) for one in found)
    await store.aclose()


async def test_a_backfill_leaves_reports_to_callers(new_store: Callable[[], SlotStore], key: str) -> None:
    store = new_store()
    found = [await store.take(key, REPORTS_ALLOWANCE, Lane.SYNC) for _ in range(60)]
    assert isinstance(found[49], Granted)
    assert not isinstance(found[-1], Granted)
    assert isinstance(await store.take(key, REPORTS_ALLOWANCE, Lane.API), Granted)
    await store.aclose()
