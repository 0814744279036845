"""Threads beside a worker's jobs: each claims one row of work after the other. Workers share rows by their claims."""

from __future__ import annotations

import threading
from abc import ABC, abstractmethod
from collections.abc import Callable
from datetime import datetime
from typing import Protocol

import structlog
from django.db import close_old_connections
from django.utils import timezone

from . import locks
from .outages import log_and_continue

log = structlog.get_logger(__name__)

_LOOK_EVERY_SECONDS = 0.25
_LOOK_FOR_THE_DEAD_EVERY = 8  # looks
_LONGEST_REST_SECONDS = 2.0
_LONGEST_END_SECONDS = 20.0


class Claims(Protocol):
    """Of the rows that are worked on: a module with these."""

    def worker_name(self) -> str: ...

    def lock_of(self, worker: str) -> str: ...

    def take_over_from_the_dead(self, worker: str) -> int: ...


class WorkerThreads(ABC):
    """One set per process. The first of them looks after what other workers left behind."""

    title: str
    claims: Claims

    def __init__(self, *, clock: Callable[[], datetime] = timezone.now) -> None:
        self.name = self.claims.worker_name()
        self.clock = clock
        self.is_over = threading.Event()
        self._may_be_more = threading.Event()
        self._threads: list[threading.Thread] = []

    @abstractmethod
    def count(self) -> int:
        """How many threads."""

    @abstractmethod
    def work_on_one(self) -> bool:
        """Claim what is due next, and work on it; whether there was something. Call `note_work` once it is claimed."""

    def look_around(self) -> bool:
        """What the first thread does before each of its looks; whether there is more work for the others now."""
        return False

    def note_work(self) -> None:
        """There may be more, for the threads that rest."""
        self._may_be_more.set()

    def start(self, count: int | None = None) -> None:
        if not self._threads:
            for number in range(count or self.count()):
                name = f"{self.title}-{number}"
                thread = threading.Thread(target=self._run, args=(number,), name=name, daemon=True)
                self._threads.append(thread)
                thread.start()

    def stop(self) -> None:
        """What is under way ends after its step; whatever does not is taken over."""
        self.is_over.set()
        self._may_be_more.set()
        for thread in self._threads:
            thread.join(_LONGEST_END_SECONDS)
        if self._threads:
            locks.release(self.claims.lock_of(self.name))
        self._threads = []

    def _run(self, number: int) -> None:
        looks = 0
        while not self.is_over.is_set():
            is_idle = is_well = False
            with log_and_continue(log, f"{self.title}: work was interrupted"):
                if number == 0:
                    self._look_for_the_dead(looks)
                    if self.look_around():
                        self.note_work()
                looks += 1
                is_idle = not self.work_on_one()
                is_well = True
            close_old_connections()  # before any rest: the pool has fewer connections than a worker has threads
            if not is_well:
                self.is_over.wait(1)
            elif is_idle:
                self._rest(number)

    def _look_for_the_dead(self, looks: int) -> None:
        if looks % _LOOK_FOR_THE_DEAD_EVERY == 0:
            locks.acquire(self.claims.lock_of(self.name))
            self.claims.take_over_from_the_dead(self.name)

    def _rest(self, number: int) -> None:
        """One thread looks for work, and the others when somebody found some."""
        if number == 0:
            self.is_over.wait(_LOOK_EVERY_SECONDS)
        elif self._may_be_more.wait(_LONGEST_REST_SECONDS) and not self.is_over.is_set():
            self._may_be_more.clear()
