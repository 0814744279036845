"""How long a write whose answer was lost may still arrive: sooner it is not sent a second time."""

from __future__ import annotations

from datetime import timedelta

import httpx

from harvest_bridge.harvest.errors import HarvestOutcomeUnknown

AFTER_SILENCE = timedelta(seconds=35)
_AFTER_BREAK = timedelta(seconds=4)
_AFTER_ANSWER = timedelta(seconds=3)  # an error may be told of what was done, and lists may show it a moment later
_GATEWAY_TIMEOUT = 504  # said by the edge, while Harvest itself may still be at it


def quiet_after(lost: HarvestOutcomeUnknown) -> timedelta:
    """By the way in which the answer was lost."""
    if lost.remote_status is not None:
        return AFTER_SILENCE if lost.remote_status == _GATEWAY_TIMEOUT else _AFTER_ANSWER
    is_silent = lost.__cause__ is None or isinstance(lost.__cause__, TimeoutError | httpx.TimeoutException)
    return AFTER_SILENCE if is_silent else _AFTER_BREAK
