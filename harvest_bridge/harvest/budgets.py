"""Words for Harvest's allowance and for who waits for whom within it."""

from __future__ import annotations

import math
from dataclasses import dataclass
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
    """How many requests any window of that length may see."""

    requests: int
    window_seconds: float

    def ceiling(self, lane: Lane) -> int:
        """How many slots may be occupied once `lane` has taken one.

        Everyone else leaves a few for people who click: without them a click would find the window full
        and wait for most of it, however early its place in the queue.
        """
        if lane is Lane.TIMER:
            return self.requests
        return max(1, self.requests - max(1, self.requests // 25))


@dataclass(frozen=True, slots=True)
class BudgetState:
    """What is left of a budget, as the `ratelimit-*` headers tell it.

    Shape: `remaining` counts the few that only a timer may take (`Allowance.ceiling`).
    Units: `reset_seconds` is until the oldest request leaves the window and makes room for one more.
    """

    limit: int
    remaining: int
    reset_seconds: float
    window_seconds: float


class BudgetMeter:
    """Handed in with a call by whoever wants to know the budget afterwards, whether the call succeeds or fails."""

    def __init__(self) -> None:
        self.state: BudgetState | None = None

    def headers(self) -> dict[str, str]:
        """`ratelimit-limit`, `-remaining` and `-reset`; nothing when no budget was used."""
        if self.state is None:
            return {}
        return {
            "ratelimit-limit": f"{self.state.limit};w={self.state.window_seconds:g}",
            "ratelimit-remaining": str(self.state.remaining),
            "ratelimit-reset": str(max(1, math.ceil(self.state.reset_seconds))),
        }
