"""Locks across processes, held as long as the holder lives. Waiting for one holds no database connection.

On PostgreSQL all locks of a process are session-level advisory locks of one connection of its own
(`advisory_locks.py`), outside Django's pool; on SQLite, which is one machine, each is a lock on a file. The database or
the kernel lets go of them when the holder's process dies, and the database also when its host is no longer heard of.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol

from django.db import connection as database

from .file_locks import FileLocks


class _Kind(Protocol):
    """Where locks of this process are seen by other processes."""

    def acquire(self, name: str) -> bool: ...

    def is_held(self, name: str) -> bool: ...

    def release(self, name: str) -> None: ...

    def close(self) -> None: ...


class _Process:
    """The locks that this process holds. One thread's lock is no other thread's, although they share the process."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._held: set[str] = set()
        self._kind: _Kind | None = None
        self._left_behind: list[object] = []
        os.register_at_fork(after_in_child=self._start_afresh)

    def acquire(self, name: str) -> bool:
        with self._guard:
            if name in self._held:
                return False
            self._held.add(name)
            kind = self._kind = self._kind or self._new_kind()
        is_ours = False
        try:
            is_ours = kind.acquire(name)
        finally:
            if not is_ours:
                self._held.discard(name)
        return is_ours

    def is_held(self, name: str) -> bool:
        """For whoever acquired it and holds it for long. Errors: OperationalError while the database is away."""
        return name in self._held and self._kind is not None and self._kind.is_held(name)

    def release(self, name: str) -> None:
        if self._kind is not None:
            self._kind.release(name)
        self._held.discard(name)

    def close(self) -> None:
        """Let go of everything, and of the database connection, if there is one."""
        with self._guard:
            kind, self._kind = self._kind, None
            self._held.clear()
        if kind is not None:
            kind.close()

    def _new_kind(self) -> _Kind:
        if database.vendor != "postgresql":
            return FileLocks()
        from .advisory_locks import AdvisoryLocks

        return AdvisoryLocks()

    def _start_afresh(self) -> None:
        """In the child after a fork: the parent's locks, and its connection, are the parent's to close."""
        self._left_behind.append(self._kind)
        self._guard, self._held, self._kind = threading.Lock(), set(), None


_process = _Process()
acquire = _process.acquire
is_held = _process.is_held
release = _process.release
close = _process.close


@contextmanager
def try_lock(name: str) -> Iterator[bool]:
    """Yields whether we hold `name` now; never waits for another holder. Errors: django.db.OperationalError."""
    is_held = acquire(name)
    try:
        yield is_held
    finally:
        if is_held:
            release(name)
