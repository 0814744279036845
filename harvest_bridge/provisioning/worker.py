"""The threads beside a worker's jobs that carry out runs. Workers share the runs by their claims."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import datetime

import structlog
from django.conf import settings
from django.db import close_old_connections
from django.utils import timezone

from harvest_bridge.api import locks
from harvest_bridge.api.outages import log_and_continue

from . import claims
from .crm import inbox
from .saga.work import work_on

log = structlog.get_logger(__name__)

_LOOK_EVERY_SECONDS = 0.25
_LOOK_FOR_THE_DEAD_EVERY = 8  # looks
_LONGEST_REST_SECONDS = 2.0
_LONGEST_END_SECONDS = 20.0


class ProvisioningThreads:
    """One set per process. The first of them looks after what other workers left behind."""

    def __init__(self, *, clock: Callable[[], datetime] = timezone.now) -> None:
        self.name = claims.worker_name()
        self._clock = clock
        self._is_over = threading.Event()
        self._may_be_more = threading.Event()
        self._threads: list[threading.Thread] = []

    def start(self, count: int | None = None) -> None:
        if not self._threads:
            for number in range(count or settings.PROVISIONING_THREADS):
                name = f"provisioning-{number}"
                thread = threading.Thread(target=self._run, args=(number,), name=name, daemon=True)
                self._threads.append(thread)
                thread.start()

    def stop(self) -> None:
        """What is under way ends after its session; whatever does not is taken over."""
        self._is_over.set()
        self._may_be_more.set()
        for thread in self._threads:
            thread.join(_LONGEST_END_SECONDS)
        if self._threads:
            locks.release(claims.lock_of(self.name))
        self._threads = []

    def _run(self, number: int) -> None:
        looks = 0
        while not self._is_over.is_set():
            is_well = False
            with log_and_continue(log, "a deal's work was interrupted"):
                if number == 0 and looks % _LOOK_FOR_THE_DEAD_EVERY == 0:
                    locks.acquire(claims.lock_of(self.name))
                    claims.take_over_from_the_dead(self.name)
                looks += 1
                if number == 0 and inbox.work_on_due(now=self._clock()):
                    self._may_be_more.set()
                if not self._work_on_one():
                    self._rest(number)
                is_well = True
            close_old_connections()
            if not is_well:
                self._is_over.wait(1)

    def _rest(self, number: int) -> None:
        """One thread looks for work, and the others when somebody found some."""
        if number == 0:
            self._is_over.wait(_LOOK_EVERY_SECONDS)
        elif self._may_be_more.wait(_LONGEST_REST_SECONDS) and not self._is_over.is_set():
            self._may_be_more.clear()

    def _work_on_one(self) -> bool:
        run = claims.claim(self.name, now=self._clock())
        if run is not None:
            self._may_be_more.set()
            work_on(run, clock=self._clock)
        return run is not None


provisioning_threads = ProvisioningThreads()
