"""Tells whether anything changed that a remembered look-up rests on. Asked before each request, so it is cheap.

The database is asked and not Redis, also where there is one: Redis learns of a revocation after the commit, and not at
all when the process that revoked dies in between or somebody works with SQL. So whatever was committed holds from the
next request on, whoever committed it.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import socket
import sqlite3
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol
from uuid import UUID

from django.db import connection as database
from django.db.models import Model

from harvest_bridge.errors import BridgeError
from harvest_bridge.lazy_modules import lazy_module

if TYPE_CHECKING:
    import psycopg
else:
    psycopg = lazy_module("psycopg")

MOST_REMEMBERED = 10_000
_MAX_WAIT_SECONDS = 1.5
_UNWATCHED = frozenset({"last_used_at", "last_seen_at"})  # written beside requests, and no reason to look up anew

Rows = list[tuple[Any, ...]]


class AccessUnchecked(BridgeError):
    """The database is away: whether this caller may still do this cannot be told, so they may not."""

    status = 503
    code = "access_unchecked"


class Question(NamedTuple):
    """Which rows a look-up rests on.

    Shape: `sql` selects the id of what the caller's token opens (null where it opens nothing), then the id of a
    connection or null, then the rows' versions.
    """

    sql: str
    values: tuple[str | int | UUID, ...]


class CacheVersions(Protocol):
    """Two equal answers to a question: none of its rows was changed between them."""

    async def of(self, question: Question) -> Rows | None:
        """None where the database cannot be asked now. Errors: AccessUnchecked."""
        ...

    async def aclose(self) -> None: ...


def row_version(model: type[Model], alias: str) -> str:
    """SQL for everything in a row but when it was last used."""
    columns = [field.column for field in model._meta.concrete_fields if field.name not in _UNWATCHED]
    listed = ", ".join(f'{alias}."{column}"' for column in columns)
    return f"md5(ROW({listed})::text)" if database.vendor == "postgresql" else listed


def opens(rows: Rows | None) -> bool:
    """Whether the token opens anything, so that there is something to remember."""
    return rows is not None and bool(rows) and rows[0][0] is not None


class SqliteCacheVersions:
    """`PRAGMA data_version` moves with every commit of any other connection; asking costs some three microseconds and
    no I/O. Only when it has moved are the rows read, which is not worth a thread either: readers wait for nobody.

    What opens nothing is not remembered, so that unknown tokens take no memory.
    """

    def __init__(self, path: str) -> None:
        self._path = path
        self._connection: sqlite3.Connection | None = None
        self.remembered: dict[Question, tuple[object, Rows]] = {}

    async def of(self, question: Question) -> Rows | None:
        try:
            return self._of(self._open(), question)
        except (sqlite3.Error, OverflowError):
            return None

    def _of(self, connection: sqlite3.Connection, question: Question) -> Rows:
        version = connection.execute("PRAGMA data_version").fetchone()
        known = self.remembered.get(question)
        if known is not None and known[0] == version:
            return known[1]
        given = [value.hex if isinstance(value, UUID) else value for value in question.values]
        rows = connection.execute(question.sql.replace("%s", "?"), given).fetchall()
        if not opens(rows):
            self.remembered.pop(question, None)
            return rows
        if len(self.remembered) >= MOST_REMEMBERED:
            self.remembered.clear()
        self.remembered[question] = (version, rows)
        return rows

    def _open(self) -> sqlite3.Connection:
        if self._connection is None:
            self._connection = sqlite3.connect(self._path, isolation_level=None, timeout=0)
        return self._connection

    async def aclose(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None


class PostgresCacheVersions:
    """The same rows by one prepared statement on a connection of its own."""

    def __init__(self) -> None:
        self._connection: psycopg.AsyncConnection[Any] | None = None
        self._turn = asyncio.Lock()

    async def aclose(self) -> None:
        if self._connection is not None:
            await self._connection.close()
            self._connection = None

    async def of(self, question: Question) -> Rows:
        async with self._turn:
            for is_last in (False, True):
                try:
                    async with asyncio.timeout(_MAX_WAIT_SECONDS):
                        connection = await self._open()
                    return await _fetched(connection, question)
                except (psycopg.Error, OSError, TimeoutError) as error:
                    await self._drop()
                    if is_last or isinstance(error, TimeoutError):
                        raise AccessUnchecked("The database does not answer; try again.", retry_after=1) from error
        raise AssertionError

    async def _open(self) -> psycopg.AsyncConnection[Any]:
        if self._connection is None or self._connection.closed:
            given = database.settings_dict
            words = {"dbname": "NAME", "user": "USER", "password": "PASSWORD", "host": "HOST", "port": "PORT"}
            named = {word: given[name] for word, name in words.items() if given[name]}
            self._connection = await psycopg.AsyncConnection.connect(**named, autocommit=True)
        return self._connection

    async def _drop(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            with contextlib.suppress(psycopg.Error, OSError):
                await connection.close()


async def _fetched(connection: psycopg.AsyncConnection[Any], question: Question) -> Rows:
    """Errors: TimeoutError. It cancels nothing, because psycopg would then wait for the silent server to agree."""

    async def rows() -> Rows:
        return await (await connection.execute(question.sql.encode(), question.values)).fetchall()

    task = asyncio.ensure_future(rows())
    task.add_done_callback(lambda done: done.cancelled() or done.exception())
    done, _ = await asyncio.wait({task}, timeout=_MAX_WAIT_SECONDS)
    if done:
        return task.result()
    with socket.socket(fileno=os.dup(connection.pgconn.socket)) as line:
        line.shutdown(socket.SHUT_RDWR)
    await asyncio.wait({task})
    raise TimeoutError


def cache_versions() -> CacheVersions:
    return (
        PostgresCacheVersions()
        if database.vendor == "postgresql"
        else SqliteCacheVersions(str(database.settings_dict["NAME"]))
    )
