"""Versions of cached admissions, read before each request in one cheap statement.

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
from typing import Any, Protocol
from uuid import UUID

import psycopg
from django.db import connection as database

from harvest_bridge.connections.models import Connection, IntegratedAccountToken
from harvest_bridge.connections.services import ACCOUNT_TOKEN_PREFIX
from harvest_bridge.errors import BridgeError
from harvest_bridge.hosts.models import ApiKey

from .account_selection import CacheKey, Credential

MOST_REMEMBERED = 10_000
_PATIENCE_SECONDS = 1.5

_OURS = "c.id, c.kind, c.status, c.grant_id, c.token_generation, c.access_token_expires_at, c.rights"
_TABLES = {"k": ApiKey._meta.db_table, "c": Connection._meta.db_table, "t": IntegratedAccountToken._meta.db_table}
# All that an admission rests on. The name of the column is left to be filled in.
_OF_KEY = """
SELECT k.host_app_id, k.scopes, k.revoked_at, k.expires_at, {ours} FROM {k} k LEFT JOIN {c} c
ON c.host_app_id = k.host_app_id AND c.{{column}} = %s AND c.disconnected_at IS NULL
WHERE k.key_hash = %s ORDER BY c.id
""".format(ours=_OURS, **_TABLES)
_OF_HOLDER = """
SELECT t.expires_at, k.scopes, k.revoked_at, k.expires_at, {ours} FROM {t} t
JOIN {k} k ON k.id = t.api_key_id
JOIN {c} c ON c.id = t.connection_id AND c.disconnected_at IS NULL WHERE t.token_hash = %s
""".format(ours=_OURS, **_TABLES)
_CONNECTION_ID = 4  # its column, in either


class AccessUnchecked(BridgeError):
    """The database is away: whether this caller may still do this cannot be told, so they may not."""

    status = 503
    code = "access_unchecked"


class CacheVersions(Protocol):
    """Two equal versions of a credential: nothing that it rests on was committed between them."""

    async def of(self, credential: Credential, key: CacheKey) -> object: ...

    async def aclose(self) -> None: ...


def _question(credential: Credential, key: CacheKey) -> tuple[str, list[Any]]:
    """What to ask about a credential, and with which values. Errors: ValueError where it names nothing."""
    hashed = key.token_hash
    if credential.token.startswith(ACCOUNT_TOKEN_PREFIX):
        return _OF_HOLDER, [hashed]
    if credential.connection_id:
        return _OF_KEY.format(column="id"), [UUID(credential.connection_id), hashed]
    return _OF_KEY.format(column="harvest_account_id"), [int(credential.account_id), hashed]


class SqliteCacheVersions:
    """`PRAGMA data_version` moves with every commit of any other connection; asking costs some three microseconds and
    no I/O. Only when it has moved are the rows read, which is not worth a thread either: readers wait for nobody.

    What opens no connection is not remembered, so that unknown tokens take no memory.
    """

    def __init__(self, path: str) -> None:
        self._path = path
        self._connection: sqlite3.Connection | None = None
        self.remembered: dict[CacheKey, tuple[object, object]] = {}

    async def of(self, credential: Credential, key: CacheKey) -> object:
        try:
            return self._of(self._open(), credential, key)
        except (sqlite3.Error, ValueError, OverflowError):
            return object()  # equal to none: look everything up, which says what is wrong

    def _of(self, connection: sqlite3.Connection, credential: Credential, key: CacheKey) -> object:
        version = connection.execute("PRAGMA data_version").fetchone()
        known = self.remembered.get(key)
        if known is not None and known[0] == version:
            return known[1]
        query, values = _question(credential, key)
        given = [value.hex if isinstance(value, UUID) else value for value in values]
        versions = connection.execute(query.replace("%s", "?"), given).fetchall()
        if not versions or versions[0][_CONNECTION_ID] is None:
            self.remembered.pop(key, None)
            return versions
        if len(self.remembered) >= MOST_REMEMBERED:
            self.remembered.clear()
        self.remembered[key] = (version, versions)
        return versions

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

    async def of(self, credential: Credential, key: CacheKey) -> object:
        try:
            query, values = _question(credential, key)
        except ValueError:
            return object()
        return await self._rows(query, values)

    async def aclose(self) -> None:
        if self._connection is not None:
            await self._connection.close()
            self._connection = None

    async def _rows(self, query: str, values: list[Any]) -> object:
        async with self._turn:
            for is_last in (False, True):
                try:
                    async with asyncio.timeout(_PATIENCE_SECONDS):
                        connection = await self._open()
                    return await _fetched(connection, query, values)
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


async def _fetched(connection: psycopg.AsyncConnection[Any], query: str, values: list[Any]) -> object:
    """Errors: TimeoutError. It cancels nothing, because psycopg would then wait for the silent server to agree."""

    async def rows() -> object:
        return await (await connection.execute(query.encode(), values)).fetchall()

    task = asyncio.ensure_future(rows())
    task.add_done_callback(lambda done: done.cancelled() or done.exception())
    done, _ = await asyncio.wait({task}, timeout=_PATIENCE_SECONDS)
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
