"""What hosts are told of identities."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from harvest_bridge.connections.models import Connection
from harvest_bridge.webhooks.catalogue import EventType, register
from harvest_bridge.webhooks.outbox import NewEvent, emit_all

from .models import Basis, Flag, Identity, IdentityState

_TEXT = {"type": "string"}
_SCHEMA: dict[str, Any] = {
    "type": "object",
    "required": ["id", "external_id", "email", "name", "state", "basis", "flag", "harvest_user_id"],
    "properties": {
        "id": {"type": "string", "format": "uuid"},
        "external_id": {**_TEXT, "description": "The host's own id of the person."},
        "email": _TEXT,
        "name": _TEXT,
        "state": {"enum": IdentityState.values},
        "basis": {"enum": [*Basis.values]},
        "flag": {"enum": [*Flag.values]},
        "harvest_user_id": {"type": ["integer", "null"]},
    },
}
_EXAMPLE = {
    "id": "6b1b0f52-6a4b-4c9e-8a55-0f7f6f0c9d10",
    "external_id": "u-17",
    "email": "carmen@acme.example",
    "name": "Carmen Diaz",
    "state": "matched",
    "basis": "email",
    "flag": "",
    "harvest_user_id": 7654321,
}
_PERSONAL = ("email", "name")
MATCHED = EventType(
    name="identity.matched",
    says="One of the host's people was matched to a Harvest user, by e-mail or by somebody's decision.",
    object_type="identity",
    schema=_SCHEMA,
    example=_EXAMPLE,
    person="external_id",
    personal=_PERSONAL,
)
FLAGGED = EventType(
    name="identity.flagged",
    says="The Harvest user of a matched person was archived, or is gone.",
    object_type="identity",
    schema=_SCHEMA,
    example=_EXAMPLE | {"flag": "archived"},
    person="external_id",
    personal=_PERSONAL,
)
register(MATCHED, FLAGGED)


def publish(connection: Connection, what: EventType, rows: Iterable[Identity]) -> None:
    """Of identities of one connection; within the transaction of the change."""
    changed = ["flag"] if what is FLAGGED else ["state", "harvest_user_id"]
    emit_all(
        NewEvent(
            type=what,
            host_app_id=connection.host_app_id,
            tenant_id=connection.tenant_id,
            connection_id=connection.pk,
            object_id=row.pk,
            changed=changed,
            data=_shown(row),
        )
        for row in rows
    )


def _shown(row: Identity) -> dict[str, Any]:
    texts = {name: str(getattr(row, name)) for name in ("external_id", "email", "name", "state", "basis", "flag")}
    return {"id": str(row.pk), **texts, "harvest_user_id": row.harvest_user_id}
