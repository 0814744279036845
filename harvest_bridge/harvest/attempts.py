"""The attempt loop of every call to Harvest: a pacing slot, one exchange, and another attempt where that is safe."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Coroutine
from contextlib import nullcontext
from dataclasses import dataclass, field
from typing import Any, Protocol, TypeVar

from harvest_bridge.client_disconnect import cancelled_on_disconnect
from harvest_bridge.harvest import call_metrics
from harvest_bridge.harvest.budgets import Budget, BudgetMeter, BudgetState, Lane
from harvest_bridge.harvest.config import HarvestConfig
from harvest_bridge.harvest.credentials import Credentials, TokenSource
from harvest_bridge.harvest.deadline import Deadline
from harvest_bridge.harvest.errors import (
    HarvestError,
    HarvestRateLimited,
    HarvestUnauthorized,
    HarvestUnavailable,
    RefreshInProgress,
)
from harvest_bridge.harvest.pacing.pacer import Pacer
from harvest_bridge.harvest.pacing.slots import Granted, Slot
from harvest_bridge.harvest.retries import as_seen_by, wait_before_retry
from harvest_bridge.harvest.transport import Flight

log = logging.getLogger(__name__)

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)

# How many 401s of one call its token source is told of: the first gets a newer token, the second may mean the end.
_MOST_REJECTIONS = 2


class TokenRenewedMeanwhile(HarvestUnavailable):
    """Harvest refused the token of a request that cannot be repeated here. Nothing happened; sent again, it works."""

    code = "harvest_token_renewed"


@dataclass(slots=True)
class Call:
    """A call to Harvest and what its attempts have met so far.

    Shape: `about` is verb and path. Calls that are not `is_paced` go to the identity host or have no token source. A
    call is `is_repeatable` where sending it twice does no more than sending it once, and not `is_replayable` where its
    body streams, so that it cannot be sent twice at all.
    `waiting` bounds the waits for a slot and between attempts, together; `renewing` bounds a renewal of the token, and
    is None where the time-out of a call bounds each.
    """

    about: str
    budget: Budget
    source: TokenSource | None
    lane: Lane
    meter: BudgetMeter
    waiting: Deadline
    renewing: Deadline | None
    credentials: Credentials | None
    is_paced: bool = True
    is_repeatable: bool = False
    is_replayable: bool = True
    rejections: int = 0
    attempts: int = 0


@dataclass(slots=True)
class Attempt:
    """One attempt of a call; the exchange says how it went.

    Shape: `status` is Harvest's, once it has answered. An exchange that reads the answer for long sets `is_over` to
    False, settles the attempt when the head is here, and tells the pacer itself when the body is.
    """

    slot: Slot | None
    flight: Flight = field(default_factory=Flight)
    status: int | None = None
    is_over: bool = True
    is_settled: bool = False


class Exchange(Protocol[T_co]):
    """How one kind of call sends its request and reads the answer."""

    async def once(self, call: Call, attempt: Attempt) -> T_co:
        """Errors: HarvestError, for everything that another attempt may change."""
        ...

    def discard(self) -> None:
        """Let go of the answer of the failed attempt, as another attempt follows."""
        ...


class Attempts:
    """Part of the gateway, used by typed operations and forwarded requests alike."""

    def __init__(self, pacer: Pacer, config: HarvestConfig) -> None:
        self._pacer = pacer
        self._config = config
        self._token_work: set[asyncio.Task[Credentials]] = set()

    async def run(self, call: Call, exchange: Exchange[T]) -> T:
        """What the exchange gives, attempted as often as is safe and the deadlines allow.

        Errors: the HarvestError that ended the last attempt; what the token source raises; TokenRenewedMeanwhile.
        """
        while True:
            call.attempts += 1
            try:
                return await self._attempt(call, exchange)
            except HarvestError as error:
                await self._prepare_another(call, error)
            exchange.discard()

    async def credentials(self, source: TokenSource, deadline: Deadline) -> Credentials:
        """The token at hand, or a wait for the token source. Errors: RefreshInProgress; what the source raises."""
        return source.at_hand or await self._token(source.credentials(), deadline)

    def token_work(self, work: Coroutine[Any, Any, Credentials]) -> asyncio.Task[Credentials]:
        """Begin `work`, which comes to its end whoever waits for it, before the gateway is closed."""
        task = asyncio.get_running_loop().create_task(work)
        self._token_work.add(task)
        task.add_done_callback(self._token_is_done)
        return task

    async def aclose(self) -> None:
        """Let renewals under way come to their end."""
        await asyncio.gather(*self._token_work, return_exceptions=True)

    async def _attempt(self, call: Call, exchange: Exchange[T]) -> T:
        with call_metrics.attempt_span(call.about, call.attempts, call.lane) as span:
            granted = await self._slot(call, call.source) if call.is_paced and call.source is not None else None
            attempt = Attempt(None if granted is None else granted.slot)
            try:
                return await exchange.once(call, attempt)
            except HarvestError as error:
                span.fail(error.code)
                flight = attempt.flight
                seen = as_seen_by(
                    error, is_repeatable=call.is_repeatable, has_left=flight.has_left, answered=flight.status
                )
                raise seen from error.__cause__
            finally:
                span.note(http_status=attempt.status)
                self.settle(attempt)

    async def _slot(self, call: Call, source: TokenSource) -> Granted:
        # The gateway has done so for a whole read.
        with nullcontext() if call.is_repeatable else cancelled_on_disconnect():
            granted = await call_metrics.acquire(
                self._pacer, source.budget_key, call.budget, lane=call.lane, deadline=call.waiting
            )
        call.meter.state = granted.state
        return granted

    def settle(self, attempt: Attempt) -> None:
        """Tell the pacer, once, what became of the attempt."""
        if attempt.slot is not None and not attempt.is_settled:
            attempt.is_settled = True
            self._pacer.settle(
                attempt.slot,
                has_left=attempt.flight.has_left,
                is_answered=attempt.status is not None,
                is_over=attempt.is_over,
                is_refused=attempt.status == 429,
            )

    async def _prepare_another(self, call: Call, error: HarvestError) -> None:
        """Get ready for another attempt, or raise the error that ends the call."""
        if isinstance(error, HarvestUnauthorized) and call.rejections < _MOST_REJECTIONS and call.source is not None:
            await self._renew(call, call.source, error)
            return
        is_held = isinstance(error, HarvestRateLimited) and call.is_paced
        if isinstance(error, HarvestRateLimited):
            await self._note_throttling(call, error)
        # A 429 is no failure of a click: held back with everybody, it tries as long as its time lasts.
        attempts = 1 if is_held and call.lane is Lane.TIMER else call.attempts
        wait = wait_before_retry(error, attempts=attempts, deadline=call.waiting)
        if wait is None or not call.is_replayable:
            raise error
        log.info("harvest call failed (%s), next attempt in %.2f s", error.code, wait)
        if is_held:
            return  # it waits in line, where it keeps its lane's place, until Harvest's `Retry-After` is over
        with cancelled_on_disconnect():
            await asyncio.sleep(wait)

    async def _renew(self, call: Call, source: TokenSource, error: HarvestUnauthorized) -> None:
        """After a 401. Errors: the same where there is no newer token; TokenRenewedMeanwhile; those of the source."""
        if (rejected := call.credentials) is None:
            raise error
        call.rejections += 1
        deadline = call.renewing or Deadline(self._config.timeouts.total)
        renewed = await self._token(source.renew(rejected, about=call.about), deadline)
        if renewed.generation == rejected.generation:
            raise error
        if not call.is_replayable:
            raise TokenRenewedMeanwhile("The access token was renewed meanwhile; send this again.", retry_after=1)
        call.credentials = renewed

    async def _note_throttling(self, call: Call, error: HarvestRateLimited) -> None:
        """Tell the meter, and, where Harvest itself refused, everybody else who draws on this budget."""
        if not call.is_paced or call.source is None:
            return
        allowance, wait = self._config.allowances[call.budget], error.retry_after or 0.0
        call.meter.state = error.state or BudgetState(allowance.requests, 0, wait, allowance.window_seconds)
        if error.remote_status is not None:
            await self._pacer.note_refusal(call.source.budget_key, call.budget, wait)

    async def _token(self, work: Coroutine[Any, Any, Credentials], deadline: Deadline) -> Credentials:
        """Wait for the token source no longer than the deadline, without ever interrupting it: a refresh that was
        sent must be stored, or a single-use refresh token is lost."""
        task = self.token_work(work)
        done, _ = await asyncio.wait({task}, timeout=deadline.remaining)
        if done:
            return task.result()
        raise RefreshInProgress("Harvest is slow to renew the access token; try again.", retry_after=2)

    def _token_is_done(self, task: asyncio.Task[Credentials]) -> None:
        self._token_work.discard(task)
        if not task.cancelled():
            task.exception()  # seen, so that asyncio does not complain when the caller has left
