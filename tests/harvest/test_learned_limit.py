"""Somebody else spends the same token: what is learned from Harvest's refusals. Arithmetic first, then both stores."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from harvest_bridge.harvest.budgets import Allowance, Lane
from harvest_bridge.harvest.config import REPORTS_ALLOWANCE
from harvest_bridge.harvest.pacing.learned_limit import (
    GAP_HORIZON,
    GAP_SHARE,
    QUIET_WINDOWS,
    LearnedLimit,
    after_refusal,
    interval_within,
)
from harvest_bridge.harvest.pacing.slots import Full, Granted, SlotStore
from tests.harvest.conftest import Clock

ALLOWANCE = Allowance(100, 15)


def learned(known: LearnedLimit | None, *, ours: int, now: float) -> LearnedLimit:
    return after_refusal(known, ours=ours, allowance=ALLOWANCE, now=now)


def test_after_a_first_refusal_the_limit_falls_to_half_of_what_passed_as_slots_free_themselves() -> None:
    limit = learned(None, ours=96, now=0)
    assert [limit.at(now, ALLOWANCE) for now in (0, 5, 10, 15, 30)] == [96, 80, 64, 48, 48]


def test_one_refusal_alone_cuts_to_no_less_than_a_quarter() -> None:
    assert learned(None, ours=2, now=0).at(0, ALLOWANCE) == 25


def test_another_refusal_keeps_what_harvest_let_through_down_to_a_twentieth() -> None:
    limit = learned(None, ours=80, now=0)
    kept = []
    for number, ours in enumerate((38, 45, 20, 2), start=1):
        limit = learned(limit, ours=ours, now=30 * number)
        kept.append(limit.at(30 * number, ALLOWANCE))
    assert kept == [38, 38, 20, 5]


def test_without_a_refusal_it_grows_to_the_whole_again() -> None:
    limit = learned(None, ours=96, now=0)
    assert [limit.at(now, ALLOWANCE) for now in (60, 67.5, 75)] == [48, 67, 96]
    assert learned(limit, ours=96, now=80) == learned(None, ours=96, now=80)


@pytest.mark.parametrize("lane", [Lane.API, Lane.SYNC])
def test_where_few_slots_of_ours_free_themselves_soon_what_is_free_is_kept_for_longer(lane: Lane) -> None:
    """Else a gap among our own slots would come back with every window."""
    limited, evenly = ALLOWANCE.reduced_to(15), [float(wait) for wait in range(1, 15)]
    gap = [wait for wait in evenly if wait >= 4]
    assert interval_within(limited, lane, evenly) < 1 < interval_within(limited.reduced_to(12), lane, gap)
    assert interval_within(limited.reduced_to(12), Lane.TIMER, gap) == 0


WINDOW = 60
Told = tuple[Callable[[], SlotStore], Clock]


async def _refused(store: SlotStore, key: str, allowance: Allowance, clock: Clock, *, let_through: int) -> None:
    """So many requests were answered, and then one was refused."""
    slots = [await store.take(key, allowance, Lane.TIMER) for _ in range(let_through + 1)]
    for number, slot in enumerate(slots):
        assert isinstance(slot, Granted)
        await store.answered(slot.slot, is_refused=number == let_through)
    await store.note_refusal(key, allowance, 0.001)
    clock.advance(0.01)


async def test_nobody_gets_more_than_what_passed_and_a_click_the_next_slot(told_stores: Told, key: str) -> None:
    """A slot of ours that frees itself soon is room that nobody else has."""
    (new_store, clock), allowance = told_stores, Allowance(40, WINDOW)
    store = new_store()
    await _refused(store, key, allowance, clock, let_through=20)
    for lane in (Lane.TIMER, Lane.API):
        found = await store.take(key, allowance, lane)
        if lane is Lane.TIMER:
            assert isinstance(found, Granted)  # the next slot of ours is nearly a window away: it asks for more
            await store.give_back(found.slot)
        else:
            assert isinstance(found, Full)
            assert found.allowance.requests < 21
    clock.advance(0.9 * WINDOW)
    click = await store.take(key, allowance, Lane.TIMER)
    assert isinstance(click, Full)
    assert 0 < click.admission(0) < 0.12 * WINDOW
    await store.aclose()


async def test_a_refused_request_still_counts_towards_harvests_own_limit(told_stores: Told, key: str) -> None:
    (new_store, clock), allowance = told_stores, Allowance(4, WINDOW)
    store = new_store()
    await _refused(store, key, allowance, clock, let_through=3)
    assert not isinstance(await store.take(key, allowance, Lane.TIMER), Granted)
    await store.aclose()


async def test_both_stores_leave_the_same_between_grants_where_a_gap_lies_ahead(told_stores: Told, key: str) -> None:
    """Of ten slots nine are under way: none frees itself for a window, so the last is kept."""
    (new_store, clock), allowance = told_stores, Allowance(40, WINDOW)
    store = new_store()
    await _refused(store, key, allowance, clock, let_through=20)
    clock.advance(1.05 * WINDOW)  # what was let through has left the window
    taken = [await store.take(key, allowance, Lane.TIMER) for _ in range(9)]
    assert all(isinstance(one, Granted) for one in taken)
    found = await store.take(key, allowance, Lane.API)
    assert isinstance(found, Full)
    assert found.interval == pytest.approx(GAP_SHARE * GAP_HORIZON * WINDOW, rel=0.01)
    await store.aclose()


async def test_it_is_shared_between_processes_and_ends_by_itself(told_stores: Told, key: str) -> None:
    (new_store, clock), allowance = told_stores, Allowance(3, WINDOW)
    web, worker = new_store(), new_store()
    await _refused(web, key, allowance, clock, let_through=1)
    refused = await worker.take(key, allowance, Lane.API)
    assert not isinstance(refused, Granted)
    assert refused.allowance.requests == 1
    clock.advance(WINDOW * (QUIET_WINDOWS + 1.6))
    granted = await worker.take(key, allowance, Lane.API)
    assert isinstance(granted, Granted)
    assert granted.state.limit == 3
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
