"""Notifies apps to the right that a connection wrote to Harvest, so that what they hold of it is read again.

A register, filled at start-up, since imports point left.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from harvest_bridge.api.eventual_writes import write_eventually

from .models import Connection

Listener = Callable[[Connection, str, str], None]
_listeners: list[Listener] = []
_READING = ("GET", "HEAD", "OPTIONS")
# Without it what the caller did would be seen by the next sweep only.
_TRIES = 60


def register(listener: Listener) -> None:
    """It is called with the connection, the verb and Harvest's path, and writes rows at most."""
    if listener not in _listeners:
        _listeners.append(listener)


def is_write(verb: str) -> bool:
    return bool(_listeners) and verb.upper() not in _READING


def notify(connection: Connection, verb: str, path: str) -> None:
    """After Harvest carried out a write, or may have. Never fails for an outage: the deed is done."""
    if is_write(verb):
        for listener in _listeners:
            work = partial(listener, connection, verb.upper(), path)
            write_eventually(work, tries=_TRIES, thread_name="write-listener")
