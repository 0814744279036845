"""The loop that delivers: number what was committed, send what is due, write down what came of it.

One dispatcher delivers at a time in the whole installation (`worker.py`), so what is under way is known in memory and
nothing has to be claimed. A restart of the database takes its lock, which is asked for before anything is begun after
an outage, and every second. It may be killed at any moment: what it had not written down is due again, under the same
id. Each endpoint has a pace of its own, and no request waits for another.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import TypeVar
from uuid import UUID

import structlog
from django.db import connection as database
from django.utils import timezone

from harvest_bridge.api.outages import outage_of, outages
from harvest_bridge.crypto.errors import CannotOpen
from harvest_bridge.webhooks import services
from harvest_bridge.webhooks.delivery_totals import note_dispatcher
from harvest_bridge.webhooks.models import Endpoint
from harvest_bridge.webhooks.numbering import number_events

from .due import Job, due_endpoints, due_jobs
from .pace import Pace
from .recording import Result, record
from .sending import INTERNAL_ERROR, Answer, Sender

log = structlog.get_logger(__name__)

T = TypeVar("T")
LOOK_EVERY_SECONDS = 0.2
_GATHER_SECONDS = 0.02  # so that one transaction writes down many attempts
_AFTER_AN_OUTAGE_SECONDS = 1.0
_CHECK_HEALTH_SECONDS = 60.0
_CHECK_LOCK_SECONDS = 1.0
SEEN_EVERY_SECONDS = 10.0


class Dispatcher:
    """Shape: `clock` is that of schedules; signatures have the real time. It ends once it may not deliver."""

    def __init__(
        self,
        sender: Sender,
        *,
        clock: Callable[[], datetime] = timezone.now,
        may_deliver: Callable[[], bool] = lambda: True,
    ) -> None:
        self._sender, self._clock, self._may_deliver = sender, clock, may_deliver
        self._paces: dict[UUID, Pace] = {}
        self._resumed: dict[UUID, datetime] = {}
        self._results: list[Result] = []
        self._sending: set[asyncio.Task[None]] = set()
        self._rows = ThreadPoolExecutor(1, thread_name_prefix="webhook-rows")
        self._wake = asyncio.Event()
        self._is_stopping = False
        self._checked_at = self._lock_checked_at = self._seen_at = float("-inf")

    async def run(self) -> None:
        """Until `stop`; what is under way then may end, and is written down."""
        while not self._is_stopping:
            await self.turn()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._wake.wait(), LOOK_EVERY_SECONDS)
            self._wake.clear()
            await asyncio.sleep(_GATHER_SECONDS)
        await self.finish()

    def stop(self) -> None:
        """From the dispatcher's own loop."""
        self._is_stopping = True
        self._wake.set()

    async def turn(self) -> int:
        """One look at the rows; answers how many requests it began."""
        try:
            jobs = await self._in_rows_thread(self._step)
        except outages() as error:
            if outage_of(error) is None:
                raise
            await asyncio.sleep(_AFTER_AN_OUTAGE_SECONDS)
            return 0
        for job in jobs:
            task = asyncio.create_task(self._send(job))
            self._sending.add(task)
            task.add_done_callback(self._sending.discard)
        return len(jobs)

    async def finish(self) -> None:
        """Wait for what is under way, write it down, and let go of the database."""
        if self._sending:
            await asyncio.wait(self._sending)
        with contextlib.suppress(*outages()):
            await self._in_rows_thread(self._write_down)
        await self._in_rows_thread(lambda: database.close())
        self._rows.shutdown()

    async def _send(self, job: Job) -> None:
        at = self._clock()
        try:
            answer = await self._sender.send(job.endpoint.target_url, headers=job.headers, body=job.body)
        except Exception:  # else it would count as under way, and be sent by nobody
            log.exception("a delivery met an error of ours", webhook=str(job.endpoint.pk))
            answer = Answer(timedelta(), error=INTERNAL_ERROR)
        self._paces[job.endpoint.pk].note(is_success=answer.is_success)
        self._results.append(Result(job, answer, at))
        self._wake.set()

    async def _in_rows_thread(self, work: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._rows, work)

    # In the thread that has the database connection

    def _step(self) -> list[Job]:
        """Errors: those of an outage, after which whatever was not written down is still remembered."""
        try:
            database.close_if_unusable_or_obsolete()
            self._write_down()
            if not self._is_ours():
                return []
            now = self._clock()
            number_events(now=now)
            if time.monotonic() - self._checked_at > _CHECK_HEALTH_SECONDS:
                services.disable_those_that_fail(now=now)
                self._checked_at = time.monotonic()
            return self._chosen(now)
        except outages():
            self._lock_checked_at = float("-inf")
            database.close()
            raise

    def _chosen(self, now: datetime) -> list[Job]:
        """What is to be sent now, which counts as under way. After an error nothing of it does, as nobody sends it."""
        jobs: list[Job] = []
        try:
            for endpoint in due_endpoints(now=now):
                jobs += self._begin(endpoint, now)
            self._tell_health()
        except BaseException:
            for job in jobs:
                self._paces[job.endpoint.pk].in_flight.discard(job.delivery.pk)
            raise
        return jobs

    def _is_ours(self) -> bool:
        """Errors: those of an outage."""
        now = time.monotonic()
        if now - self._lock_checked_at > _CHECK_LOCK_SECONDS:
            self._is_stopping = self._is_stopping or not self._may_deliver()
            self._lock_checked_at = now
        return not self._is_stopping

    def _tell_health(self) -> None:
        """Once a turn has done all of its work: one that fails again and again is not at work."""
        if time.monotonic() - self._seen_at > SEEN_EVERY_SECONDS:
            note_dispatcher(now=timezone.now())
            self._seen_at = time.monotonic()

    def _write_down(self) -> None:
        results = self._results[:]
        if not results:
            return
        record(results, now=self._clock())
        del self._results[: len(results)]
        for result in results:
            self._paces[result.job.endpoint.pk].in_flight.discard(result.job.delivery.pk)

    def _begin(self, endpoint: Endpoint, now: datetime) -> Sequence[Job]:
        pace = self._pace_of(endpoint)
        room = pace.room(now=time.monotonic(), is_draining=endpoint.drain_through > 0)
        if not room:
            return []
        try:
            jobs = due_jobs(endpoint, now=now, room=room, in_flight=pace.in_flight)
        except CannotOpen as error:
            log.error("a webhook's secret cannot be opened", webhook=str(endpoint.pk), reason=error.message)
            return []
        if endpoint.drain_through and all(job.delivery.sequence > endpoint.drain_through for job in jobs):
            Endpoint.objects.filter(pk=endpoint.pk, drain_through=endpoint.drain_through).update(drain_through=0)
        for job in jobs:
            pace.begin(job.delivery.pk)
        return jobs

    def _pace_of(self, endpoint: Endpoint) -> Pace:
        """Resumed, it begins anew; what is under way is still under way."""
        pace = self._paces.setdefault(endpoint.pk, Pace())
        if self._resumed.setdefault(endpoint.pk, endpoint.status_changed_at) != endpoint.status_changed_at:
            self._resumed[endpoint.pk] = endpoint.status_changed_at
            self._paces[endpoint.pk] = pace = Pace(in_flight=pace.in_flight)
        return pace
