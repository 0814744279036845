"""Somebody else spends the same token, and the bridge's callers ask for all they can get: what a click waits.

In simulated time; the figures are those of docs/operating.md, of longer runs with more callers.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.harvest.simulated_time import run
from tests.harvest.stranger import Outcome, Trial, trial

BEGINS, LEARNED, SECONDS = 30.0, 60.0, 240.0


def beside(folder: Path, **stranger: float) -> Outcome:
    shape = Trial(
        **{"begins": BEGINS, "seconds": SECONDS, "click_every": 2.0, "callers": 4, "processes": 2, **stranger}
    )  # type: ignore[arg-type]
    return run(trial(shape, folder))


@pytest.mark.parametrize(
    ("burst", "every", "spread"),
    [(50, 21, 0), (50, 7, 0), (80, 10, 0), (20, 5, 0), (3, 1, 1)],
    ids=["now-and-then", "more-than-the-window", "most-of-the-window", "often", "steadily-half"],
)
def test_where_harvest_has_room_clicks_wait_for_two_seconds_at_most(
    tmp_path: Path, burst: int, every: float, spread: float
) -> None:
    outcome = beside(tmp_path, burst=burst, every=every, spread=spread)
    assert outcome.p(0.99, LEARNED) <= 2
    assert outcome.p(0.5, LEARNED) <= 0.5
    assert outcome.refusals_a_minute(LEARNED, SECONDS) <= 4
    assert not [failure for failure in outcome.failures if failure.startswith("TIMER")]


def test_nine_of_ten_do_where_three_quarters_are_spent_steadily(tmp_path: Path) -> None:
    outcome = beside(tmp_path, burst=5, every=1, spread=1)
    assert outcome.p(0.9, LEARNED) <= 1
    assert outcome.refusals_a_minute(LEARNED, SECONDS) <= 3


def test_clicks_alone_wait_until_the_strangers_requests_leave_the_window_and_no_longer(tmp_path: Path) -> None:
    """Nothing of ours is in it, so that no slot of ours frees itself before."""
    outcome = beside(tmp_path, burst=50, every=8, callers=0)
    assert outcome.p(0.5, LEARNED) <= 2.5
    assert outcome.p(1, LEARNED) <= 15


def test_most_clicks_soon_find_a_slot_of_ours_in_a_full_window(tmp_path: Path) -> None:
    """The stranger fills the window for seven of eight seconds."""
    outcome = beside(tmp_path, burst=50, every=8)
    assert outcome.p(0.5, LEARNED) <= 0.5
    assert outcome.p(0.9, LEARNED) <= 2.5
    assert outcome.refusals_a_minute(LEARNED, SECONDS) <= 5  # the aim is 3; docs/operating.md has what was measured


def test_when_the_stranger_leaves_the_whole_allowance_is_used_again(tmp_path: Path) -> None:
    outcome = beside(tmp_path, burst=50, every=8, ends=90)
    assert outcome.refusals_a_minute(105, SECONDS) == 0
    assert sum(180 < at < 240 for at in outcome.ours) > 0.95 * 4 * 100


def test_alone_nothing_is_refused(tmp_path: Path) -> None:
    outcome = beside(tmp_path, burst=0)
    assert not outcome.refusals
    assert outcome.p(1, 0) < 0.5
