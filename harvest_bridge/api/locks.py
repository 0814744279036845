"""One holder at a time across processes, as long as the holder lives: no lease that could end under a slow answer.

On PostgreSQL a session-level advisory lock, which every machine respects; on SQLite, which is one machine, a lock on a
file. Both are let go by the database or the kernel when the holder's process dies, and by nobody else.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from django.conf import settings
from django.db import connection as database

_here = threading.local()


@contextmanager
def try_lock(name: str) -> Iterator[bool]:
    """Yields whether we hold `name` now; never waits."""
    with (_advisory_lock if database.vendor == "postgresql" else _file_lock)(_number(name)) as is_held:
        yield is_held


def let_go_of_database() -> None:
    """Give this thread's database connection back before a wait that may be long, so that others can have it.

    Not where it carries a transaction or one of our locks; on SQLite there is nobody to want it.
    """
    if database.vendor == "postgresql" and not database.in_atomic_block and not _held_here():
        database.close()


@contextmanager
def _advisory_lock(number: int) -> Iterator[bool]:
    with database.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [number])
        [is_held] = cursor.fetchone()
    _here.held = _held_here() + is_held
    try:
        yield is_held
    finally:
        _here.held -= is_held
        if is_held:
            with database.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s)", [number])


def _held_here() -> int:
    """How many locks this thread's database connection carries."""
    return getattr(_here, "held", 0)


@contextmanager
def _file_lock(number: int) -> Iterator[bool]:
    path = settings.VAR_DIR / "locks" / f"{number:x}.lock"
    path.parent.mkdir(exist_ok=True)
    with path.open("a") as file:
        is_held = _flock(file) and _is_still_at(file, path)
        try:
            yield is_held
        finally:
            if is_held:
                path.unlink()  # while we hold it; who opened it just before finds that it is gone, and holds nothing


def _flock(file: IO[str]) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def _is_still_at(file: IO[str], path: Path) -> bool:
    try:
        return path.stat().st_ino == os.fstat(file.fileno()).st_ino
    except FileNotFoundError:
        return False


def _number(name: str) -> int:
    """A signed 64-bit number, as PostgreSQL wants it."""
    return int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], signed=True)
