"""Notifies apps to the right that Harvest answered 404 to a call for one record, which they may hold a copy of.

A register, filled at start-up, since imports point left.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from harvest_bridge.api.database_connections import lock_timeout
from harvest_bridge.api.outages import best_effort

from .models import Connection

Listener = Callable[[Connection, str], None]
_listeners: list[Listener] = []
_LONGEST_WAIT_MILLISECONDS = 500


def register(listener: Listener) -> None:
    """It is called with the connection and Harvest's path, and writes rows at most."""
    if listener not in _listeners:
        _listeners.append(listener)


def notify(connection: Connection, path: str) -> None:
    """Never fails for an outage: what is missed is found by the next sweep."""
    for listener in _listeners:
        best_effort(partial(_soon, listener, connection, path))


def _soon(listener: Listener, connection: Connection, path: str) -> None:
    with lock_timeout(milliseconds=_LONGEST_WAIT_MILLISECONDS):
        listener(connection, path)
