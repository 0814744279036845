"""When a delivery is tried again. Pure: times are passed in, chance too."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

# After the first attempt at once: what is waited before each of the next; from then on the last again and again.
DELAYS = (
    timedelta(seconds=5),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=5),
    timedelta(hours=10),
)
LONGEST = timedelta(hours=72)
JITTER = 0.2
LONGEST_RETRY_AFTER = timedelta(days=1)


def next_attempt(
    *,
    attempts: int,
    started_at: datetime,
    now: datetime,
    chance: Callable[[], float],
    retry_after: timedelta | None = None,
) -> datetime | None:
    """When to try again after `attempts` failures, the first of them at `started_at`; None when it is given up.

    Shape: `chance` answers 0 to 1. The last attempt is at 72 hours. A `Retry-After` makes it later, by a day at most.
    """
    left = started_at + LONGEST - now
    if left <= timedelta():
        return None
    usual = DELAYS[min(attempts, len(DELAYS)) - 1]
    delay = min(usual * (1 - JITTER + 2 * JITTER * chance()), left)
    return now + max(delay, min(retry_after or timedelta(), LONGEST_RETRY_AFTER))
