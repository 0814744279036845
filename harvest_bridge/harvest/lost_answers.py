"""How long a write whose answer was lost may still arrive: sooner it is not sent a second time."""

from __future__ import annotations

from datetime import timedelta

from harvest_bridge.harvest.errors import HarvestOutcomeUnknown

_AFTER_ANSWER = timedelta(seconds=3)  # an error may be told of what was done, and lists may show it a moment later
# Said by the edge in front of Harvest, which has passed the request on and may have lost its answer: Harvest itself may
# still be at it. The other codes of the edge (521, 523, 525, 526) say that it could not reach Harvest.
_BY_THE_EDGE = {502, 504, 520, 522, 524}


def may_still_arrive(lost: HarvestOutcomeUnknown) -> bool:
    """Whether Harvest has not answered: whatever broke off or timed out, here or at the edge, may be on its way."""
    return lost.answered is None or lost.answered in _BY_THE_EDGE


def quiet_after(lost: HarvestOutcomeUnknown, *, longest: timedelta) -> timedelta:
    """How long nothing new is made. `longest` is how late a write may arrive."""
    return longest if may_still_arrive(lost) else _AFTER_ANSWER
