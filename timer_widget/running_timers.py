"""The running timers in Harvest, read once for everybody who is shown them, and cached briefly for all processes.

An account connection sees everybody's running timers in one call, so hundreds of pages cost no more than one; the
budget is needed for their clicks. A personal connection reads only its owner's timer.
"""

from __future__ import annotations

import threading
from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple, Protocol, TypeVar
from uuid import UUID

from django.conf import settings
from django.core.cache import caches
from django.utils import timezone

from harvest_bridge.api.outages import best_effort
from harvest_bridge.connections.models import Connection
from harvest_bridge.errors import BridgeError
from harvest_bridge.harvest.errors import HarvestMalformed, HarvestUnavailable
from harvest_bridge.harvest.operations import Operation, list_time_entries
from harvest_bridge.harvest.records import TimeEntry

T = TypeVar("T")

# How old the state may be that a page gets when it asks.
FRESH_FOR = timedelta(seconds=3)
_PAGE = 2000
_LONGEST_WAIT_SECONDS = 2.0
_FAILED_SECONDS = 3
_IN_PARTS_SECONDS = 600
_STATUS_SECONDS = 60
_locks: defaultdict[str, threading.Lock] = defaultdict(threading.Lock)


class Scope(NamedTuple):
    """What one poll reads: the timers of everybody in the account of a connection, or that of one user."""

    connection_id: UUID
    user_id: int | None

    def key(self, what: str) -> str:
        return f"harvest-{what}-{self.connection_id}-{self.user_id or 'all'}"


@dataclass(frozen=True)
class RunningTimers:
    """Shape: `entries` by Harvest user id; whoever is missing runs no timer. `moment` is before Harvest was asked."""

    moment: datetime
    entries: dict[int, TimeEntry]


class PollStatus(NamedTuple):
    """When the latest poll succeeded, and how many have failed since."""

    moment: datetime | None = None
    failures: int = 0


class AccountReader(Protocol):
    """What reading takes: `access.Harvest`."""

    @property
    def connection(self) -> Connection: ...

    @property
    def user_id(self) -> int: ...

    @property
    def acts_for_another(self) -> bool: ...

    def call(self, operation: Operation[T]) -> T: ...


def max_age() -> timedelta:
    """How old polled timers may be for a page that is opened."""
    return max(2 * timedelta(seconds=settings.TIMER_LOOK_SECONDS), FRESH_FOR)


def scope_for(connection: Connection, user_id: int, *, is_account: bool) -> Scope:
    """Everybody through an account connection, or one user if Harvest's list of all does not fit one page."""
    everybody = Scope(connection.pk, None)
    if is_account and not best_effort(lambda: caches["answers"].get(everybody.key("in-parts"))):
        return everybody
    return Scope(connection.pk, user_id)


def get_or_read(harvest: AccountReader, *, newer_than: datetime) -> RunningTimers:
    """The cached timers if they are newer than that, else read now; one read at a time for an account.

    Errors: HarvestUnavailable while another read is under way, or failed a moment ago; those of `call`.
    """
    scope = scope_for(harvest.connection, harvest.user_id, is_account=harvest.acts_for_another)
    found = cached(scope)
    if found is not None and found.moment > newer_than:
        return found
    if scope.user_id is not None:
        return read(harvest, scope) or _read_alone(harvest)
    lock = _locks[scope.key("running-timers")]
    if not lock.acquire(timeout=_LONGEST_WAIT_SECONDS):
        raise HarvestUnavailable("Harvest takes long to say what runs.", retry_after=_FAILED_SECONDS)
    try:
        found_meanwhile = cached(scope)
        if found_meanwhile is not None and found_meanwhile != found and found_meanwhile.moment > newer_than:
            return found_meanwhile
        _check_lately(scope)
        return read(harvest, scope) or _read_alone(harvest)
    finally:
        lock.release()


def read(harvest: AccountReader, scope: Scope) -> RunningTimers | None:
    """Read from Harvest and cache. None if Harvest's list of all does not fit one page: each person is then read alone.

    Errors: HarvestMalformed for a timer that cannot be read, which must not pass for none, and those of `call`.
    """
    moment = timezone.now()
    try:
        entries = _everybodys(harvest) if scope.user_id is None else _one_persons(harvest, scope.user_id)
    except BridgeError:
        best_effort(lambda: caches["answers"].set(scope.key("failed"), True, _FAILED_SECONDS))
        raise
    if entries is None:
        best_effort(lambda: caches["answers"].set(scope.key("in-parts"), True, _IN_PARTS_SECONDS))
        return None
    timers = RunningTimers(moment, entries)
    best_effort(lambda: caches["answers"].set(scope.key("running-timers"), timers, int(max_age().total_seconds())))
    save_poll_status(scope, PollStatus(moment))
    return timers


def _read_alone(harvest: AccountReader) -> RunningTimers:
    moment = timezone.now()
    return RunningTimers(moment, _one_persons(harvest, harvest.user_id))


def cached(scope: Scope) -> RunningTimers | None:
    return best_effort(lambda: caches["answers"].get(scope.key("running-timers")))


def poll_status(scope: Scope) -> PollStatus:
    return best_effort(lambda: caches["answers"].get(scope.key("poll-status"))) or PollStatus()


def save_poll_status(scope: Scope, status: PollStatus) -> None:
    best_effort(lambda: caches["answers"].set(scope.key("poll-status"), status, _STATUS_SECONDS))


def _everybodys(harvest: AccountReader) -> dict[int, TimeEntry] | None:
    page = harvest.call(list_time_entries(is_running=True, per_page=_PAGE))
    if page.unreadable or page.next is not None:
        return None
    return {entry.user.id: entry for entry in page.items if entry.user is not None}


def _one_persons(harvest: AccountReader, user_id: int) -> dict[int, TimeEntry]:
    page = harvest.call(list_time_entries(user_id=user_id, is_running=True, per_page=1))
    if page.unreadable:
        raise HarvestMalformed("Harvest sent a running timer that cannot be read.")
    return {user_id: page.items[0]} if page.items else {}


def _check_lately(scope: Scope) -> None:
    """Errors: HarvestUnavailable."""
    if best_effort(lambda: caches["answers"].get(scope.key("failed"))):
        raise HarvestUnavailable("Harvest could not say a moment ago what runs.", retry_after=_FAILED_SECONDS)
