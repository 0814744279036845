"""Session-level advisory locks of PostgreSQL, all those of a process on one connection of its own.

So a lock costs no connection of Django's pool, however long it is held, and may be let go of by another thread than
the one that took it. The connection sends a heartbeat, and the server ends a session that is silent for
`LOST_AFTER_SECONDS`: so the locks of a host that was lost, or of a process that stands still, go to others within that
time, not only when TCP gives up after hours. The locks of a killed process are free at once.
"""

from __future__ import annotations

import contextlib
import hashlib
import threading
import time
from collections.abc import Iterator
from typing import Any

import psycopg
from django.db import OperationalError
from django.db import connection as database

from harvest_bridge.postgresql.connections import ServerSilent, WatchedConnection

HEARTBEAT_SECONDS = 5.0
LOST_AFTER_SECONDS = 30
_IDLE_SECONDS = 60.0
_TURN_SECONDS = 10.0
_CONNECT = {"connect_timeout": 5, "keepalives_idle": 10, "keepalives_interval": 5, "keepalives_count": 3}
# `idle_session_timeout` is the heartbeat's other end (PostgreSQL 14); the others notice a host that does not answer.
_SESSION = {
    "idle_session_timeout": f"{LOST_AFTER_SECONDS}s",
    "tcp_keepalives_idle": "10",
    "tcp_keepalives_interval": "5",
    "tcp_keepalives_count": "3",
    "statement_timeout": "5s",
    "application_name": "harvest-bridge locks",
}


class AdvisoryLocks:
    """Those of one process. The connection is opened by the first lock and closed a minute after the last."""

    def __init__(self) -> None:
        self._turn = threading.Lock()
        self._connection: psycopg.Connection[Any] | None = None
        self._held: set[str] = set()
        self._used_at = 0.0
        self._closing = threading.Event()

    def acquire(self, name: str) -> bool:
        """Errors: OperationalError while the database is away."""
        with self._its_turn():
            is_held = self._ask("SELECT pg_try_advisory_lock(%s)", name)
            if is_held:
                self._held.add(name)
            return is_held

    def is_held(self, name: str) -> bool:
        """Whether it is ours still: a restart of the server lets go of it, and another process may have taken it.

        Errors: OperationalError while the database is away.
        """
        with self._its_turn():
            self._ask("SELECT %s::bigint IS NOT NULL", name)
            return name in self._held

    def release(self, name: str) -> None:
        """Without the connection there is nothing left to let go of; where that fails, its session ends."""
        is_ours = name in self._held
        self._held.discard(name)
        with contextlib.suppress(OperationalError), self._its_turn():
            if self._connection is None or not is_ours:
                return
            try:
                self._one("SELECT pg_advisory_unlock(%s)", name)
            except psycopg.Error:
                with contextlib.suppress(psycopg.Error):
                    self._open()

    def close(self) -> None:
        self._closing.set()
        with self._its_turn():
            self._held.clear()
            self._drop()

    @contextlib.contextmanager
    def _its_turn(self) -> Iterator[None]:
        if not self._turn.acquire(timeout=_TURN_SECONDS):
            raise OperationalError("the connection that carries the locks does not answer")
        try:
            self._used_at = time.monotonic()
            yield
        finally:
            self._turn.release()

    def _ask(self, query: str, name: str) -> bool:
        """On a connection that a restart broke, once more on a new one."""
        try:
            if self._connection is not None:
                with _unless_silent():
                    return self._one(query, name)
            self._open()
            return self._one(query, name)
        except psycopg.Error as error:
            self._drop()
            raise OperationalError(str(error)) from error

    def _one(self, query: str, name: str) -> bool:
        if self._connection is None:
            raise psycopg.OperationalError("there is no connection")
        row = self._connection.execute(query.encode(), [_number(name)]).fetchone()
        return bool(row and row[0])

    def _open(self) -> None:
        """A new connection, with whatever is held here and nobody took while there was none."""
        self._drop()
        given = {"tcp_user_timeout": LOST_AFTER_SECONDS * 1000, **_CONNECT, **database.get_connection_params()}
        self._connection = connection = WatchedConnection.connect(**given, autocommit=True)
        for name, value in _SESSION.items():
            with contextlib.suppress(psycopg.errors.UndefinedObject):
                connection.execute(f"SET {name} = '{value}'".encode())
        self._held = {name for name in self._held if self._one("SELECT pg_try_advisory_lock(%s)", name)}
        threading.Thread(target=self._keep_alive, args=(connection,), name="locks", daemon=True).start()

    def _drop(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            with contextlib.suppress(psycopg.Error):
                connection.close()

    def _keep_alive(self, connection: psycopg.Connection[Any]) -> None:
        """The heartbeat of one connection, until that is another's or has not been needed for a while."""
        while not self._closing.wait(HEARTBEAT_SECONDS):
            with self._turn:
                if self._connection is not connection or not self._beats(connection):
                    return

    def _beats(self, connection: psycopg.Connection[Any]) -> bool:
        if not self._held and time.monotonic() - self._used_at > _IDLE_SECONDS:
            self._drop()
            return False
        try:
            connection.execute(b"SELECT 1")
        except psycopg.Error:
            with contextlib.suppress(psycopg.Error):
                self._open()  # which has a heartbeat of its own
            return False
        return True


@contextlib.contextmanager
def _unless_silent() -> Iterator[None]:
    """Errors: ServerSilent, as there is no use in asking that server once more."""
    try:
        yield
    except ServerSilent:
        raise
    except psycopg.OperationalError:
        return


def _number(name: str) -> int:
    """A signed 64-bit number, as PostgreSQL wants it."""
    return int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], signed=True)
