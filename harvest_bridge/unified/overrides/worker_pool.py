"""The pool of worker processes: started on demand, reused, replaced when they die."""

from __future__ import annotations

import atexit
import os
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from .limits import WORKERS, WORKERS_PER_OWNER
from .worker_process import Worker


class NoWorkerFree(Exception):
    """All are busy, or as many as one owner may hold."""


class Pool:
    """At most `WORKERS` at once, and at most `WORKERS_PER_OWNER` for one owner, so that nobody starves the rest."""

    def __init__(self) -> None:
        self._idle: list[Worker] = []
        self._held: Counter[str] = Counter()
        self._changed = threading.Condition()

    @contextmanager
    def worker(self, owner: str, *, max_wait: float) -> Iterator[Worker]:
        """A child for one request; a dead one is not taken back. Errors: NoWorkerFree."""
        with self._changed:
            if not self._changed.wait_for(lambda: self._may_have(owner), timeout=max_wait):
                raise NoWorkerFree
            self._held[owner] += 1
            idle = self._idle.pop() if self._idle else None
        try:
            yield from self._lent(idle or Worker())
        finally:
            with self._changed:
                self._held[owner] -= 1
                self._held += Counter()  # drops what came to nothing
                self._changed.notify_all()

    def _lent(self, worker: Worker) -> Iterator[Worker]:
        """Taken back only where the request came to its end: what is left of another would answer the next caller."""
        try:
            yield worker
        except BaseException:
            worker.end()
            raise
        if worker.is_alive:
            with self._changed:
                self._idle.append(worker)

    def end(self) -> None:
        with self._changed:
            while self._idle:
                self._idle.pop().end()

    def _may_have(self, owner: str) -> bool:
        return self._held.total() < WORKERS and self._held[owner] < WORKERS_PER_OWNER


_pool = Pool()


def pool() -> Pool:
    return _pool


def _start_afresh() -> None:
    """A forked process must not talk to its parent's children: their answers would cross."""
    global _pool
    _pool = Pool()


os.register_at_fork(after_in_child=_start_afresh)
atexit.register(lambda: _pool.end())
