"""Notifies apps to the right of records as they change, in the transaction of the change.

A register, filled at start-up, since imports point left.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol

from .models import Cause, Record

if TYPE_CHECKING:
    from .writing import StreamTarget, Written


class Listener(Protocol):
    """Of one resource. What it writes is committed with the change, or undone with it."""

    def written(self, target: StreamTarget, written: Written) -> None: ...

    def buried(self, target: StreamTarget, rows: Sequence[Record], cause: Cause) -> None: ...


_listeners: dict[str, list[Listener]] = {}


def register(resource: str, listener: Listener) -> None:
    """Once, when the app is ready."""
    _listeners.setdefault(resource, []).append(listener)


def notify_written(target: StreamTarget, written: Written) -> None:
    for listener in _listeners.get(target.resource.name, ()):
        listener.written(target, written)


def notify_buried(target: StreamTarget, rows: Sequence[Record], cause: Cause) -> None:
    for listener in _listeners.get(target.resource.name, ()):
        listener.buried(target, rows, cause)
