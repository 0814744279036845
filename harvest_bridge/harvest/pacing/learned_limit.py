"""Learns how much Harvest lets through while another integration spends the same token.

Nobody tells us of them: all that shows is a 429 although our own count had room. From then on all lanes share less than
the allowance, evenly spaced over the window. A slot of ours that frees itself is room that nobody else has, so a click
that takes the next one waits for a fraction of a window, where a request beyond it would find the window full.

Measured in simulated time: tests/harvest/test_pacing_beside_a_stranger.py, figures in docs/operating.md.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

from harvest_bridge.harvest.budgets import Allowance, Lane

# In windows of the allowance: without a refusal for so long, the limit grows, doubling every window.
QUIET_WINDOWS = 4
# The share of the allowance that is kept however often Harvest refuses.
LEAST_SHARE = 1 / 20
# One refusal may be a passing one, so it does not cut deeper than this, however little was sent.
LEAST_AT_FIRST_SHARE = 1 / 4
FIRST_CUT_SHARE = 1 / 2
# A click waits for a slot of ours for so much of a window; where it would take longer, it asks for more than the limit.
CLICK_WAIT_SHARE = 2 / 15
# Lower lanes leave this much of the even distance: a little less than all, so that they take each slot as it is freed.
SPACING_SHARE = 0.97
# Where fewer of our own slots free themselves within this much of a window, lower lanes leave more than that: this much
# of what would make their grants even. A gap among our own slots so closes, where else it comes back with every window.
GAP_HORIZON = 4 / 15
GAP_SHARE = 0.7
MOST_DOUBLINGS = 50


@dataclass(frozen=True, slots=True)
class LearnedLimit:
    """`started` is what we had in the window when it was refused; the limit falls from there to `requests` over one
    window, as slots free themselves, rather than leave a gap that would come back with every window."""

    started: float
    requests: float
    refused_at: float

    def at(self, now: float, allowance: Allowance) -> int:
        """The limit at this moment; that of the allowance or more means that nothing is left to remember."""
        windows = (now - self.refused_at) / allowance.window_seconds
        if windows < 1:
            return int(max(self.requests, self.started + (self.requests - self.started) * windows))
        return int(self.requests * 2 ** min(MOST_DOUBLINGS, max(0.0, windows - QUIET_WINDOWS)))


def after_refusal(known: LearnedLimit | None, *, ours: int, allowance: Allowance, now: float) -> LearnedLimit:
    """What to make of a 429 that came while Harvest had let through `ours` requests of ours within the window."""
    most, least = allowance.requests, max(1.0, allowance.requests * LEAST_SHARE)
    if known is None or (limit := known.at(now, allowance)) >= most:
        kept = max(least, LEAST_AT_FIRST_SHARE * most, FIRST_CUT_SHARE * min(ours, most))
        return LearnedLimit(max(kept, ours), kept, now)
    if now - known.refused_at < allowance.window_seconds:  # it is still falling
        kept = max(least, min(ours, known.requests))
        return LearnedLimit(max(kept, ours), kept, now)
    kept = max(least, min(ours, limit))
    return LearnedLimit(kept, kept, now)


def is_asked_for_more(frees: Sequence[float], limited: Allowance, lane: Lane) -> bool:
    """Whether a click goes beyond what was learned. `frees` is when our own slots free themselves, soonest first."""
    excess = len(frees) - limited.requests
    return lane is Lane.TIMER and excess >= 0 and frees[excess] > limited.window_seconds * CLICK_WAIT_SHARE


def interval_within(limited: Allowance, lane: Lane, frees: Sequence[float]) -> float:
    """Seconds to leave between grants of what was learned; clicks are not spaced.

    `frees` is when our own slots free themselves, soonest first.
    """
    if lane is Lane.TIMER:
        return 0.0
    even = SPACING_SHARE * limited.window_seconds / limited.requests
    free, horizon = limited.requests - len(frees), limited.window_seconds * GAP_HORIZON
    if free <= 0:
        return even
    near = bisect_right(frees, horizon)
    soon = [*frees[:near], *[horizon] * (near < len(frees))]
    return max([even, *(GAP_SHARE * wait / (free + freed) for freed, wait in enumerate(soon))])
