"""The interface of slot stores, and the arithmetic they share.

A slot is one request's place in the window. It is occupied from its grant until a whole window after the answer was
received, because the request reached Harvest somewhere between the two. So when Harvest looks back over any window,
each request it sees still held its slot when the last of them was granted: never more than the limit, whether
Harvest's window is fixed or sliding. A slot whose owner died or never heard back frees itself after the longest a
request may take and a window more: too late rather than too early.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from harvest_bridge.harvest.budgets import Allowance, BudgetState, Lane


@dataclass(frozen=True, slots=True)
class Slot:
    """A granted place: `bucket` is one budget of one key."""

    bucket: str
    number: str
    allowance: Allowance


@dataclass(frozen=True, slots=True)
class Granted:
    """A slot, and what is left after it."""

    slot: Slot
    state: BudgetState


@dataclass(frozen=True, slots=True)
class Full:
    """No slot now.

    Units: seconds from now. `frees` is when each occupied slot becomes free at the earliest, soonest first; `pause` is
    for how long grants of this lane are spaced out, `interval` how far apart; `hold` is how long Harvest itself told
    us to stay away.
    """

    frees: Sequence[float]
    hold: float
    allowance: Allowance
    pause: float = 0.0
    interval: float = 0.0

    @property
    def wanted_seconds(self) -> float:
        """How long the first of those refused in a lane keeps less urgent ones, in any process, from the next slot."""
        return min(self.admission(0), self.allowance.window_seconds) + GRACE_SECONDS

    @property
    def state(self) -> BudgetState:
        """What is left: more than nothing where grants are only spaced out."""
        state = state_after(self.allowance, self.frees)
        return state if self.hold <= 0 else replace(state, remaining=0, reset_seconds=self.hold)

    def admission(self, ahead: int) -> float:
        """When the caller behind `ahead` others may expect a slot, at the earliest."""
        limit = self.allowance.requests
        behind = ahead - (limit - len(self.frees))  # the free ones go to those ahead
        if behind < 0:
            return max(self.hold, self.pause + ahead * self.interval)
        if behind < len(self.frees):
            return max(self.hold, self.frees[behind])
        laps = 1 + (behind - len(self.frees)) // limit
        return max(self.hold, *self.frees, 0.0) + laps * self.allowance.window_seconds


# The part of a window that spacing looks ahead: further would even out more, and take longer to make up for delays.
HORIZON = 1 / 8
# Who was told when to come back is up to so late; until then a slot that becomes free is theirs.
GRACE_SECONDS = 0.05
# Those who give way to them look again that soon.
YIELD_SECONDS = 0.01


class SlotStore(Protocol):
    """Shared by processes; each method is atomic. Errors: PacingUnavailable."""

    async def take(self, bucket: str, allowance: Allowance, lane: Lane) -> Granted | Full:
        """A slot, if one is free, this lane need not pause, and no hold is on.

        Beside somebody else who spends the same token, no more than Harvest was seen to let through (`learned_limit`).
        """
        ...

    def take_at_once(self, bucket: str, allowance: Allowance, lane: Lane) -> Granted | None:
        """The same where nothing has to be waited for, not even the store; None says nothing, ask `take`."""
        ...

    async def answered(self, slot: Slot, *, is_refused: bool = False) -> None:
        """An answer has come: free the slot a window from now. A refused one is not among those let through."""
        ...

    async def give_back(self, slot: Slot) -> None:
        """Nothing was sent: free the slot now."""
        ...

    async def note_refusal(self, bucket: str, allowance: Allowance, seconds: float) -> None:
        """Harvest refused: grant nothing for so long, and learn from it (`learned_limit`).

        A longer hold that is already on stays.
        """
        ...

    async def aclose(self) -> None: ...


def occupied_for(allowance: Allowance) -> float:
    """Seconds that a slot outlives its answer: the window, and a little for clocks that run at different speeds."""
    return allowance.window_seconds * 1.001 + 0.002


def interval_between(frees: Sequence[float], allowance: Allowance, lane: Lane) -> float:
    """Seconds to leave between grants, so that what is free lasts until more becomes free. 0 is no spacing.

    The slowest pace that any moment of the near future asks for: so grants become even, whatever bursts there were
    before, one slot stays free for who may not wait, and none is left over.
    """
    free = allowance.requests - len(frees)
    if free <= 0 or free > allowance.unspaced(lane):
        return 0.0
    soonest, *later = sorted(frees)
    horizon = allowance.window_seconds * HORIZON
    near = itertools.takewhile(lambda wait: wait <= horizon, later)
    return max(wait / (free + freed) for freed, wait in enumerate([soonest, *near]))


def place_in_time(latest: float, now: float, interval: float, free: int) -> float:
    """Which moment a grant counts for: its own place in the even row, so that who comes late is made up for.

    Arrears do not pile up: a quarter of what is free may come at once, no more.
    """
    return max(latest + interval, now - interval * max(1, free / 4))


def state_after(allowance: Allowance, frees: Sequence[float]) -> BudgetState:
    """The budget with these slots occupied."""
    remaining = max(0, allowance.requests - len(frees))
    reset = min([*frees, allowance.window_seconds])
    return BudgetState(allowance.requests, remaining, reset, allowance.window_seconds)
