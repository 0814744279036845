"""Who waits for news in this process: one look at the numbers for all of them, and no thread for any."""

from __future__ import annotations

import asyncio
from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, contextmanager
from uuid import UUID

from harvest_bridge.api.database_connections import let_go_of_database
from harvest_bridge.api.outages import outage_of, outages
from harvest_bridge.api.stop_signals import on_stop_signal

from .errors import TooManyPolls
from .models import EventCounter
from .numbering import number_events_of

MOST_OF_ONE_HOST = 100
MOST_IN_ALL = 2000
_LOOK_EVERY_SECONDS = 0.25
_THREADS = 4


class Waiting:
    """One per process and kind of news. Shape: `readers` are the threads in which pages and numbers are read.

    `newest_of` gives the last number of each key: a host app's events, a mirror's changes.
    """

    def __init__(self, newest_of: Callable[[list[UUID]], dict[UUID, int]] | None = None) -> None:
        self.readers = ThreadPoolExecutor(_THREADS, thread_name_prefix="event-pages")
        self._newest_of = newest_of or _newest
        self._news: dict[UUID, asyncio.Event] = defaultdict(asyncio.Event)
        self._seen: dict[UUID, int] = {}
        self._count: Counter[UUID] = Counter()
        self._looking: asyncio.Task[None] | None = None
        self._is_ending = False

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """On this loop, until the process is told to end: polls that wait are answered then."""
        self._is_ending = False
        try:
            with on_stop_signal(self._end_all):
                yield
        finally:
            if self._looking is not None:
                self._looking.cancel()

    async def for_news(self, key: UUID, *, since: int, timeout: float) -> bool:
        """Whether the numbers of `key` went beyond `since` in time. Errors: TooManyPolls."""
        with self._waits(key):
            self._seen[key] = min(since, self._seen.get(key, since))
            if self._looking is None or self._looking.done():
                self._looking = asyncio.create_task(self._look())
            if self._is_ending:
                return False
            try:
                await asyncio.wait_for(self._news[key].wait(), timeout)
            except TimeoutError:
                return False
            return not self._is_ending

    @contextmanager
    def _waits(self, key: UUID) -> Iterator[None]:
        if self._count[key] >= MOST_OF_ONE_HOST or self._count.total() >= MOST_IN_ALL:
            raise TooManyPolls("Too many polls wait at once; leave out `wait`, or wait with fewer.", retry_after=5)
        self._count[key] += 1
        try:
            yield
        finally:
            self._count[key] -= 1
            if not self._count[key]:
                del self._count[key]
                self._news.pop(key, None)
                self._seen.pop(key, None)

    async def _look(self) -> None:
        """As long as anybody waits; an outage only makes news late."""
        while self._count:
            await asyncio.sleep(_LOOK_EVERY_SECONDS)
            try:
                newest = await asyncio.get_running_loop().run_in_executor(
                    self.readers, self._newest_of, list(self._count)
                )
            except outages() as error:
                if outage_of(error) is None:
                    raise
                continue
            for key, last in newest.items():
                if key in self._count and last > self._seen.get(key, last):
                    self._tell(key)

    def _tell(self, key: UUID) -> None:
        """Whoever waits now; whoever comes next waits for the next."""
        self._seen.pop(key, None)
        self._news.pop(key, asyncio.Event()).set()

    def _end_all(self) -> None:
        self._is_ending = True
        for key in list(self._news):
            self._tell(key)


def _newest(host_app_ids: list[UUID]) -> dict[UUID, int]:
    """Numbers what was committed meanwhile: there may be no worker, and none is needed for reading."""
    try:
        for host_app_id in host_app_ids:
            number_events_of(host_app_id)
        return dict(EventCounter.objects.filter(host_app__in=host_app_ids).values_list("host_app", "last"))
    finally:
        let_go_of_database()


waiting = Waiting()
