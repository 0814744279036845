"""Learns how much Harvest lets through while another integration spends the same token.

Nobody tells us of them: all that shows is a 429 although our own count had room. Then API calls and backfills share
less than the allowance, so that the others' requests fit beside ours, and clicks have the whole of it. After a time
without a refusal the limit grows again, step by step; a refusal on the way up doubles that time.
"""

from __future__ import annotations

from dataclasses import dataclass

from harvest_bridge.harvest.budgets import Allowance

# All in windows of the allowance, or as a share of it.
QUIET_WINDOWS = 4
LONGEST_QUIET_WINDOWS = 64
GROWTH_PER_WINDOW = 1 / 8
LEAST_SHARE = 1 / 20
# One refusal may be a passing one, so it does not cut deeper than this, however little was sent.
LEAST_AT_FIRST_SHARE = 1 / 4
# How much of what was let through is asked for again: after the first refusal, and after one while growing.
CUT_SHARE, REGROWN_SHARE = 0.5, 0.8
# So soon after a refusal the window still holds what was sent before it: another one teaches nothing new.
SAME_WINDOWS = 1.5


@dataclass(frozen=True, slots=True)
class LearnedLimit:
    """`requests` is what we asked for at most since `refused_at`; it grows once `quiet_seconds` have passed."""

    requests: float
    refused_at: float
    quiet_seconds: float

    def at(self, now: float, allowance: Allowance) -> int:
        """The limit at this moment; that of the allowance or more means that nothing is left to remember."""
        grown = max(0.0, now - self.refused_at - self.quiet_seconds) / allowance.window_seconds * GROWTH_PER_WINDOW
        return int(self.requests + grown * allowance.requests)


def after_refusal(known: LearnedLimit | None, *, ours: int, allowance: Allowance, now: float) -> LearnedLimit:
    """What to make of a 429 that came while `ours` requests of ours were in the window."""
    if known is not None and now - known.refused_at < SAME_WINDOWS * allowance.window_seconds:
        return known
    most, least = allowance.requests, max(1.0, allowance.requests * LEAST_SHARE)
    quiet = QUIET_WINDOWS * allowance.window_seconds
    if known is None or (limit := known.at(now, allowance)) >= most:
        return LearnedLimit(max(least, LEAST_AT_FIRST_SHARE * most, CUT_SHARE * min(ours, most)), now, quiet)
    if limit > known.requests:  # it had begun to grow: too far
        longest = LONGEST_QUIET_WINDOWS * allowance.window_seconds
        kept = max(least, REGROWN_SHARE * min(ours, limit))
        return LearnedLimit(kept, now, min(longest, 2 * known.quiet_seconds))
    return LearnedLimit(max(least, CUT_SHARE * min(ours, known.requests)), now, known.quiet_seconds)
