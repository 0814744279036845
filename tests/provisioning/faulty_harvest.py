"""A way to the sandbox that loses answers, throttles, fails, is late, and dies with its worker; and a journal."""

from __future__ import annotations

import random
import threading
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import msgspec

from harvest_bridge.connections.models import Connection
from harvest_bridge.harvest.errors import (
    HarvestForbidden,
    HarvestNotFound,
    HarvestOutcomeUnknown,
    HarvestRateLimited,
    HarvestRejected,
    HarvestUnavailable,
)
from harvest_bridge.harvest.operations import Operation
from harvest_bridge.sandbox.testing import RunningSandbox

_REFUSALS = {403: HarvestForbidden, 404: HarvestNotFound, 422: HarvestRejected}


class Killed(BaseException):
    """As by kill -9: nothing of ours runs any more, and nothing is written down."""


@dataclass
class Write:
    verb: str
    path: str
    body: Any


@dataclass
class FaultyHarvest:
    """Shape: `journal` has, by the deal that is worked on, the writes that Harvest carried out."""

    sandbox: RunningSandbox
    seed: int
    rate: float = 0.15
    journal: dict[str, list[Write]] = field(default_factory=lambda: defaultdict(list))
    counts: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    before_write: Callable[[str, Write], None] = lambda deal, write: None

    def __post_init__(self) -> None:
        self._random = random.Random(self.seed)
        self._late: list[tuple[str, Operation[Any]]] = []
        self._lock = threading.Lock()
        self.now = threading.local()

    def send(self, connection: Connection, operation: Operation[Any]) -> Any:
        """Errors: Killed; those of `calls.send`."""
        with self._lock:
            kind = self._fault(operation.verb != "GET")
        self.counts[kind or "none"] += 1
        match kind:
            case "throttled":
                raise HarvestRateLimited("Slow down.", retry_after=1, remote_status=429)
            case "away":
                raise HarvestUnavailable("Away.", remote_status=503)
            case "killed before":
                raise Killed
            case "never arrived":
                raise HarvestOutcomeUnknown("No answer.") from TimeoutError()
            case "late":
                with self._lock:
                    self._late.append((self.now.deal, operation))
                raise HarvestOutcomeUnknown("No answer.") from TimeoutError()
            case "late, killed":
                with self._lock:
                    self._late.append((self.now.deal, operation))
                raise Killed
        answer = self._carry_out(self.now.deal, operation)
        if kind == "answer lost":
            raise HarvestOutcomeUnknown("Connection lost.") from ConnectionResetError()
        if kind == "killed after":
            raise Killed
        return answer

    def arrive(self) -> None:
        """What was on its way arrives now: within the time in which nothing is sent a second time."""
        with self._lock:
            late, self._late = self._late, []
        for deal, operation in late:
            try:
                self._carry_out(deal, operation)
            except (HarvestForbidden, HarvestNotFound, HarvestRejected):
                self.counts["late and refused"] += 1

    def _fault(self, is_write: bool) -> str:
        if self._random.random() > self.rate:
            return ""
        of_any = ("throttled", "away", "killed before", "killed after")
        return self._random.choice(
            (*of_any, "never arrived", "late", "late, killed", "answer lost") if is_write else of_any
        )

    def _carry_out(self, deal: str, operation: Operation[Any]) -> Any:
        write = Write(operation.verb, operation.path, operation.body)
        if write.verb != "GET":
            self.before_write(deal, write)
        query = {name: value for name, value in operation.query.items() if value is not None}
        with self._lock:
            answer = self.sandbox.request(operation.verb, operation.path, params=query, json=operation.body)
        if answer.status_code >= 400:
            raise _REFUSALS[answer.status_code](answer.text, remote_status=answer.status_code)
        if write.verb != "GET":
            self.journal[deal].append(write)
        return operation.read(
            msgspec.json.decode(answer.content, type=operation.decoded_as) if answer.content else None
        )
