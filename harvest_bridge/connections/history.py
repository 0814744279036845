"""Writes the history of a connection: state changes and actions, with their actor."""

from __future__ import annotations

from harvest_bridge.api import audit_events

from .models import Connection, ConnectionEvent

What = ConnectionEvent.What

HOST = "host"
WORKER = "worker"
HARVEST = "harvest"
LINKER = "linker"
# The audit has these already, from the admin and the API.
_ASKED_ELSEWHERE = ("host", "operator")
_TOLD = (What.LINKED, What.RELINKED, What.NEEDS_REAUTH, What.REACTIVATED, What.DISCONNECTED)


def operator(name: str) -> str:
    return f"operator: {name}"


def linker(name: str) -> str:
    return f"{LINKER}: {name}"


def customer(user_id: str) -> str:
    """Whoever ended it on the customer's own page; by the host's id where the link token was one person's."""
    return f"customer: {user_id}" if user_id else "customer"


def note(connection: Connection, what: ConnectionEvent.What, *, actor: str, detail: str = "") -> None:
    """Add a row; in the transaction of the change it speaks of."""
    ConnectionEvent.objects.create(connection=connection, what=what, actor=actor[:255], detail=detail[:500])
    if what in _TOLD and not actor.startswith(_ASKED_ELSEWHERE):
        _tell_audit(connection, what, actor)


def _tell_audit(connection: Connection, what: ConnectionEvent.What, actor: str) -> None:
    """What came by a page of the customer's, or of itself. A linker's name is a person's and stays here."""
    audit_events.record(
        f"connection: {what.label.lower()}",
        actor=LINKER if actor.startswith(f"{LINKER}:") else actor,
        object_type="connections.Connection",
        object_id=str(connection.pk),
        host_app_id=connection.host_app_id,
        tenant_id=connection.tenant_id,
        connection_id=connection.pk,
    )
