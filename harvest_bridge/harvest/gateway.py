"""Sends any operation: token, pacing, deadline, retries, typed errors."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Coroutine
from contextlib import nullcontext
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from harvest_bridge.client_disconnect import cancelled_on_disconnect
from harvest_bridge.harvest import call_metrics
from harvest_bridge.harvest.answers import decoded, error_from
from harvest_bridge.harvest.budgets import BudgetMeter, BudgetState, Lane
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
from harvest_bridge.harvest.forwarding import MOST_REJECTIONS, Forwarder
from harvest_bridge.harvest.operations.operation import Auth, Host, Operation
from harvest_bridge.harvest.pacing import pacer_for
from harvest_bridge.harvest.pacing.pacer import Pacer
from harvest_bridge.harvest.requests import outgoing
from harvest_bridge.harvest.retries import as_seen_by, wait_before_retry
from harvest_bridge.harvest.transport import Answer, Flight, Transport

log = logging.getLogger(__name__)

T = TypeVar("T")

DEFAULT_DEADLINE_SECONDS = 20.0
# Even who will not wait at all waits for the store of slots to answer.
_SHORTEST_WAIT_SECONDS = 0.25
# Of a write's time, what is kept for its answer: with less it is not sent, as its outcome would likely stay unknown.
_SHARE_FOR_ANSWER = 0.4


@dataclass(slots=True)
class _Call(Generic[T]):
    """One caller's wish and what it has met so far.

    Shape: `waiting` bounds the waits for a place in line, and for Harvest to be ready again, together.
    """

    operation: Operation[T]
    source: TokenSource | None
    lane: Lane
    deadline: Deadline
    meter: BudgetMeter
    waiting: Deadline
    credentials: Credentials | None
    rejections: int = 0
    attempts: int = 0


class Gateway:
    """One per process, on one event loop."""

    def __init__(self, transport: Transport, pacer: Pacer, config: HarvestConfig) -> None:
        self._transport = transport
        self._pacer = pacer
        self._config = config
        self._token_work: set[asyncio.Task[Credentials]] = set()
        self.forwarder = Forwarder(transport, pacer, config, self._token)

    @classmethod
    def from_config(cls, config: HarvestConfig) -> Gateway:
        return cls(Transport(config), pacer_for(config), config)

    async def send(
        self,
        operation: Operation[T],
        *,
        source: TokenSource | None = None,
        lane: Lane = Lane.API,
        deadline: float = DEFAULT_DEADLINE_SECONDS,
        meter: BudgetMeter | None = None,
        max_wait: float | None = None,
    ) -> T:
        """Send and read, as often as is safe and the deadline allows.

        Units: `deadline` is seconds for everything: token, place in line, attempts. `max_wait` is how many of them a
        wait for budget may take, or one for Harvest to be ready again; a longer one is refused at once. A write waits
        for its turn only as long as time is left to hear its answer.
        Errors: HarvestError, each with its own status and code; what the token source raises. Of a write that failed,
        only HarvestOutcomeUnknown may have happened.
        """
        if source is None and operation.auth is Auth.TOKEN:
            raise ValueError(f"{operation.verb} {operation.path} needs a token source")
        whole = Deadline(deadline)
        credentials = None if source is None else source.at_hand or await self._token(source.credentials(), whole)
        for_answer = 0.0 if operation.is_repeatable else deadline * _SHARE_FOR_ANSWER
        left = whole.remaining - for_answer
        if for_answer and left <= 0:
            raise HarvestUnavailable("It took too long until this could be sent; it was not sent.", retry_after=1)
        longest = left if max_wait is None else min(left, max_wait + _SHORTEST_WAIT_SECONDS)
        call = _Call(operation, source, lane, whole, meter or BudgetMeter(), Deadline(longest), credentials)
        with cancelled_on_disconnect() if operation.is_repeatable else nullcontext():
            return await self._send(call)

    async def _send(self, call: _Call[T]) -> T:
        while True:
            call.attempts += 1
            try:
                return await self._attempt(call)
            except HarvestError as error:
                await self._prepare_another(call, error)

    async def aclose(self) -> None:
        """Let renewals under way come to their end, then close every connection."""
        await asyncio.gather(*self._token_work, return_exceptions=True)
        await self._pacer.aclose()
        await self._transport.aclose()

    async def _attempt(self, call: _Call[T]) -> T:
        operation, flight = call.operation, Flight()
        try:
            answer = await self._exchange(call, flight)
            if 200 <= answer.status < 300:
                call.meter.status = answer.status
                return operation.read(decoded(answer, operation.decoded_as))
            window = self._pacer.window(operation.budget)
            raise error_from(answer, operation, window=window, secrets=self._secrets(call))
        except HarvestError as error:
            seen = as_seen_by(error, is_repeatable=operation.is_repeatable, has_left=flight.has_left)
            raise seen from error.__cause__

    async def _exchange(self, call: _Call[Any], flight: Flight) -> Answer:
        """One request and its answer; towards the API only once a slot is held."""
        request = outgoing(call.operation, call.credentials, self._config)
        if call.operation.host is not Host.API or call.source is None:
            # Once sent, a token grant is waited for beyond the deadline, which bounds only when attempts begin.
            return await self._transport.send(request, flight, timeout=request.longest or call.deadline.remaining)
        with cancelled_on_disconnect():
            granted = await call_metrics.acquire(
                self._pacer, call.source.budget_key, call.operation.budget, lane=call.lane, deadline=call.waiting
            )
        call.meter.state = granted.state
        is_answered = is_refused = False
        try:
            answer = await self._transport.send(request, flight, timeout=call.deadline.remaining)
            is_answered, is_refused = True, answer.status == 429
            return answer
        finally:
            self._pacer.settle(granted.slot, has_left=flight.has_left, is_answered=is_answered, is_refused=is_refused)

    async def _prepare_another(self, call: _Call[Any], error: HarvestError) -> None:
        """Get ready for another attempt, or raise the error that ends the call."""
        is_refused = isinstance(error, HarvestUnauthorized) and call.rejections < MOST_REJECTIONS
        if is_refused and call.source and call.credentials:
            call.rejections += 1
            about = f"{call.operation.verb} {call.operation.path}"
            renewed = await self._token(call.source.renew(call.credentials, about=about), call.deadline)
            if renewed.generation == call.credentials.generation:
                raise error
            call.credentials = renewed
            return
        if isinstance(error, HarvestRateLimited):
            await self._note_throttling(call, error)
        # A 429 is no failure of a click: held back with everybody, it tries as long as its time lasts.
        attempts = 1 if self._is_held(call, error) and call.lane is Lane.TIMER else call.attempts
        wait = wait_before_retry(error, attempts=attempts, deadline=call.waiting)
        if wait is None:
            raise error
        log.info("harvest call failed (%s), next attempt in %.2f s", error.code, wait)
        if self._is_held(call, error):
            return  # it waits in line, where it keeps its lane's place, until Harvest's `Retry-After` is over
        with cancelled_on_disconnect():
            await asyncio.sleep(wait)

    def _is_held(self, call: _Call[Any], error: HarvestError) -> bool:
        """Whether the pacer holds everybody of this budget back, because Harvest said so."""
        is_api_call = call.operation.host is Host.API and call.source is not None
        return is_api_call and isinstance(error, HarvestRateLimited)

    async def _note_throttling(self, call: _Call[Any], error: HarvestRateLimited) -> None:
        """Tell the meter, and, where Harvest itself refused, everybody else who draws on this budget."""
        operation, wait = call.operation, error.retry_after or 0.0
        if not self._is_held(call, error) or call.source is None:
            return
        allowance = self._config.allowances[operation.budget]
        call.meter.state = error.state or BudgetState(allowance.requests, 0, wait, allowance.window_seconds)
        if error.remote_status is not None:
            await self._pacer.note_refusal(call.source.budget_key, operation.budget, wait)

    async def _token(self, work: Coroutine[Any, Any, Credentials], deadline: Deadline) -> Credentials:
        """Wait for the token source no longer than the deadline, without ever interrupting it: a refresh that was
        sent must be stored, or a single-use refresh token is lost."""
        task = self.token_work(work)
        done, _ = await asyncio.wait({task}, timeout=deadline.remaining)
        if done:
            return task.result()
        raise RefreshInProgress("Harvest is slow to renew the access token; try again.", retry_after=2)

    def token_work(self, work: Coroutine[Any, Any, Credentials]) -> asyncio.Task[Credentials]:
        """Begin `work`, which comes to its end whoever waits for it, before the gateway is closed."""
        task = asyncio.get_running_loop().create_task(work)
        self._token_work.add(task)
        task.add_done_callback(self._token_is_done)
        return task

    def _token_is_done(self, task: asyncio.Task[Credentials]) -> None:
        self._token_work.discard(task)
        if not task.cancelled():
            task.exception()  # seen, so that asyncio does not complain when the caller has left

    def _secrets(self, call: _Call[Any]) -> list[str]:
        """What must not be repeated from an error page that echoes our request."""
        ours = [self._config.client_secret] + ([call.credentials.access_token] if call.credentials else [])
        theirs = call.operation.fields if call.operation.auth is Auth.CLIENT else {}
        return ours + [theirs[name] for name in ("code", "refresh_token") if name in theirs]
