"""The queue of callers that wait for a slot of one bucket, in this process."""

from __future__ import annotations

import asyncio
import bisect
import contextlib
import itertools
import math
import random
import time
from collections.abc import MutableMapping
from dataclasses import dataclass, field

from harvest_bridge.harvest.budgets import Allowance, Lane
from harvest_bridge.harvest.deadline import Deadline
from harvest_bridge.harvest.errors import HarvestError, HarvestRateLimited, HarvestUnavailable, PacingUnavailable
from harvest_bridge.harvest.pacing.in_flight import InFlight
from harvest_bridge.harvest.pacing.slots import Full, Granted, SlotStore

# How long the store of slots may be away, as when it is restarted, before callers are told so.
_MAX_WAIT_SECONDS = 5.0


@dataclass(order=True)
class Waiter:
    """A place in line: by lane, then by arrival."""

    lane: Lane
    number: int
    deadline: Deadline = field(compare=False)
    refusal: HarvestError = field(compare=False)  # for when the deadline comes first
    future: asyncio.Future[Granted] = field(compare=False)

    async def outcome(self) -> Granted:
        try:
            async with asyncio.timeout(self.deadline.remaining):
                return await self.future
        except TimeoutError:
            raise self.refusal from None

    @property
    def granted(self) -> Granted | None:
        """What this waiter was given, if anything."""
        if not self.future.done() or self.future.cancelled() or self.future.exception() is not None:
            return None
        return self.future.result()


class WaitingQueue:
    """Waiters in order, and one task, the pump, that takes slots for the first of them while there are any."""

    def __init__(
        self,
        bucket: str,
        allowance: Allowance,
        store: SlotStore,
        in_flight: InFlight,
        lines: MutableMapping[str, WaitingQueue],
    ) -> None:
        self._bucket = bucket
        self._allowance = allowance
        self._store = store
        self._in_flight = in_flight
        self._lines = lines
        self._waiters: list[Waiter] = []
        self._numbers = itertools.count()
        self._woken = asyncio.Event()
        self._away_since: float | None = None
        self._pump = asyncio.get_running_loop().create_task(self._serve())
        self._pump.add_done_callback(self._dismiss)

    def join(self, lane: Lane, deadline: Deadline) -> Waiter:
        future = asyncio.get_running_loop().create_future()
        waiter = Waiter(lane, next(self._numbers), deadline, _used_up(self._allowance.window_seconds), future)
        bisect.insort(self._waiters, waiter)
        self.wake()
        return waiter

    def leave(self, waiter: Waiter) -> Granted | None:
        """Give up waiting; a slot that was already handed over is returned to whoever must settle it."""
        if waiter in self._waiters:
            self._waiters.remove(waiter)
            self.wake()
        return waiter.granted

    def wake(self) -> None:
        """Something changed: look again rather than sleep on."""
        self._woken.set()

    def close(self) -> None:
        self._pump.cancel()

    async def _serve(self) -> None:
        try:
            while self._waiters:
                self._woken.clear()
                lane = self._waiters[0].lane
                if self._in_flight.has_room(self._bucket, lane):
                    await self._serve_once(lane)
                else:
                    await self._stand_still()
        finally:
            del self._lines[self._bucket]  # in the same step as the last look, so that nobody joins a line without pump

    async def _serve_once(self, lane: Lane) -> None:
        began = time.monotonic()
        try:
            found = await self._store.take(self._bucket, self._allowance, lane)
        except PacingUnavailable as error:
            await self._endure(error, self._away_since or began)
            return
        self._away_since = None
        if isinstance(found, Granted):
            await self._hand_over(found, lane)
        else:
            self._refuse_the_hopeless(found)
            if self._waiters:
                await self._sleep(found.admission(0))

    async def _stand_still(self) -> None:
        """Until a call that is under way ends, or somebody comes who may go all the same."""
        for waiter in self._waiters:
            waiter.refusal = HarvestRateLimited(
                "Too many calls of this connection are under way; try again when some of them have ended.",
                retry_after=1,
            )
        await self._woken.wait()

    async def _endure(self, error: PacingUnavailable, away_since: float) -> None:
        """The store is away. Nobody is let through uncounted; who has time waits a little for it to come back."""
        self._away_since = away_since
        if time.monotonic() - away_since > _MAX_WAIT_SECONDS:
            raise error
        for waiter in self._waiters:
            waiter.refusal = error
        await asyncio.sleep(random.uniform(0.05, 0.15))  # noqa: S311

    async def _hand_over(self, granted: Granted, lane: Lane) -> None:
        """To the first in line by now, unless those who wanted it left and the rest must leave it to others."""
        self._waiters = [waiter for waiter in self._waiters if not waiter.future.done()]
        if self._waiters and self._waiters[0].lane <= lane:
            self._in_flight.begin(self._bucket)
            self._waiters.pop(0).future.set_result(granted)
        else:
            await self._store.give_back(granted.slot)

    def _refuse_the_hopeless(self, full: Full) -> None:
        staying: list[Waiter] = []
        for waiter in self._waiters:
            if waiter.future.done():
                continue
            wait = full.admission(len(staying))
            waiter.refusal = _refusal(full, wait)
            if waiter.deadline.allows(wait):
                staying.append(waiter)
            else:
                waiter.future.set_exception(waiter.refusal)
        self._waiters = staying

    async def _sleep(self, seconds: float) -> None:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(max(0.001, seconds)):
                await self._woken.wait()

    def _dismiss(self, pump: asyncio.Task[None]) -> None:
        """The pump is done: nobody waits any more, or it failed and those who wait must hear of it."""
        closed = HarvestUnavailable("The bridge is shutting down.", retry_after=1)
        error = closed if pump.cancelled() else pump.exception()
        for waiter in self._waiters:
            if not waiter.future.done():
                waiter.future.set_exception(error or closed)


def _used_up(wait: float) -> HarvestRateLimited:
    return HarvestRateLimited(f"Harvest's allowance is used up; try again in {math.ceil(wait)} s.", retry_after=wait)


def _refusal(full: Full, wait: float) -> HarvestRateLimited:
    if not full.state.remaining:
        error = _used_up(wait)
    else:
        error = HarvestRateLimited(
            f"What is left of Harvest's allowance is spread over its window; try again in {math.ceil(wait)} s.",
            retry_after=wait,
        )
    error.state = full.state
    return error
