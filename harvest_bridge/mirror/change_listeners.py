"""Notifies apps to the right of records as they change, in the transaction of the change.

A register, filled at start-up, since imports point left.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol

from .models import Cause, Record

if TYPE_CHECKING:
    from .writing import Place, Written


class Listener(Protocol):
    """Of one resource. What it writes is committed with the change, or undone with it."""

    def written(self, place: Place, written: Written) -> None: ...

    def buried(self, place: Place, rows: Sequence[Record], cause: Cause) -> None: ...


_listeners: dict[str, list[Listener]] = {}


def register(resource: str, listener: Listener) -> None:
    """Once, when the app is ready."""
    _listeners.setdefault(resource, []).append(listener)


def notify_written(place: Place, written: Written) -> None:
    for listener in _listeners.get(place.resource.name, ()):
        listener.written(place, written)


def notify_buried(place: Place, rows: Sequence[Record], cause: Cause) -> None:
    for listener in _listeners.get(place.resource.name, ()):
        listener.buried(place, rows, cause)
