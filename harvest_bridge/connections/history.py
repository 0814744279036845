"""Writes the history of a connection: state changes and actions, with their actor."""

from __future__ import annotations

from .models import Connection, ConnectionEvent

What = ConnectionEvent.What

HOST = "host"
WORKER = "worker"
HARVEST = "harvest"


def operator(name: str) -> str:
    return f"operator: {name}"


def linker(name: str) -> str:
    return f"linker: {name}"


def customer(user_id: str) -> str:
    """Whoever ended it on the customer's own page; by the host's id where the link token was one person's."""
    return f"customer: {user_id}" if user_id else "customer"


def note(connection: Connection, what: ConnectionEvent.What, *, actor: str, detail: str = "") -> None:
    """Add a row; in the transaction of the change it speaks of."""
    ConnectionEvent.objects.create(connection=connection, what=what, actor=actor[:255], detail=detail[:500])
