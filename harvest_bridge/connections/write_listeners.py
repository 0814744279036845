"""Tells apps to the right that a connection wrote to Harvest, so that what they hold of it is read again.

A register, filled at start-up, since imports point left.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from functools import partial

from django.db import connection as database

from harvest_bridge.api.database_connections import lock_timeout
from harvest_bridge.api.outages import best_effort

from .models import Connection

Listener = Callable[[Connection, str, str], None]
_listeners: list[Listener] = []
_READING = ("GET", "HEAD", "OPTIONS")
_LONGEST_WAIT_MILLISECONDS = 1_000
_TRY_EVERY_SECONDS = 1.0
_TRIES = 60


def register(listener: Listener) -> None:
    """It is called with the connection, the verb and Harvest's path, and writes rows at most."""
    if listener not in _listeners:
        _listeners.append(listener)


def is_write(verb: str) -> bool:
    return bool(_listeners) and verb.upper() not in _READING


def tell(connection: Connection, verb: str, path: str) -> None:
    """After Harvest carried out a write, or may have. Never fails for an outage: the deed is done."""
    if is_write(verb):
        for listener in _listeners:
            work = partial(listener, connection, verb.upper(), path)
            if not _is_done(work):
                threading.Thread(target=_try_again, args=(work,), name="write-listener", daemon=True).start()


def _is_done(work: Callable[[], None]) -> bool:
    def soon() -> bool:
        with lock_timeout(milliseconds=_LONGEST_WAIT_MILLISECONDS):
            work()
        return True

    return best_effort(soon) is not None


def _try_again(work: Callable[[], None]) -> None:
    """A database that is busy or away would otherwise cost what the caller did until the next sweep."""
    for _ in range(_TRIES):
        time.sleep(_TRY_EVERY_SECONDS)
        try:
            if _is_done(work):
                return
        finally:
            database.close()
