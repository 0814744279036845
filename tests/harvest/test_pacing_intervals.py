"""How far apart grants are under contention, as arithmetic: 100 in 15 seconds."""

from __future__ import annotations

import pytest

from harvest_bridge.harvest.budgets import Allowance, Lane
from harvest_bridge.harvest.pacing.slots import interval_between, place_in_time

ALLOWANCE = Allowance(100, 15)
EVEN = ALLOWANCE.window_seconds / ALLOWANCE.requests


def test_while_half_is_free_nobody_but_a_backfill_is_spaced() -> None:
    frees = [10.0] * 30
    assert interval_between(frees, ALLOWANCE, Lane.API) == 0
    assert interval_between(frees, ALLOWANCE, Lane.SYNC) > 0


def test_a_click_is_never_spaced() -> None:
    assert interval_between([10.0] * 99, ALLOWANCE, Lane.TIMER) == 0


def test_an_even_row_stays_even() -> None:
    frees = [EVEN * (number + 1) for number in range(99)]
    assert interval_between(frees, ALLOWANCE, Lane.API) == pytest.approx(EVEN)


def test_after_a_burst_what_is_free_again_is_not_spent_at_once() -> None:
    """Fifty came at once a window ago, fifty more one by one: those become free 0.3 seconds apart."""
    frees = [0.3 * (number + 1) for number in range(50)]
    assert interval_between(frees, ALLOWANCE, Lane.API) > EVEN / 5


def test_what_is_left_lasts_until_more_becomes_free() -> None:
    assert interval_between([6.0] * 97, ALLOWANCE, Lane.SYNC) == pytest.approx(2)


def test_who_comes_late_is_made_up_for_within_bounds() -> None:
    assert place_in_time(latest=10.0, now=10.2, interval=0.15, free=1) == pytest.approx(10.15)
    assert place_in_time(latest=10.0, now=60.0, interval=0.15, free=1) == pytest.approx(60 - 0.15)
    assert place_in_time(latest=10.0, now=60.0, interval=0.15, free=40) == pytest.approx(60 - 1.5)
