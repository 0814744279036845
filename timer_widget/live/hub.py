"""Publishes new timer states to open event streams, in this process and through Redis to others.

A state is encoded once for all pages of its person, and the sessions of many pages are looked at in one query before
anything is written to them. While somebody listens, the database is asked every second for states that other processes
have kept (`publishing`).
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager, suppress
from datetime import datetime, timedelta
from functools import cache, partial
from itertools import cycle
from typing import Any

import structlog
from django.conf import settings
from django.db import close_old_connections
from django.utils import timezone

from harvest_bridge.api.outages import best_effort
from harvest_bridge.api.stop_signals import on_stop_signal
from timer_widget.errors import TooManyCalls
from timer_widget.models import Person, PersonState

from .open_stream import News, OpenStream
from .session_checks import alive_among

log = structlog.get_logger(__name__)

STREAMS_OF_ONE_PERSON = 20
STREAMS_IN_ALL = 5000
HEARTBEAT_SECONDS = 8.0
LOOK_EVERY_SECONDS = 0.7
_CLOCKS_APART = timedelta(seconds=5)
_CHANNEL = "timer-state"
_TURNS = 16


def kept_since(moment: datetime, known: Mapping[int, int]) -> list[tuple[int, int, Any]]:
    """The newest state of those people whose state was told since then, where its version is above the known one."""
    try:
        rows = PersonState.objects.filter(changed_at__gte=moment)
        told = rows.values_list("person_id", "version")
        newer = [person_id for person_id, version in told if version > known.get(person_id, version)]
        found = PersonState.objects.filter(pk__in=newer) if newer else PersonState.objects.none()
        return list(found.values_list("person_id", "version", "state"))
    finally:
        close_old_connections()


def _looked(moment: datetime, known: Mapping[int, int]) -> list[tuple[int, int, Any]] | None:
    """None where it cannot be read: whatever is in the way, the next look may find it gone."""
    try:
        return best_effort(partial(kept_since, moment, known))
    except Exception:
        log.exception("new states were not looked for")
        return None


class Hub:
    """One per process."""

    def __init__(self) -> None:
        self._streams: dict[int, set[OpenStream]] = {}
        # By the turn in which each gets its sign of life; a new one joins the fewest, so that all turns cost alike.
        self._turns: list[set[OpenStream]] = [set() for _ in range(_TURNS)]
        self._news: dict[int, News] = {}  # not told yet
        self._telling: asyncio.Task[None] | None = None
        self._loop: asyncio.AbstractEventLoop | None = None

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """On this loop, until the process is told to end: open streams would keep the server waiting for ever."""
        self._loop = asyncio.get_running_loop()
        tasks = [asyncio.create_task(self._poll()), asyncio.create_task(self._show_life())]
        if settings.REDIS_URL:
            tasks.append(asyncio.create_task(self._listen()))
        try:
            with on_stop_signal(self._end_all):
                yield
        finally:
            self._loop = None
            for task in tasks:
                task.cancel()
                with suppress(asyncio.CancelledError):
                    await task

    @contextmanager
    def stream(self, person_id: int, token_hash: str) -> Iterator[OpenStream]:
        """Of a page with this session. Errors: TooManyCalls."""
        of_person = self._streams.get(person_id, ())
        if len(of_person) >= STREAMS_OF_ONE_PERSON or sum(map(len, self._turns)) >= STREAMS_IN_ALL:
            raise TooManyCalls("Too many pages follow the timer at once; this one asks now and then.", retry_after=30)
        stream, turn = OpenStream(token_hash), min(self._turns, key=len)
        self._streams.setdefault(person_id, set()).add(stream)
        turn.add(stream)
        try:
            yield stream
        finally:
            turn.discard(stream)
            self._streams[person_id].discard(stream)
            if not self._streams[person_id]:
                del self._streams[person_id]

    def people(self) -> set[int]:
        """Whose pages are open in this process; from any thread."""
        return {*tuple(self._streams)}

    def publish(self, person: Person, state: Any, *, version: int | None = None) -> None:
        """Tell every page of this person; from any thread. Without Redis other processes hear it by looking."""
        text = json.dumps(state)
        sent = f"{version or ''} {text}"
        if settings.REDIS_URL and best_effort(lambda: _redis().publish(f"{_CHANNEL}:{person.pk}", sent)) is not None:
            return
        if self._loop is not None:
            self._loop.call_soon_threadsafe(self._deliver, person.pk, News.of(version, text))

    def _deliver(self, person_id: int, news: News) -> None:
        waiting = self._news.get(person_id)
        if person_id in self._streams and (waiting is None or not news.is_older_than(waiting)):
            self._news[person_id] = news
            if self._telling is None:
                self._telling = asyncio.create_task(self._tell())

    async def _tell(self) -> None:
        """Of each person the newest. What comes while sessions are looked at goes out next, all together: so the more
        there is to tell, the less each costs."""
        try:
            while self._news:
                news, self._news = self._news, {}
                told = [(stream, news[each]) for each in news for stream in self._streams.get(each, ())]
                alive = await alive_among([stream for stream, _ in told])
                for stream, newest in told:
                    if alive is not None and stream.token_hash in alive:
                        stream.tell(newest)
                    else:
                        stream.end()
        finally:
            self._telling = None

    async def _show_life(self) -> None:
        """On each stream every HEARTBEAT_SECONDS, until its session has ended. It says nothing, so it may be given also
        while the database cannot tell."""
        loop = asyncio.get_running_loop()
        due = loop.time()
        for turn in cycle(self._turns):
            due = max(due + HEARTBEAT_SECONDS / _TURNS, loop.time())
            await asyncio.sleep(due - loop.time())
            streams = list(turn)
            alive = await alive_among(streams)
            for stream in streams:
                if alive is None or stream.token_hash in alive:
                    stream.show_life()
                else:
                    stream.end()

    async def _poll(self) -> None:
        """Asks for what was kept since the last look, a little further back for clocks that are apart."""
        since = timezone.now()
        while True:
            await asyncio.sleep(LOOK_EVERY_SECONDS)
            now = timezone.now()
            if not self._streams:
                since = now
                continue
            known = {person_id: min(each.newest for each in streams) for person_id, streams in self._streams.items()}
            found = await asyncio.to_thread(_looked, since - _CLOCKS_APART, known)
            if found is not None:
                since = now
                for person_id, version, state in found:
                    self._deliver(person_id, News.of(version, json.dumps(state)))

    def _end_all(self) -> None:
        for streams in self._streams.values():
            for stream in streams:
                stream.end()

    async def _listen(self) -> None:
        """Redis may go and come back; meanwhile pages ask now and then, as without a stream."""
        import redis.asyncio

        while True:
            try:
                async with redis.asyncio.from_url(settings.REDIS_URL, **_LISTENING) as client, client.pubsub() as heard:
                    await heard.psubscribe(f"{_CHANNEL}:*")
                    async for message in heard.listen():
                        if message["type"] == "pmessage":
                            person_id = int(message["channel"].decode().rpartition(":")[2])
                            version, _, text = message["data"].decode().partition(" ")
                            self._deliver(person_id, News.of(int(version) if version else None, text))
            except (redis.RedisError, OSError):
                await asyncio.sleep(1)


# Nothing may come for hours, so reads have no time-out: a lost host shows in the probes of the connection.
_LISTENING: dict[str, Any] = {"socket_connect_timeout": 2, "socket_keepalive": True, "health_check_interval": 15}
hub = Hub()


@cache
def _redis() -> Any:
    import redis
    from redis.backoff import NoBackoff
    from redis.retry import Retry

    bounds = {"socket_timeout": 1, "socket_connect_timeout": 1, "retry": Retry(NoBackoff(), 1)}
    return redis.Redis.from_url(settings.REDIS_URL, **bounds)
