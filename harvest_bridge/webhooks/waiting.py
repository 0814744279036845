"""Who waits for new events in this process: one look at the numbers for all of them, and no thread for any."""

from __future__ import annotations

import asyncio
from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, contextmanager
from uuid import UUID

from harvest_bridge.api.database_connections import let_go_of_database
from harvest_bridge.api.outages import OUTAGES, outage_of
from harvest_bridge.api.stop_signals import on_stop_signal

from .errors import TooManyPolls
from .models import EventCounter
from .numbering import number_events_of

MOST_OF_ONE_HOST = 100
MOST_IN_ALL = 2000
_LOOK_EVERY_SECONDS = 0.25
_THREADS = 4


class Waiting:
    """One per process. Shape: `readers` are the threads in which pages and numbers are read."""

    def __init__(self) -> None:
        self.readers = ThreadPoolExecutor(_THREADS, thread_name_prefix="event-pages")
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

    async def for_news(self, host_app_id: UUID, *, since: int, timeout: float) -> bool:
        """Whether the host app's events went beyond number `since` in time. Errors: TooManyPolls."""
        with self._waits(host_app_id):
            self._seen[host_app_id] = min(since, self._seen.get(host_app_id, since))
            if self._looking is None or self._looking.done():
                self._looking = asyncio.create_task(self._look())
            if self._is_ending:
                return False
            try:
                await asyncio.wait_for(self._news[host_app_id].wait(), timeout)
            except TimeoutError:
                return False
            return not self._is_ending

    @contextmanager
    def _waits(self, host_app_id: UUID) -> Iterator[None]:
        if self._count[host_app_id] >= MOST_OF_ONE_HOST or self._count.total() >= MOST_IN_ALL:
            raise TooManyPolls("Too many polls wait at once; leave out `wait`, or wait with fewer.", retry_after=5)
        self._count[host_app_id] += 1
        try:
            yield
        finally:
            self._count[host_app_id] -= 1
            if not self._count[host_app_id]:
                del self._count[host_app_id]
                self._news.pop(host_app_id, None)
                self._seen.pop(host_app_id, None)

    async def _look(self) -> None:
        """As long as anybody waits; an outage only makes news late."""
        while self._count:
            await asyncio.sleep(_LOOK_EVERY_SECONDS)
            try:
                newest = await asyncio.get_running_loop().run_in_executor(self.readers, _newest, list(self._count))
            except OUTAGES as error:
                if outage_of(error) is None:
                    raise
                continue
            for host_app_id, last in newest.items():
                if host_app_id in self._count and last > self._seen.get(host_app_id, last):
                    self._tell(host_app_id)

    def _tell(self, host_app_id: UUID) -> None:
        """Whoever waits now; whoever comes next waits for the next."""
        self._seen.pop(host_app_id, None)
        self._news.pop(host_app_id, asyncio.Event()).set()

    def _end_all(self) -> None:
        self._is_ending = True
        for host_app_id in list(self._news):
            self._tell(host_app_id)


def _newest(host_app_ids: list[UUID]) -> dict[UUID, int]:
    """Numbers what was committed meanwhile: there may be no worker, and none is needed for reading."""
    try:
        for host_app_id in host_app_ids:
            number_events_of(host_app_id)
        return dict(EventCounter.objects.filter(host_app__in=host_app_ids).values_list("host_app", "last"))
    finally:
        let_go_of_database()


waiting = Waiting()
