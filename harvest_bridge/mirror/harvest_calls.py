"""Harvest as a pass asks it: in the `sync` lane, the next page already under way while this one is written."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar

from django.db import connection as database
from django.utils import timezone

from harvest_bridge.connections import calls
from harvest_bridge.connections.models import Connection
from harvest_bridge.harvest.budgets import Budget, Lane
from harvest_bridge.harvest.operations import Operation

T = TypeVar("T")
R = TypeVar("R")
Send = Callable[[Connection, Operation[Any]], Any]


@dataclass(frozen=True)
class Read(Generic[T]):
    """An answer, and when it was asked for: what it says is no older than that."""

    value: T
    asked_at: datetime


# Reports share a small budget, whose next free place can be a quarter of an hour away.
_WAIT_FOR_REPORTS_SECONDS = 0.5


def send_in_sync_lane(connection: Connection, operation: Operation[Any]) -> Any:
    """Errors: those of `calls.send`; HarvestRateLimited at once where the budget for reports has no place now."""
    max_wait = _WAIT_FOR_REPORTS_SECONDS if operation.budget is Budget.REPORTS else None
    return calls.send(connection, operation, lane=Lane.SYNC, max_wait=max_wait)


class HarvestCalls:
    """The calls of one worker's thread for one connection, one after the other and one ahead."""

    def __init__(self, connection: Connection, *, send: Send = send_in_sync_lane) -> None:
        self._connection = connection
        self._send = send
        self._pool: ThreadPoolExecutor | None = None
        self._ahead: tuple[object, Future[Read[Any]]] | None = None

    def send(self, operation: Operation[T]) -> Read[T]:
        """Errors: those of `calls.send`."""
        return self.made_of(operation, lambda answer: answer)

    def made_of(self, operation: Operation[T], make: Callable[[T], R]) -> Read[R]:
        """What `make` makes of the answer; its errors and those of `calls.send`."""
        ahead = self._ahead
        if ahead is None or ahead[0] != _key(operation):
            return self._read(operation, make)
        self._ahead = None
        return ahead[1].result()

    def ahead(self, operation: Operation[T], make: Callable[[T], Any]) -> None:
        """Begin it now; `made_of` of the same call gets what came of it. Not in a transaction, which no other thread
        sees.
        """
        if database.in_atomic_block:
            return
        self._pool = self._pool or ThreadPoolExecutor(1, thread_name_prefix="mirror-ahead")
        self._ahead = (_key(operation), self._pool.submit(self._read_in_thread, operation, make))

    def close(self) -> None:
        if self._pool is not None:
            self._pool.shutdown(wait=True, cancel_futures=True)
        self._pool = self._ahead = None

    def _read(self, operation: Operation[T], make: Callable[[T], R]) -> Read[R]:
        asked_at = timezone.now()
        return Read(make(self._send(self._connection, operation)), asked_at)

    def _read_in_thread(self, operation: Operation[T], make: Callable[[T], R]) -> Read[R]:
        try:
            return self._read(operation, make)
        finally:
            database.close()


def _key(operation: Operation[Any]) -> object:
    return (operation.path, dict(operation.query))
