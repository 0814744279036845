"""Polls Harvest's running timers for open pages, and pushes what changed to them.

One call reads the timers of all people of an account connection. One web process makes it every few seconds
(`leases`), the others take its result from the cache. Without open pages nothing is polled.
"""

from __future__ import annotations

import asyncio
import json
import threading
import time
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, suppress
from datetime import datetime
from functools import partial

import structlog
from django.conf import settings
from django.db import close_old_connections
from django.utils import timezone

from harvest_bridge.api.outages import log_and_continue
from harvest_bridge.connections.models import Connection, Status
from harvest_bridge.errors import BridgeError
from harvest_bridge.harvest.budgets import Lane
from timer_widget import running_timers, state
from timer_widget.access import Harvest
from timer_widget.errors import MustLinkAgain, passes_with_time
from timer_widget.live import publishing
from timer_widget.live.hub import hub
from timer_widget.queries import cached_state, change_from_poll, last_known_state, state_from_poll
from timer_widget.running_timers import PollStatus, RunningTimers, Scope

from .leases import acquire_lease
from .watchers import Watcher, Watchers

log = structlog.get_logger(__name__)

TICK_SECONDS = 1.0
POLLS_PER_TICK = 25
_AT_ONCE = 8
_TIMEOUT_SECONDS = 8.0
_FAILURES_TOLD = 2
_LONGEST_PAUSE_SECONDS = 60.0


class Poller:
    """One per process."""

    def __init__(self, people: Callable[[], set[int]]) -> None:
        self._people = people
        self.watchers = Watchers()
        self._guard = threading.Lock()
        self._busy: set[Scope] = set()
        self._due: dict[Scope, float] = {}
        self._shown: dict[Scope, datetime] = {}  # the moment of the timers shown last

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """While this process serves."""
        pool = ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="timer-poll")
        task = asyncio.create_task(self._run(pool))
        try:
            yield
        finally:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task
            pool.shutdown(wait=False, cancel_futures=True)

    async def _run(self, pool: ThreadPoolExecutor) -> None:
        while True:
            await asyncio.sleep(TICK_SECONDS)
            people = self._people()
            if people or self.watchers.by_person:
                await asyncio.get_running_loop().run_in_executor(pool, _safely, partial(self._tick, people, pool))

    def _tick(self, people: set[int], pool: ThreadPoolExecutor) -> None:
        for watcher in self.watchers.follow(people):
            pool.submit(_safely, partial(_tell_again, watcher))
        for scope in self._due_scopes():
            self._busy.add(scope)
            pool.submit(_safely, partial(self._poll, scope))

    def _due_scopes(self) -> list[Scope]:
        """The longest due first. Scopes of a whole account are always included, as another process may have polled."""
        now, scopes = time.monotonic(), self.watchers.scopes()
        for gone in (self._due.keys() | self._shown.keys()) - scopes:
            self._due.pop(gone, None), self._shown.pop(gone, None)
        due = [each for each in scopes - self._busy if each.user_id is None or self._due.get(each, 0.0) <= now]
        return sorted(due, key=lambda each: self._due.get(each, 0.0))[:POLLS_PER_TICK]

    def _poll(self, scope: Scope) -> None:
        try:
            self._poll_once(scope)
        finally:
            self._busy.discard(scope)

    def _poll_once(self, scope: Scope) -> None:
        status = running_timers.poll_status(scope)
        if status.moment is not None and status.moment != self._shown.get(scope):
            found = running_timers.cached(scope)
            if found is not None:
                self._show(scope, found)
        if status.failures >= _FAILURES_TOLD:
            self._show_unread(scope)
        if self._due.get(scope, 0.0) <= time.monotonic() and not _is_fresh(status):
            self._ask(scope, status)

    def _ask(self, scope: Scope, status: PollStatus) -> None:
        connection = Connection.objects.select_related("host_app").filter(pk=scope.connection_id).first()
        if connection is None or connection.status != Status.ACTIVE or connection.disconnected_at is not None:
            self.watchers.find_again(scope)
            return
        if not acquire_lease(scope, connection):
            self._due[scope] = time.monotonic()
            return
        self._due[scope] = time.monotonic() + settings.TIMER_LOOK_SECONDS
        try:
            timers = running_timers.read(_reader(connection, scope), scope)
        except MustLinkAgain:
            self.watchers.find_again(scope)
        except BridgeError as error:
            self._failed(scope, status, error)
        else:
            self._show(scope, timers) if timers is not None else self.watchers.find_again(scope)

    def _failed(self, scope: Scope, status: PollStatus, error: BridgeError) -> None:
        """Pages hear of it once two polls in a row have failed; after a permanent error polls are rare."""
        if not passes_with_time(error):
            self._due[scope] = time.monotonic() + _LONGEST_PAUSE_SECONDS
            return
        pause = max(settings.TIMER_LOOK_SECONDS, min(error.retry_after or 0, _LONGEST_PAUSE_SECONDS))
        self._due[scope] = time.monotonic() + pause
        failures = status.failures + 1
        running_timers.save_poll_status(scope, PollStatus(status.moment, failures))
        if failures >= _FAILURES_TOLD:
            self._show_unread(scope)

    def _show(self, scope: Scope, timers: RunningTimers) -> None:
        for watcher in self.watchers.of(scope):
            _safely(partial(_show_to, watcher, timers))
        self._shown[scope] = timers.moment

    def _show_unread(self, scope: Scope) -> None:
        for watcher in self.watchers.of(scope):
            if not watcher.is_told_unread:
                watcher.is_told_unread = True
                publishing.publish_state(watcher.person, last_known_state(watcher.person, watcher.access))


def _show_to(watcher: Watcher, timers: RunningTimers) -> None:
    """Does nothing if the timer is as it was in the last poll."""
    entry = timers.entries.get(watcher.access.user_id)
    said = json.dumps(state.serialize_running(entry, is_ours=True))
    if watcher.is_told_unread:
        publishing.publish_state(watcher.person, state_from_poll(watcher.person, watcher.access, timers))
        watcher.is_told_unread, watcher.seen = False, said
    if watcher.seen == said:
        return
    counts, told = change_from_poll(watcher.person, watcher.access, timers)
    if told is not None:
        publishing.publish_state(watcher.person, told)
    if counts:
        watcher.seen = said


def _tell_again(watcher: Watcher) -> None:
    """After linking, disconnecting or another match, pages must not keep showing what they showed before."""
    publishing.publish_state(watcher.person, cached_state(watcher.person))


def _is_fresh(status: PollStatus) -> bool:
    return status.moment is not None and (timezone.now() - status.moment).total_seconds() < settings.TIMER_LOOK_SECONDS


def _reader(connection: Connection, scope: Scope) -> Harvest:
    user_id = scope.user_id or connection.harvest_user_id
    return Harvest(connection, user_id, timeout=_TIMEOUT_SECONDS, lane=Lane.API)


def _safely(act: Callable[[], None]) -> None:
    """Errors are logged; the next poll tries again."""
    with log_and_continue(log, "a look was interrupted"):
        act()
    close_old_connections()


poller = Poller(hub.people)
