"""Publishes new timer states to open event streams, in this process and through Redis to others.

Only the newest state waits for a slow reader: a state is whole, so an older one has nothing to add. While somebody
listens, the database is asked every second for states that other processes have kept (`news`).
"""

from __future__ import annotations

import asyncio
import json
from collections import defaultdict
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, contextmanager, suppress
from datetime import datetime, timedelta
from functools import cache, partial
from typing import Any, NamedTuple

import structlog
from django.conf import settings
from django.db import close_old_connections
from django.utils import timezone

from harvest_bridge.api.outages import best_effort
from harvest_bridge.api.stop_signals import on_stop_signal
from timer_widget.errors import TooManyCalls
from timer_widget.models import Person, PersonState

log = structlog.get_logger(__name__)

STREAMS_OF_ONE_PERSON = 20
STREAMS_IN_ALL = 5000
LOOK_EVERY_SECONDS = 0.7
_CLOCKS_APART = timedelta(seconds=5)
_CHANNEL = "timer-state"
_ENDED = None


class News(NamedTuple):
    """A state as text. `version` rises for each person; None for one that could not be kept."""

    version: int | None
    text: str


class Stream:
    """One reader. `get` answers the newest state, or None once the process ends; `newest` is its version."""

    def __init__(self) -> None:
        self._queue: asyncio.Queue[News | None] = asyncio.Queue(maxsize=1)
        self.newest = 0

    def put(self, news: News | None) -> None:
        """A state that is no newer than the last one is none."""
        if news is not None and news.version is not None:
            if news.version <= self.newest:
                return
            self.newest = news.version
        if self._queue.full():
            self._queue.get_nowait()
        self._queue.put_nowait(news)

    async def get(self) -> News | None:
        return await self._queue.get()


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
        self._streams: dict[int, set[Stream]] = defaultdict(set)
        self._count = 0
        self._loop: asyncio.AbstractEventLoop | None = None

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """On this loop, until the process is told to end: open streams would keep the server waiting for ever."""
        self._loop = asyncio.get_running_loop()
        tasks = [asyncio.create_task(self._look())]
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
    def stream(self, person_id: int) -> Any:
        """Errors: TooManyCalls."""
        of_person = self._streams[person_id]
        if len(of_person) >= STREAMS_OF_ONE_PERSON or self._count >= STREAMS_IN_ALL:
            raise TooManyCalls("Too many pages follow the timer at once; this one asks now and then.", retry_after=30)
        stream = Stream()
        of_person.add(stream)
        self._count += 1
        try:
            yield stream
        finally:
            self._count -= 1
            of_person.discard(stream)
            if not of_person:
                self._streams.pop(person_id, None)

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
            self._loop.call_soon_threadsafe(self._deliver, person.pk, News(version, text))

    def _deliver(self, person_id: int, news: News) -> None:
        for stream in self._streams.get(person_id, ()):
            stream.put(news)

    async def _look(self) -> None:
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
                    self._deliver(person_id, News(version, json.dumps(state)))

    def _end_all(self) -> None:
        for streams in self._streams.values():
            for stream in streams:
                stream.put(_ENDED)

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
                            self._deliver(person_id, News(int(version) if version else None, text))
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
