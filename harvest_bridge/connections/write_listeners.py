"""Tells apps to the right that a connection wrote to Harvest, so that what they hold of it is read again.

A register, filled at start-up, since imports point left.
"""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from harvest_bridge.api.database_connections import note

Listener = Callable[[UUID, str, str], None]
_listeners: list[Listener] = []
_READING = ("GET", "HEAD", "OPTIONS")


def register(listener: Listener) -> None:
    """It is called with the connection's id, the verb and Harvest's path, and writes rows at most."""
    if listener not in _listeners:
        _listeners.append(listener)


def is_write(verb: str) -> bool:
    return bool(_listeners) and verb.upper() not in _READING


def tell(connection_id: UUID, verb: str, path: str) -> None:
    """After Harvest carried out a write, or may have. Never fails for an outage: the deed is done."""
    if is_write(verb):
        for listener in _listeners:
            note(lambda told=listener: told(connection_id, verb.upper(), path))  # type: ignore[misc]
