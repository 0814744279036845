"""Sends any operation: token, pacing, deadline, retries, typed errors."""

from __future__ import annotations

from contextlib import nullcontext
from dataclasses import dataclass
from typing import Generic, TypeVar

from harvest_bridge.client_disconnect import cancelled_on_disconnect
from harvest_bridge.harvest.answers import decoded, error_from
from harvest_bridge.harvest.attempts import Attempt, Attempts, Call
from harvest_bridge.harvest.budgets import BudgetMeter, Lane
from harvest_bridge.harvest.config import HarvestConfig
from harvest_bridge.harvest.credentials import TokenSource
from harvest_bridge.harvest.deadline import Deadline
from harvest_bridge.harvest.errors import HarvestUnavailable
from harvest_bridge.harvest.forwarding import Forwarder
from harvest_bridge.harvest.operations.operation import Auth, Host, Operation
from harvest_bridge.harvest.pacing import pacer_for
from harvest_bridge.harvest.pacing.pacer import Pacer
from harvest_bridge.harvest.requests import outgoing
from harvest_bridge.harvest.transport import Transport

T = TypeVar("T")

DEFAULT_DEADLINE_SECONDS = 20.0
# Even who will not wait at all waits for the store of slots to answer.
_SHORTEST_WAIT_SECONDS = 0.25
# Of a write's time, what is kept for its answer: with less it is not sent, as its outcome would likely stay unknown.
_SHARE_FOR_ANSWER = 0.4


class Gateway:
    """One per process, on one event loop."""

    def __init__(self, transport: Transport, pacer: Pacer, config: HarvestConfig) -> None:
        self._transport = transport
        self._pacer = pacer
        self._config = config
        self._attempts = Attempts(pacer, config)
        self.token_work = self._attempts.token_work
        self.forward = Forwarder(transport, pacer, config, self._attempts).forward

    @classmethod
    def from_config(cls, config: HarvestConfig) -> Gateway:
        return cls(Transport(config), pacer_for(config), config)

    async def perform(
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
        credentials = None if source is None else await self._attempts.credentials(source, whole)
        for_answer = 0.0 if operation.is_repeatable else deadline * _SHARE_FOR_ANSWER
        left = whole.remaining - for_answer
        if for_answer and left <= 0:
            raise HarvestUnavailable("It took too long until this could be sent; it was not sent.", retry_after=1)
        longest = left if max_wait is None else min(left, max_wait + _SHORTEST_WAIT_SECONDS)
        call = Call(
            about=f"{operation.verb} {operation.path}",
            budget=operation.budget,
            source=source,
            lane=lane,
            meter=meter or BudgetMeter(),
            waiting=Deadline(longest),
            renewing=whole,
            credentials=credentials,
            is_paced=operation.host is Host.API and source is not None,
            is_repeatable=operation.is_repeatable,
        )
        exchange = _TypedExchange(operation, whole, self._transport, self._pacer, self._config)
        with cancelled_on_disconnect() if operation.is_repeatable else nullcontext():
            return await self._attempts.run(call, exchange)

    async def aclose(self) -> None:
        """Let renewals under way come to their end, then close every connection."""
        await self._attempts.aclose()
        await self._pacer.aclose()
        await self._transport.aclose()


@dataclass(frozen=True, slots=True)
class _TypedExchange(Generic[T]):
    """One request of an operation, and its answer read into a record."""

    operation: Operation[T]
    deadline: Deadline
    transport: Transport
    pacer: Pacer
    config: HarvestConfig

    async def once(self, call: Call, attempt: Attempt) -> T:
        operation = self.operation
        request = outgoing(operation, call.credentials, self.config)
        # Once sent, a token grant is waited for beyond the deadline, which bounds only when attempts begin.
        timeout = self.deadline.remaining if call.is_paced else request.longest or self.deadline.remaining
        answer = await self.transport.fetch(request, attempt.flight, timeout=timeout)
        attempt.status = answer.status
        if 200 <= answer.status < 300:
            call.meter.status = answer.status
            return operation.read(decoded(answer, operation.decoded_as))
        window = self.pacer.window(operation.budget)
        raise error_from(answer, operation, window=window, secrets=self._secrets(call))

    def discard(self) -> None:
        """Nothing is held: the answer was read whole."""

    def _secrets(self, call: Call) -> list[str]:
        """What must not be repeated from an error page that echoes our request."""
        ours = [self.config.client_secret] + ([call.credentials.access_token] if call.credentials else [])
        theirs = self.operation.fields if self.operation.auth is Auth.CLIENT else {}
        return ours + [theirs[name] for name in ("code", "refresh_token") if name in theirs]
