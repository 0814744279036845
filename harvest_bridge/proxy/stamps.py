"""Has anything changed that an admission rests on? Asked before each request, so it must cost next to nothing.

The database is asked and not Redis, also where there is one: Redis learns of a revocation after the commit, and not at
all when the process that revoked dies in between or somebody works with SQL. So whatever was committed holds from the
next request on, whoever committed it.
"""

from __future__ import annotations

import asyncio
import contextlib
import sqlite3
from typing import Any, Protocol
from uuid import UUID

import psycopg
from django.db import connection as database

from harvest_bridge.connections.models import Connection, IntegratedAccountToken
from harvest_bridge.connections.services import ACCOUNT_TOKEN_PREFIX
from harvest_bridge.crypto.tokens import token_hash
from harvest_bridge.errors import BridgeError
from harvest_bridge.hosts.models import ApiKey

from .choice import Credential

_PATIENCE_SECONDS = 5


class AccessUnchecked(BridgeError):
    """The database is away: whether this caller may still do this cannot be told, so they may not."""

    status = 503
    code = "access_unchecked"


class Stamps(Protocol):
    """Two equal stamps of a credential: nothing that it rests on was committed between them."""

    async def of(self, credential: Credential) -> object: ...

    async def aclose(self) -> None: ...


class SqliteStamps:
    """`PRAGMA data_version` moves with every commit of any other connection. Some three microseconds, no I/O."""

    def __init__(self) -> None:
        self._connection: sqlite3.Connection | None = None

    async def of(self, credential: Credential) -> object:
        if self._connection is None:
            self._connection = sqlite3.connect(database.settings_dict["NAME"], isolation_level=None, timeout=0)
        try:
            return self._connection.execute("PRAGMA data_version").fetchone()
        except sqlite3.Error:
            return object()  # equal to none: look everything up

    async def aclose(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None


class PostgresStamps:
    """The row versions (`xmin`) of the key and of the connections in question: one prepared statement."""

    def __init__(self) -> None:
        self._connection: psycopg.AsyncConnection[Any] | None = None
        self._turn = asyncio.Lock()
        names = {"k": ApiKey._meta.db_table, "c": Connection._meta.db_table, "t": IntegratedAccountToken._meta.db_table}
        self._of_holder = _OF_HOLDER.format(**names)
        self._of_key = {
            "account": _OF_KEY.format(**names, condition="c.harvest_account_id"),
            "connection": _OF_KEY.format(**names, condition="c.id"),
        }

    async def of(self, credential: Credential) -> object:
        hashed = token_hash(credential.token)
        if credential.token.startswith(ACCOUNT_TOKEN_PREFIX):
            return await self._rows(self._of_holder, [hashed])
        try:
            if credential.connection_id:
                return await self._rows(self._of_key["connection"], [UUID(credential.connection_id), hashed])
            return await self._rows(self._of_key["account"], [int(credential.account_id), hashed])
        except ValueError:
            return object()  # it names nothing; looking it up says so

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
                        return await (await connection.execute(query.encode(), values)).fetchall()
                except (psycopg.Error, OSError, TimeoutError) as error:
                    await self._drop()
                    if is_last:
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


# Beside `xmin` the row's place, because a row that was frozen and changed again may repeat one.
_OF_KEY = """
SELECT k.xmin::text, k.ctid::text, c.xmin::text, c.ctid::text FROM {k} k LEFT JOIN {c} c
ON c.host_app_id = k.host_app_id AND {condition} = %s AND c.disconnected_at IS NULL
WHERE k.key_hash = %s ORDER BY c.id
"""
_OF_HOLDER = """
SELECT t.xmin::text, t.ctid::text, c.xmin::text, c.ctid::text FROM {t} t JOIN {c} c
ON c.id = t.connection_id WHERE t.token_hash = %s
"""


def stamps() -> Stamps:
    return PostgresStamps() if database.vendor == "postgresql" else SqliteStamps()
