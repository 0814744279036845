"""Maps failures of the database, Redis or the disk to 503s with codes of their own."""

from __future__ import annotations

import errno
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

import django.db
import structlog
from django.conf import settings

from harvest_bridge.errors import BridgeError
from harvest_bridge.lazy_modules import loaded_class

log = structlog.get_logger(__name__)

T = TypeVar("T")

_BUSY_SQLITE = {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}
# What a file system without room may answer instead of saying so.
_UNUSABLE_SQLITE = {sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY}
_FULL_POSTGRES = "53100"
_BUSY_POSTGRES = {"40001", "40P01", "55P03", "57014"}  # serialization, deadlock, lock and statement time-outs
_AWAY_POSTGRES = ("08", "53", "57", "58", "25006")  # connection, resources, operator, system; a standby's refusal
_FULL_ERRNO = {errno.ENOSPC, errno.EDQUOT}
_LEAST_FREE_BYTES = 64 * 1024


class DatabaseUnavailable(BridgeError):
    """No connection to the database, or none that answers."""

    status = 503
    code = "database_unavailable"


class DatabaseBusy(BridgeError):
    """Somebody else has held the lock that a write needs for too long."""

    status = 503
    code = "database_busy"


class CacheUnavailable(BridgeError):
    """Redis is away, or takes no writes."""

    status = 503
    code = "cache_unavailable"


class StorageFull(BridgeError):
    """There is no room left to write; what was begun was undone."""

    status = 503
    code = "storage_full"


def outages(*more: type[Exception]) -> tuple[type[Exception], ...]:
    """For `except`: what the drivers in use raise, the operating system, and `more`."""
    of_servers = (*loaded_class("psycopg", "Error"), *loaded_class("redis", "RedisError"))
    return (django.db.Error, sqlite3.Error, OSError, *of_servers, *more)


def outage_of(error: BaseException | None) -> BridgeError | None:
    """What callers are told of `error`; None if it is a bug and not an outage."""
    for cause in _causes(error):
        if kind := _kind_of(cause):
            log.warning("an outage was met", code=kind.code, reason=type(cause).__name__)
            return kind(WORDS[kind], retry_after=30 if kind is StorageFull else 2)
    return None


def best_effort(work: Callable[[], T]) -> T | None:
    """What `work` gives; None, and a line in the log, where an outage or a refusal is in its way.

    For what stands beside a deed that is done: its failure must not be told as the deed's.
    """
    try:
        return work()
    except outages(BridgeError) as error:
        known = error if isinstance(error, BridgeError) else outage_of(error)
        if known is None:
            raise
        log.warning("done without", code=known.code)
        return None


@contextmanager
def log_and_continue(log: Any, event: str, **context: object) -> Iterator[None]:
    """For one turn of a thread that must go on: a fault is logged as `event` with its traceback, an outage as such."""
    try:
        yield
    except outages() as error:
        if outage_of(error) is None:
            log.exception(event, **context)
    except Exception:
        log.exception(event, **context)


WORDS: dict[type[BridgeError], str] = {
    DatabaseUnavailable: "The bridge's database cannot be reached at the moment; try again.",
    DatabaseBusy: "The bridge's database is busy with another write; try again.",
    CacheUnavailable: "Redis, which the bridge needs for this, cannot be reached at the moment; try again.",
    StorageFull: "The bridge has no room left to write; its operator must make some.",
}


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    """From the inmost out: the driver's own error says most."""
    if error is not None:
        yield from _causes(error.__cause__)
        yield error


def _kind_of(error: BaseException) -> type[BridgeError] | None:
    match error:
        case sqlite3.Error():
            return _of_sqlite(getattr(error, "sqlite_errorcode", 0) & 0xFF)
        case OSError():
            return StorageFull if error.errno in _FULL_ERRNO else None
    if isinstance(error, loaded_class("psycopg", "Error")):
        return _of_postgres(error)
    return CacheUnavailable if isinstance(error, loaded_class("redis", "RedisError")) else None


def _of_sqlite(code: int) -> type[BridgeError] | None:
    if code in _BUSY_SQLITE:
        return DatabaseBusy
    if code == sqlite3.SQLITE_FULL:
        return StorageFull
    if code in _UNUSABLE_SQLITE:
        return StorageFull if _is_disk_full() else DatabaseUnavailable
    return None


def _of_postgres(error: Any) -> type[BridgeError] | None:
    state = error.sqlstate
    if state == _FULL_POSTGRES:
        return StorageFull
    if state in _BUSY_POSTGRES:
        return DatabaseBusy
    is_away = (
        state.startswith(_AWAY_POSTGRES) if state else isinstance(error, loaded_class("psycopg", "OperationalError"))
    )
    return DatabaseUnavailable if is_away or "closed" in str(error) else None


def _is_disk_full() -> bool:
    try:
        return shutil.disk_usage(settings.VAR_DIR).free < _LEAST_FREE_BYTES
    except OSError:
        return False
