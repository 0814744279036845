"""Looks at what runs in Harvest for open pages, and tells them what changed there.

One call shows an account connection's people all at once; it is made every few seconds while somebody watches, by one
web process of all (`turns`), and the others take what it found from the cache. Nobody watches, nobody looks.
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
from timer_widget import news, shared_looks, state
from timer_widget.access import Harvest
from timer_widget.errors import MustLinkAgain, passes_with_time
from timer_widget.live.hub import hub
from timer_widget.queries import known_state, looked_at_state, state_after_look, unread_state
from timer_widget.shared_looks import Look, LookNote, Scope

from .turns import take_turn
from .watched import Watched, Watcher

log = structlog.get_logger(__name__)

TICK_SECONDS = 1.0
LOOKS_IN_A_TICK = 25
_AT_ONCE = 8
_TIMEOUT_SECONDS = 8.0
_FAILURES_TOLD = 2
_LONGEST_PAUSE_SECONDS = 60.0


class Looker:
    """One per process."""

    def __init__(self, people: Callable[[], set[int]]) -> None:
        self._people = people
        self.watched = Watched()
        self._guard = threading.Lock()
        self._busy: set[Scope] = set()
        self._due: dict[Scope, float] = {}
        self._shown: dict[Scope, datetime] = {}  # the moment of the look that was shown last

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """While this process serves."""
        pool = ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="timer-look")
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
            if people or self.watched.watchers:
                await asyncio.get_running_loop().run_in_executor(pool, _safely, partial(self._tick, people, pool))

    def _tick(self, people: set[int], pool: ThreadPoolExecutor) -> None:
        for watcher in self.watched.follow(people):
            pool.submit(_safely, partial(_tell_again, watcher))
        for scope in self._due_scopes():
            self._busy.add(scope)
            pool.submit(_safely, partial(self._look, scope))

    def _due_scopes(self) -> list[Scope]:
        """The longest due first. One for everybody is looked into each time, as another process may have looked."""
        now, scopes = time.monotonic(), self.watched.scopes()
        for gone in (self._due.keys() | self._shown.keys()) - scopes:
            self._due.pop(gone, None), self._shown.pop(gone, None)
        due = [each for each in scopes - self._busy if each.user_id is None or self._due.get(each, 0.0) <= now]
        return sorted(due, key=lambda each: self._due.get(each, 0.0))[:LOOKS_IN_A_TICK]

    def _look(self, scope: Scope) -> None:
        try:
            self._look_once(scope)
        finally:
            self._busy.discard(scope)

    def _look_once(self, scope: Scope) -> None:
        note = shared_looks.note_of(scope)
        if note.moment is not None and note.moment != self._shown.get(scope):
            found = shared_looks.known(scope)
            if found is not None:
                self._show(scope, found)
        if note.failures >= _FAILURES_TOLD:
            self._show_unread(scope)
        if self._due.get(scope, 0.0) <= time.monotonic() and not _is_fresh(note):
            self._ask(scope, note)

    def _ask(self, scope: Scope, note: LookNote) -> None:
        connection = Connection.objects.select_related("host_app").filter(pk=scope.connection_id).first()
        if connection is None or connection.status != Status.ACTIVE or connection.disconnected_at is not None:
            self.watched.find_again(scope)
            return
        if not take_turn(scope, connection):
            self._due[scope] = time.monotonic()
            return
        self._due[scope] = time.monotonic() + settings.TIMER_LOOK_SECONDS
        try:
            look = shared_looks.read(_reader(connection, scope), scope)
        except MustLinkAgain:
            self.watched.find_again(scope)
        except BridgeError as error:
            self._failed(scope, note, error)
        else:
            self._show(scope, look) if look is not None else self.watched.find_again(scope)

    def _failed(self, scope: Scope, note: LookNote, error: BridgeError) -> None:
        """A page hears of it once two looks in a row have failed; one that is refused for what it is comes seldom."""
        if not passes_with_time(error):
            self._due[scope] = time.monotonic() + _LONGEST_PAUSE_SECONDS
            return
        pause = max(settings.TIMER_LOOK_SECONDS, min(error.retry_after or 0, _LONGEST_PAUSE_SECONDS))
        self._due[scope] = time.monotonic() + pause
        failures = note.failures + 1
        shared_looks.keep_note(scope, LookNote(note.moment, failures))
        if failures >= _FAILURES_TOLD:
            self._show_unread(scope)

    def _show(self, scope: Scope, look: Look) -> None:
        for watcher in self.watched.of(scope):
            _safely(partial(_show_to, watcher, look))
        self._shown[scope] = look.moment

    def _show_unread(self, scope: Scope) -> None:
        for watcher in self.watched.of(scope):
            if not watcher.is_told_unread:
                watcher.is_told_unread = True
                news.tell(watcher.person, unread_state(watcher.person, watcher.access))


def _show_to(watcher: Watcher, look: Look) -> None:
    """Costs nothing where the look says what the last one said."""
    entry = look.entries.get(watcher.access.user_id)
    said = json.dumps(state.shown_running(entry, is_ours=True))
    if watcher.is_told_unread:
        news.tell(watcher.person, known_state(watcher.person, watcher.access, look))
        watcher.is_told_unread, watcher.seen = False, said
    if watcher.seen == said:
        return
    counts, told = state_after_look(watcher.person, watcher.access, look)
    if told is not None:
        news.tell(watcher.person, told)
    if counts:
        watcher.seen = said


def _tell_again(watcher: Watcher) -> None:
    """Linked, disconnected, matched to somebody else: what their pages show is no longer theirs to see."""
    news.tell(watcher.person, looked_at_state(watcher.person))


def _is_fresh(note: LookNote) -> bool:
    return note.moment is not None and (timezone.now() - note.moment).total_seconds() < settings.TIMER_LOOK_SECONDS


def _reader(connection: Connection, scope: Scope) -> Harvest:
    user_id = scope.user_id or connection.harvest_user_id
    return Harvest(connection, user_id, timeout=_TIMEOUT_SECONDS, lane=Lane.API)


def _safely(act: Callable[[], None]) -> None:
    """Whatever is in the way, the next look may find it gone."""
    with log_and_continue(log, "a look was interrupted"):
        act()
    close_old_connections()


looker = Looker(hub.people)
