"""Idle time-outs: ends an exchange in which either side does not move for too long."""

from __future__ import annotations

import asyncio

from harvest_bridge.api.errors import CallerTooSlow
from harvest_bridge.errors import BridgeError
from harvest_bridge.harvest.errors import HarvestTimeout


class IdleTimeout:
    """`timer` stands around the exchange. `expect` before each step that somebody may delay, `rest` where others
    keep the time."""

    def __init__(self, seconds: float) -> None:
        self.timer = asyncio.timeout(None)
        self._seconds = seconds
        self._now = asyncio.get_running_loop().time
        self._is_callers_turn = False

    def expect(self, *, is_callers_turn: bool) -> None:
        self._is_callers_turn = is_callers_turn
        self.timer.reschedule(self._now() + self._seconds)

    def rest(self) -> None:
        self.timer.reschedule(None)

    def error(self) -> BridgeError:
        """Whose fault it was that the timer went off."""
        if self._is_callers_turn:
            return CallerTooSlow("The body of the request did not come in time.")
        return HarvestTimeout("Harvest did not take the body of the request in time.", retry_after=1)
