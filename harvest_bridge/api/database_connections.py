"""Releases pooled database connections while a request waits for something else."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from django.db import connection as database

from .outages import best_effort

# A connection to SQLite is three open files, and one costs little to open: only many threads give theirs up.
_MOST_THREADS_WITH_FILES = 64


def let_go_of_database() -> None:
    """Give this thread's database connection back before a wait that may be long, so that others can have it.

    Not where it carries a transaction.
    """
    if not database.in_atomic_block and (database.vendor == "postgresql" or _are_files_scarce()):
        database.close()


def note(work: Callable[[], object]) -> None:
    """A write beside the request, such as when a key was last used: done without rather than waited for."""

    def at_once() -> None:
        with lock_timeout(milliseconds=100):
            work()

    best_effort(at_once)


@contextmanager
def lock_timeout(*, milliseconds: int) -> Iterator[None]:
    """On SQLite wait no longer than so for another writer's lock."""
    if database.vendor != "sqlite" or database.in_atomic_block:
        yield
        return
    database.ensure_connection()
    file = database.connection  # the driver's own: a setting needs none of what Django does for a query
    (usual,) = file.execute("PRAGMA busy_timeout").fetchone()
    file.execute(f"PRAGMA busy_timeout = {milliseconds}")
    try:
        yield
    finally:
        if database.connection is file:
            file.execute(f"PRAGMA busy_timeout = {usual}")


def _are_files_scarce() -> bool:
    return threading.active_count() > _MOST_THREADS_WITH_FILES
