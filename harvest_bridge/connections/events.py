"""What hosts are told of connections, in Truto's words (truto-wire §2.5)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from harvest_bridge.api.description import ref
from harvest_bridge.webhooks.catalogue import EventType, register
from harvest_bridge.webhooks.outbox import NewEvent, emit

from .integrations import SUMMARY
from .models import Connection
from .serializers import integrated_account

_EXAMPLE: dict[str, Any] = {
    "id": "3e1c8f1a-6d54-4b0e-9a0e-5a1f7c1d2b3c",
    "tenant_id": "acme",
    "environment_id": "b7a0a0a5-58a1-4c0e-8f2d-1a2b3c4d5e6f",
    "environment_integration_id": "0a4c3b1e-7f9d-5e2a-8c6b-9d8e7f6a5b4c",
    "status": "active",
    "is_sandbox": False,
    "authentication_method": "oauth2",
    "label": "",
    "context": {"plan": "gold"},
    "kind": "account",
    "user_id": None,
    "harvest_account": {"id": 1234567, "name": "Acme Ltd"},
    "harvest_user_id": 7654321,
    "rights": ["read"],
    "access_roles": ["administrator"],
    "linked_by": "Alice <alice@acme.example>",
    "last_error": None,
    "last_forbidden_error": None,
    "integration": dict(SUMMARY),
    "created_at": "2026-11-24T06:00:00.000Z",
    "updated_at": "2026-11-24T06:00:00.000Z",
}


def _type(name: str, says: str, *, is_sent: bool = True, **example: Any) -> EventType:
    return EventType(
        name=f"integrated_account:{name}",
        says=says,
        object_type="integrated_account",
        schema=ref("IntegratedAccount"),
        example=_EXAMPLE | example,
        person="user_id",
        personal=("linked_by", "label", "context"),
        is_sent=is_sent,
    )


CREATED = _type("created", "An account was linked.")
ACTIVE = _type("active", "It was linked, or linked again, and can be used.")
UPDATED = _type("updated", "It was linked again, or its `context` or `label` changed.")
AUTHENTICATION_ERROR = _type(
    "authentication_error",
    "Harvest takes its tokens no more: it must be linked again.",
    status="needs_reauth",
    last_error={"code": "needs_reauth", "message": "Harvest refused the refresh token.", "at": "2026-11-24T06:00:00Z"},
)
REACTIVATED = _type("reactivated", "It works again although nobody linked it again.")
DELETED = EventType(
    name="integrated_account:deleted",
    says="It was disconnected.",
    object_type="integrated_account",
    schema={"type": "object", "required": ["id"], "properties": {"id": {"type": "string", "format": "uuid"}}},
    example={"id": _EXAMPLE["id"]},
)
_NEVER = "Truto's; an account that fails here is not kept, so it is never sent."
register(
    CREATED,
    ACTIVE,
    UPDATED,
    AUTHENTICATION_ERROR,
    REACTIVATED,
    DELETED,
    _type("post_install_error", _NEVER, is_sent=False, status="post_install_error"),
    _type("validation_error", _NEVER, is_sent=False, status="validation_error"),
    _type("post_connect_form_submitted", "Truto's; Harvest has no such form, so it is never sent.", is_sent=False),
)


def publish(connection: Connection, *types: EventType, changed: Sequence[str] = ()) -> None:
    """Of the connection as it is stored now; within the transaction of the change."""
    row = Connection.objects.get(pk=connection.pk)
    shown = integrated_account(row)
    emit(
        *(
            NewEvent(
                type=each,
                host_app_id=row.host_app_id,
                tenant_id=row.tenant_id,
                connection_id=row.pk,
                object_id=row.pk,
                changed=changed,
                data={"id": shown["id"]} if each is DELETED else shown,
            )
            for each in types
        )
    )
