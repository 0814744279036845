"""How long a write whose answer was lost may still arrive: sooner it is not sent a second time."""

from __future__ import annotations

from datetime import timedelta

from harvest_bridge.harvest.errors import HarvestOutcomeUnknown

_AFTER_ANSWER = timedelta(seconds=3)  # an error may be told of what was done, and lists may show it a moment later
_GATEWAY_TIMEOUT = 504  # said by the edge, while Harvest itself may still be at it


def may_still_arrive(lost: HarvestOutcomeUnknown) -> bool:
    """Whether nobody has answered: whatever broke off or timed out, here or at the edge, may be on its way."""
    return lost.answered is None or lost.answered == _GATEWAY_TIMEOUT


def quiet_after(lost: HarvestOutcomeUnknown, *, longest: timedelta) -> timedelta:
    """How long nothing new is made. `longest` is how late a write may arrive."""
    return longest if may_still_arrive(lost) else _AFTER_ANSWER
