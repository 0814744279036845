"""A dispatcher whose clock stands where a test puts it."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

from harvest_bridge.webhooks.delivery.dispatcher import Dispatcher
from harvest_bridge.webhooks.delivery.sending import Sender


class Delivering:
    """`settle()` does all that is due at the clock's time; `after(hours=5)` moves the clock, then does it."""

    def __init__(self, *, timeout_seconds: float = 15.0) -> None:
        self.now = datetime.now(UTC)
        self.timeout_seconds = timeout_seconds

    def settle(self, *, turns: int = 10_000) -> int:
        """How many requests were made."""
        return asyncio.run(self._settle(turns))

    def after(self, **passed: float) -> int:
        self.now += timedelta(**passed)
        return self.settle()

    def catch_up(self) -> int:
        """Also what was queued meanwhile for at once, by the time of day."""
        self.now = max(self.now, datetime.now(UTC))
        return self.settle()

    async def _settle(self, turns: int) -> int:
        sender = Sender(timeout_seconds=self.timeout_seconds)
        dispatcher = Dispatcher(sender, clock=lambda: self.now)
        made = idle = 0
        while idle < 2 and turns:
            turns -= 1
            begun = await dispatcher.turn()
            made += begun
            is_busy = bool(dispatcher._sending or dispatcher._results)
            if is_busy:
                await asyncio.sleep(0.005)
            idle = 0 if begun or is_busy else idle + 1
        await dispatcher.finish()
        await sender.aclose()
        return made
