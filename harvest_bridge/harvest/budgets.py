"""Rate-limit budgets and lanes: how many requests Harvest allows, and who goes first."""

from __future__ import annotations

import math
from contextvars import ContextVar
from dataclasses import dataclass, replace
from enum import IntEnum, StrEnum

# Harvest's own window for reports is a quarter of that; a longer `Retry-After` would be a mistake or a trap.
LONGEST_HOLD_SECONDS = 3600.0


class Budget(StrEnum):
    """Which of Harvest's two allowances a call draws on (API v2, "Rate limiting")."""

    GENERAL = "general"
    REPORTS = "reports"


class Lane(IntEnum):
    """Who goes first among those who wait; the smaller number."""

    TIMER = 0
    API = 1
    SYNC = 2


@dataclass(frozen=True, slots=True)
class Allowance:
    """How many requests any window of that length may see.

    `first_lane` is the most urgent lane that draws on it: nothing is kept back for lanes before that one.
    """

    requests: int
    window_seconds: float
    first_lane: Lane = Lane.TIMER

    def unspaced(self, lane: Lane) -> int:
        """Down to how many free slots `lane` may take them one right after another.

        Below that its grants are spread over the time until slots become free again, so that one is left whenever
        somebody of a more urgent lane comes, and none is kept back for nobody.
        """
        return self.requests * self.unspaced_quarters(lane) // 4

    def unspaced_quarters(self, lane: Lane) -> int:
        """The same in quarters of the allowance."""
        return (0, 2, 3)[max(0, lane - self.first_lane)]

    def reduced_to(self, requests: int) -> Allowance:
        """At most so many requests in the same window."""
        return replace(self, requests=min(self.requests, requests))


@dataclass(frozen=True, slots=True)
class BudgetState:
    """What is left of a budget, as the `ratelimit-*` headers tell it.

    Units: `reset_seconds` is until the oldest request leaves the window and makes room for one more.
    """

    limit: int
    remaining: int
    reset_seconds: float
    window_seconds: float


_of_request: ContextVar[BudgetMeter | None] = ContextVar("the meter of the request under way", default=None)
meter_of_request = _of_request.get


def begin_meter() -> BudgetMeter:
    """A new meter, which calls made from here on tell what is left, unless they are handed another."""
    meter = BudgetMeter()
    _of_request.set(meter)
    return meter


class BudgetMeter:
    """Handed in with a call by whoever wants to know the budget afterwards, whether the call succeeds or fails.

    `status` is Harvest's own for the last call that succeeded.
    """

    def __init__(self) -> None:
        self.state: BudgetState | None = None
        self.status: int | None = None

    def headers(self) -> dict[str, str]:
        """`ratelimit-limit`, `-remaining` and `-reset`; nothing when no budget was used."""
        if self.state is None:
            return {}
        return {
            "ratelimit-limit": f"{self.state.limit};w={self.state.window_seconds:g}",
            "ratelimit-remaining": str(self.state.remaining),
            "ratelimit-reset": str(max(1, math.ceil(self.state.reset_seconds))),
        }
