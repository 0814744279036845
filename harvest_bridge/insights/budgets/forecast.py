"""On which day a budget runs out at the pace of the last four weeks."""

from __future__ import annotations

from fractions import Fraction

BURN_DAYS = 28
_FARTHEST_DAYS = 36_500


def runs_out_on(left: Fraction, burnt: Fraction, today: int) -> int | None:
    """The day's number: today where nothing is left, None at a pace that spends nothing, or for a century.

    `burnt` is what the last 28 days spent. What is left lasts for `left ÷ (burnt ÷ 28)` days from tomorrow on; the day
    is the one within which the last of it goes.
    """
    if left <= 0:
        return today
    if burnt <= 0:
        return None
    days = -(-left * BURN_DAYS // burnt)
    return today + int(days) if days <= _FARTHEST_DAYS else None
