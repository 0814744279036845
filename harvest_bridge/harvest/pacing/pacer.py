"""Paces requests within Harvest's rate limits: nothing is sent without a slot."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Coroutine, Mapping
from typing import Any

from harvest_bridge.harvest.budgets import Allowance, Budget, Lane
from harvest_bridge.harvest.deadline import Deadline
from harvest_bridge.harvest.errors import PacingUnavailable
from harvest_bridge.harvest.pacing.in_flight import InFlight
from harvest_bridge.harvest.pacing.slots import Granted, Slot, SlotStore
from harvest_bridge.harvest.pacing.waiting_queue import WaitingQueue

log = logging.getLogger(__name__)


class Pacer:
    """One per process, on one event loop. Each bucket, which is one budget of one key, has one line of waiters.

    Errors: HarvestRateLimited at once for a caller whose deadline cannot be met, with the wait that would have been
    needed; PacingUnavailable when the store is away, as nothing is sent uncounted.
    """

    def __init__(self, store: SlotStore, allowances: Mapping[Budget, Allowance], *, most_in_flight: int = 16) -> None:
        self._store = store
        self._allowances = allowances
        self._in_flight = InFlight(most_in_flight)
        self._lines: dict[str, WaitingQueue] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    async def acquire(self, key: str, budget: Budget, *, lane: Lane, deadline: Deadline) -> Granted:
        """Wait in line for a slot. It must then be `settle`d; a caller who is cancelled before loses none."""
        bucket = _bucket(key, budget)
        if bucket not in self._lines and self._in_flight.has_room(bucket, lane):  # nobody waits, so nobody is overtaken
            granted = self._store.take_at_once(bucket, self._allowances[budget], lane)
            if granted is not None:
                self._in_flight.begin(bucket)
                return granted
        line = self._line(bucket, budget)
        waiter = line.join(lane, deadline)
        try:
            return await waiter.outcome()
        except BaseException:
            if (granted := line.leave(waiter)) is not None:
                self.settle(granted.slot, has_left=False, is_answered=False)
            raise

    def settle(
        self, slot: Slot, *, has_left: bool, is_answered: bool, is_over: bool = True, is_refused: bool = False
    ) -> None:
        """Tell how the request ended. In doubt, that is sent but not answered, the slot frees itself in due time.

        Who is still to read the answer says that it is not `over` yet, and later that it is. `is_refused` is a 429.
        """
        if is_over:
            self.over(slot)
        if is_answered:
            self._in_background(self._store.answered(slot, is_refused=is_refused))
        elif not has_left:
            self._in_background(self._give_back(slot))

    def over(self, slot: Slot) -> None:
        """The call uses no connection to Harvest any more."""
        self._in_flight.end(slot.bucket)
        if (line := self._lines.get(slot.bucket)) is not None:
            line.wake()

    async def note_refusal(self, key: str, budget: Budget, seconds: float) -> None:
        """Harvest itself refused a request that we had counted, and said to stay away for so long."""
        await asyncio.gather(*self._tasks, return_exceptions=True)  # so that the store knows what was let through
        await _logged(self._store.note_refusal(_bucket(key, budget), self._allowances[budget], seconds))

    def window(self, budget: Budget) -> float:
        return self._allowances[budget].window_seconds

    async def aclose(self) -> None:
        """Refuse whoever waits, write down what is known, and close the store."""
        for line in list(self._lines.values()):
            line.close()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._store.aclose()

    def _line(self, bucket: str, budget: Budget) -> WaitingQueue:
        line = self._lines.get(bucket)
        if line is None:
            line = self._lines[bucket] = WaitingQueue(
                bucket, self._allowances[budget], self._store, self._in_flight, self._lines
            )
        return line

    async def _give_back(self, slot: Slot) -> None:
        await self._store.give_back(slot)
        if (line := self._lines.get(slot.bucket)) is not None:
            line.wake()

    def _in_background(self, work: Coroutine[Any, Any, None]) -> None:
        """The caller has its answer and need not wait for our bookkeeping."""
        task = asyncio.get_running_loop().create_task(_logged(work))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


async def _logged(work: Coroutine[Any, Any, None]) -> None:
    """While the store is away nobody is granted anything, and an unsettled slot frees itself in due time: so what could
    not be written down is only worth a line."""
    try:
        await work
    except PacingUnavailable as error:
        log.warning("the store of slots could not be told: %s", error.message)


def _bucket(key: str, budget: Budget) -> str:
    return f"{budget.value}:{key}"
