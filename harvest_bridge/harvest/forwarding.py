"""Sends somebody else's request as it stands: paced, with our token, repeated only where that is safe."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import httpx

from harvest_bridge.harvest import call_metrics
from harvest_bridge.harvest.answers import retry_after
from harvest_bridge.harvest.budgets import Budget, BudgetMeter, BudgetState, Lane
from harvest_bridge.harvest.config import HarvestConfig
from harvest_bridge.harvest.credentials import Credentials, TokenSource
from harvest_bridge.harvest.deadline import Deadline
from harvest_bridge.harvest.errors import HarvestError, HarvestRateLimited, HarvestUnavailable
from harvest_bridge.harvest.pacing.pacer import Pacer
from harvest_bridge.harvest.retries import as_seen_by, wait_before_retry
from harvest_bridge.harvest.streamed_response import StreamedResponse
from harvest_bridge.harvest.transport import Flight, Transport

# How many 401s of one call its token source is told of: the first gets a newer token, the second may mean the end.
MOST_REJECTIONS = 2
TokenWork = Callable[[Coroutine[Any, Any, Credentials], Deadline], Coroutine[Any, Any, Credentials]]


class TokenRenewedMeanwhile(HarvestUnavailable):
    """Harvest refused the token of a request that cannot be repeated here. Nothing happened; sent again, it works."""

    code = "harvest_token_renewed"


@dataclass(frozen=True, slots=True)
class ForwardedRequest:
    """A caller's request. `target` is path and query as on the wire, `headers` those that may pass.

    Shape: a body of bytes can be sent again, one that streams cannot.
    """

    verb: str
    target: str
    headers: list[tuple[str, str]] = field(repr=False)
    budget: Budget
    body: bytes | AsyncIterator[bytes] = field(default=b"", repr=False)

    @property
    def is_replayable(self) -> bool:
        return isinstance(self.body, bytes)

    @property
    def is_repeatable(self) -> bool:
        """Whether twice is no more than once."""
        return self.verb in ("GET", "HEAD") and self.is_replayable


@dataclass(slots=True)
class _Call:
    request: ForwardedRequest
    source: TokenSource
    lane: Lane
    deadline: Deadline
    meter: BudgetMeter
    credentials: Credentials
    rejections: int = 0
    attempts: int = 0


class Forwarder:
    """Part of the gateway: the same connections, the same pacer, the same token work."""

    def __init__(self, transport: Transport, pacer: Pacer, config: HarvestConfig, token: TokenWork) -> None:
        self._transport = transport
        self._pacer = pacer
        self._config = config
        self._token = token

    async def send(
        self, request: ForwardedRequest, *, source: TokenSource, lane: Lane, deadline: float, meter: BudgetMeter
    ) -> StreamedResponse:
        """Harvest's answer, whatever it says, once its head is here.

        Units: `deadline` is seconds until an attempt must have begun: waiting for budget and between attempts.
        Errors: HarvestError where there is no answer; what the token source raises; ValueError for a path that is
        not plain. Of a write that failed, only HarvestOutcomeUnknown may have happened.
        """
        call = _Call(request, source, lane, Deadline(deadline), meter, await source.credentials())
        while True:
            call.attempts += 1
            try:
                answer = await self._exchange(call)
            except HarvestError as error:
                await self._pause(call, error)
                continue
            if answer.status < 400:
                return answer
            try:
                is_for_another_try = await self._is_for_another_try(call, answer)
            except BaseException:
                answer.close()
                raise
            if not is_for_another_try:
                return answer
            answer.close()

    async def _exchange(self, call: _Call) -> StreamedResponse:
        request, flight = call.request, Flight()
        granted = await call_metrics.acquire(
            self._pacer, call.source.budget_key, request.budget, lane=call.lane, deadline=call.deadline
        )
        call.meter.state = granted.state
        is_answered = is_refused = False
        try:
            head = await self._transport.open(request.verb, request.target, self._headers(call), request.body, flight)
            is_answered, is_refused = True, head.status == 429
            return StreamedResponse(head, flight, on_close=lambda: self._pacer.over(granted.slot))
        except HarvestError as error:
            seen = as_seen_by(error, is_repeatable=request.is_repeatable, has_left=flight.has_left)
            raise seen from error.__cause__
        finally:
            self._pacer.settle(
                granted.slot,
                has_left=flight.has_left,
                is_answered=is_answered,
                is_over=not is_answered,
                is_refused=is_refused,
            )

    def _headers(self, call: _Call) -> list[tuple[str, str]]:
        credentials = call.credentials
        return [
            *call.request.headers,
            ("authorization", f"Bearer {credentials.access_token}"),
            ("harvest-account-id", credentials.account_id or ""),
            ("user-agent", self._config.user_agent),
        ]

    async def _is_for_another_try(self, call: _Call, answer: StreamedResponse) -> bool:
        """Whether an unwelcome answer should be followed by another attempt, which may then begin at once."""
        if answer.status == 401:
            return await self._has_renewed(call)
        if answer.status != 429 and not (answer.status >= 500 and call.request.is_repeatable):
            return False
        said = retry_after(httpx.Headers(answer.headers))
        if answer.status == 429:
            answer.retry_after = said or self._pacer.window(call.request.budget)
            await self._note_throttling(call, answer.retry_after)
            error: HarvestError = HarvestRateLimited("", retry_after=answer.retry_after, remote_status=429)
        else:
            error = HarvestUnavailable("", retry_after=said, remote_status=answer.status)
        wait = wait_before_retry(error, attempts=call.attempts, deadline=call.deadline)
        if wait is None or not call.request.is_replayable:
            return False
        await asyncio.sleep(wait)
        return True

    async def _has_renewed(self, call: _Call) -> bool:
        if call.rejections >= MOST_REJECTIONS:
            return False
        call.rejections += 1
        about = f"{call.request.verb} {urlsplit(call.request.target).path}"
        renewing = call.source.renew(call.credentials, about=about)
        renewed = await self._token(renewing, Deadline(self._config.timeouts.total))
        if renewed.generation == call.credentials.generation:
            return False
        if not call.request.is_replayable:
            raise TokenRenewedMeanwhile("The access token was renewed meanwhile; send this again.", retry_after=1)
        call.credentials = renewed
        return True

    async def _note_throttling(self, call: _Call, wait: float) -> None:
        """Harvest itself refused: the meter, and everybody else who draws on this budget, must know."""
        allowance = self._config.allowances[call.request.budget]
        call.meter.state = BudgetState(allowance.requests, 0, wait, allowance.window_seconds)
        await self._pacer.note_refusal(call.source.budget_key, call.request.budget, wait)

    async def _pause(self, call: _Call, error: HarvestError) -> None:
        """Wait for the next attempt, or raise the error that ends the call."""
        if isinstance(error, HarvestRateLimited):
            allowance = self._config.allowances[call.request.budget]
            wait = error.retry_after or allowance.window_seconds
            call.meter.state = error.state or BudgetState(allowance.requests, 0, wait, allowance.window_seconds)
        pause = wait_before_retry(error, attempts=call.attempts, deadline=call.deadline)
        if pause is None or not call.request.is_replayable:
            raise error
        await asyncio.sleep(pause)
