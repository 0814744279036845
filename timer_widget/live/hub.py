"""Publishes new timer states to open event streams, in this process and through Redis to others.

Only the newest state waits for a slow reader: a state is whole, so an older one has nothing to add.
"""

from __future__ import annotations

import asyncio
import json
from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, contextmanager, suppress
from functools import cache
from typing import Any

import redis
import redis.asyncio
from django.conf import settings
from redis.backoff import NoBackoff
from redis.retry import Retry

from harvest_bridge.api.outages import best_effort
from harvest_bridge.api.stop_signals import on_stop_signal
from timer_widget.errors import TooManyCalls
from timer_widget.models import Person

STREAMS_OF_ONE_PERSON = 20
STREAMS_IN_ALL = 5000
_CHANNEL = "timer-state"
_ENDED = None


class Stream:
    """One reader. `get` answers the newest state as text, or None once the process ends."""

    def __init__(self) -> None:
        self._queue: asyncio.Queue[str | None] = asyncio.Queue(maxsize=1)

    def put(self, text: str | None) -> None:
        if self._queue.full():
            self._queue.get_nowait()
        self._queue.put_nowait(text)

    async def get(self) -> str | None:
        return await self._queue.get()


class Hub:
    """One per process."""

    def __init__(self) -> None:
        self._streams: dict[int, set[Stream]] = defaultdict(set)
        self._loop: asyncio.AbstractEventLoop | None = None

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """On this loop, until the process is told to end: open streams would keep the server waiting for ever."""
        self._loop = asyncio.get_running_loop()
        listening = asyncio.create_task(self._listen()) if settings.REDIS_URL else None
        try:
            with on_stop_signal(self._end_all):
                yield
        finally:
            self._loop = None
            if listening:
                listening.cancel()
                with suppress(asyncio.CancelledError):
                    await listening

    @contextmanager
    def stream(self, person_id: int) -> Any:
        """Errors: TooManyCalls."""
        of_person = self._streams[person_id]
        if len(of_person) >= STREAMS_OF_ONE_PERSON or sum(map(len, self._streams.values())) >= STREAMS_IN_ALL:
            raise TooManyCalls("Too many pages follow the timer at once; this one asks now and then.", retry_after=30)
        stream = Stream()
        of_person.add(stream)
        try:
            yield stream
        finally:
            of_person.discard(stream)
            if not of_person:
                self._streams.pop(person_id, None)

    def publish(self, person: Person, state: Any) -> None:
        """Tell every page of this person; from any thread. While Redis is away only those of this process hear it."""
        text = json.dumps(state)
        if settings.REDIS_URL and best_effort(lambda: _redis().publish(f"{_CHANNEL}:{person.pk}", text)) is not None:
            return
        if self._loop is not None:
            self._loop.call_soon_threadsafe(self._deliver, person.pk, text)

    def _deliver(self, person_id: int, text: str) -> None:
        for stream in self._streams.get(person_id, ()):
            stream.put(text)

    def _end_all(self) -> None:
        for streams in self._streams.values():
            for stream in streams:
                stream.put(_ENDED)

    async def _listen(self) -> None:
        """Redis may go and come back; meanwhile pages ask now and then, as without a stream."""
        while True:
            try:
                async with redis.asyncio.from_url(settings.REDIS_URL, **_LISTENING) as client, client.pubsub() as heard:
                    await heard.psubscribe(f"{_CHANNEL}:*")
                    async for message in heard.listen():
                        if message["type"] == "pmessage":
                            person_id = int(message["channel"].decode().rpartition(":")[2])
                            self._deliver(person_id, message["data"].decode())
            except (redis.RedisError, OSError):
                await asyncio.sleep(1)


# Nothing may come for hours, so reads have no time-out: a lost host shows in the probes of the connection.
_LISTENING: dict[str, Any] = {"socket_connect_timeout": 2, "socket_keepalive": True, "health_check_interval": 15}
hub = Hub()


@cache
def _redis() -> Any:
    bounds = {"socket_timeout": 1, "socket_connect_timeout": 1, "retry": Retry(NoBackoff(), 1)}
    return redis.Redis.from_url(settings.REDIS_URL, **bounds)
