"""Sends somebody else's request as it stands: paced, with our token, repeated only where that is safe."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from harvest_bridge.harvest.answers import retry_after
from harvest_bridge.harvest.attempts import Attempt, Attempts, Call
from harvest_bridge.harvest.budgets import Budget, BudgetMeter, Lane
from harvest_bridge.harvest.config import HarvestConfig
from harvest_bridge.harvest.credentials import TokenSource
from harvest_bridge.harvest.deadline import Deadline
from harvest_bridge.harvest.errors import HarvestError, HarvestRateLimited, HarvestUnauthorized, HarvestUnavailable
from harvest_bridge.harvest.pacing.pacer import Pacer
from harvest_bridge.harvest.streamed_response import StreamedResponse
from harvest_bridge.harvest.transport import Transport


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


PassOn = Callable[[StreamedResponse], Awaitable[None]]


class Forwarder:
    """Part of the gateway: the same connections, the same pacer, the same attempt loop."""

    def __init__(self, transport: Transport, pacer: Pacer, config: HarvestConfig, attempts: Attempts) -> None:
        self._transport = transport
        self._pacer = pacer
        self._config = config
        self._attempts = attempts

    async def forward(
        self,
        request: ForwardedRequest,
        pass_on: PassOn,
        *,
        source: TokenSource,
        lane: Lane,
        deadline: float,
        meter: BudgetMeter,
    ) -> None:
        """Send it, and give Harvest's answer, whatever it says, to `pass_on` once its head is here.

        Where that raises a HarvestError, as the body broke before anything of it was passed on, a read is repeated.
        Units: `deadline` is seconds until an attempt must have begun: waiting for budget and between attempts.
        Errors: HarvestError where there is no answer; what `pass_on` and the token source raise; ValueError for a path
        that is not plain. Of a write that failed, only HarvestOutcomeUnknown may have happened.
        """
        waiting = Deadline(deadline)
        call = Call(
            about=f"{request.verb} {urlsplit(request.target).path}",
            budget=request.budget,
            source=source,
            lane=lane,
            meter=meter,
            waiting=waiting,
            renewing=None,
            credentials=await self._attempts.credentials(source, Deadline(self._config.timeouts.total)),
            is_repeatable=request.is_repeatable,
            is_replayable=request.is_replayable,
        )
        exchange = _StreamedExchange(
            request, pass_on, self._transport, self._pacer, self._attempts, self._config.user_agent
        )
        try:
            await self._attempts.run(call, exchange)
        except HarvestError as error:
            if exchange.unwelcome is None or error is not exchange.error:
                raise
            await pass_on(exchange.unwelcome)  # no attempt betters it, so the caller gets it as it is
        finally:
            exchange.discard()


@dataclass(slots=True)
class _StreamedExchange:
    """Shape: `unwelcome` is an answer that another attempt may better, and `error` what it is until then."""

    request: ForwardedRequest
    pass_on: PassOn
    transport: Transport
    pacer: Pacer
    attempts: Attempts
    user_agent: str
    unwelcome: StreamedResponse | None = None
    error: HarvestError | None = None

    async def once(self, call: Call, attempt: Attempt) -> None:
        request = self.request
        head = await self.transport.open(
            request.verb, request.target, self._headers(call), request.body, attempt.flight
        )
        attempt.status, attempt.is_over = head.status, False
        answer = StreamedResponse(head, attempt.flight, on_close=lambda: self._is_over(attempt))
        if (error := self._error_of(answer)) is not None:
            self.unwelcome, self.error = answer, error
            raise error
        self.attempts.settle(attempt)
        try:
            await self.pass_on(answer)
        finally:
            answer.close()

    def discard(self) -> None:
        if self.unwelcome is not None:
            self.unwelcome.close()
            self.unwelcome = self.error = None

    def _is_over(self, attempt: Attempt) -> None:
        if attempt.slot is not None:
            self.pacer.over(attempt.slot)

    def _headers(self, call: Call) -> list[tuple[str, str]]:
        token, account = (call.credentials.access_token, call.credentials.account_id) if call.credentials else ("", "")
        return [
            *self.request.headers,
            ("authorization", f"Bearer {token}"),
            ("harvest-account-id", account or ""),
            ("user-agent", self.user_agent),
        ]

    def _error_of(self, answer: StreamedResponse) -> HarvestError | None:
        """What another attempt may better; None for an answer that the caller gets as it is."""
        if answer.status == 401:
            return HarvestUnauthorized("", remote_status=401)
        if answer.status == 429:
            answer.retry_after = self._said(answer) or self.pacer.window(self.request.budget)
            return HarvestRateLimited("", retry_after=answer.retry_after, remote_status=429)
        if answer.status >= 500 and self.request.is_repeatable:
            return HarvestUnavailable("", retry_after=self._said(answer), remote_status=answer.status)
        return None

    def _said(self, answer: StreamedResponse) -> float | None:
        return retry_after({name: answer.header(name) for name in ("retry-after", "date")})
