"""One look at what runs in a Harvest account, shared by everybody for whom its connection acts.

Hundreds of pages may watch on one administrator's connection, whose allowance their clicks need as well. Their own
questions are answered together, so where no page is open nobody looks.
"""

from __future__ import annotations

import threading
from collections import defaultdict
from datetime import datetime
from typing import Protocol, TypeVar
from uuid import UUID

from django.core.cache import caches
from django.utils import timezone

from harvest_bridge.api.outages import best_effort
from harvest_bridge.connections.models import Connection
from harvest_bridge.errors import BridgeError
from harvest_bridge.harvest.errors import HarvestUnavailable
from harvest_bridge.harvest.operations import Operation, list_time_entries
from harvest_bridge.harvest.records import TimeEntry

from .models import IntentStatus, Person

T = TypeVar("T")

SECONDS = 3
_PAGE = 2000
_LONGEST_TURN_SECONDS = 2.0
_locks: defaultdict[UUID, threading.Lock] = defaultdict(threading.Lock)
_Look = tuple[datetime, dict[int, TimeEntry]]


class AccountReader(Protocol):
    """What it takes to look: `queries.Harvest`."""

    @property
    def connection(self) -> Connection: ...

    @property
    def user_id(self) -> int: ...

    def send(self, operation: Operation[T]) -> T: ...

    def running_timer(self) -> TimeEntry | None: ...


def running_timer(person: Person, harvest: AccountReader) -> TimeEntry | None:
    """At most three seconds old, and never older than the person's last click.

    Errors: as `Harvest.running_timer`; HarvestUnavailable while somebody else's look goes on, or has failed just now.
    """
    look = _known(harvest)
    if look is None or _has_clicked_since(person, look[0]):
        look = _read_in_turn(harvest, look)
    return look[1].get(harvest.user_id) if look is not None else harvest.running_timer()


def _read_in_turn(harvest: AccountReader, stale: _Look | None) -> _Look | None:
    lock = _locks[harvest.connection.pk]
    if not lock.acquire(timeout=_LONGEST_TURN_SECONDS):
        raise HarvestUnavailable("Harvest takes long to say what runs.", retry_after=SECONDS)
    try:
        known = _known(harvest)
        return known if known is not None and known != stale else _read(harvest)
    finally:
        lock.release()


def _read(harvest: AccountReader) -> _Look | None:
    """None where a list of all cannot be had whole: then everybody looks alone."""
    now, failed = timezone.now(), f"{_key(harvest)}-failed"
    if best_effort(lambda: caches["answers"].get(failed)):
        raise HarvestUnavailable("Harvest could not say a moment ago what runs.", retry_after=SECONDS)
    try:
        page = harvest.send(list_time_entries(is_running=True, per_page=_PAGE))
    except BridgeError:
        best_effort(lambda: caches["answers"].set(failed, True, SECONDS))
        raise
    if page.unreadable or page.next is not None:
        return None
    look = (now, {entry.user.id: entry for entry in page.items if entry.user is not None})
    best_effort(lambda: caches["answers"].set(_key(harvest), look, SECONDS))
    return look


def _known(harvest: AccountReader) -> _Look | None:
    return best_effort(lambda: caches["answers"].get(_key(harvest)))


def _key(harvest: AccountReader) -> str:
    return f"harvest-running-{harvest.connection.pk}"


def _has_clicked_since(person: Person, moment: datetime) -> bool:
    return person.intents.filter(status=IntentStatus.DONE, settled_at__gte=moment).exists()
