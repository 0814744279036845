"""A body and an answer of each operation of webhooks, for the OpenAPI page."""

from __future__ import annotations

from typing import Any

from harvest_bridge.api.envelopes import list_envelope

from .description import example_of
from .own_types import TEST

Json = dict[str, Any]

_AT = "2026-11-24T09:00:00.000Z"
_ID = "5b1d7c54-0c5e-4b9e-9d3c-2f6a8e7d1c90"
_EVENT = example_of(TEST)
_WEBHOOK: Json = {
    "id": _ID,
    "environment_id": "92ae5666-a01a-457d-978e-2d7ce45290b6",
    "target_url": "https://app.example.com/hooks",
    "event_types": ["timer.started", "timer.stopped"],
    "is_active": True,
    "status": "active",
    "status_reason": None,
    "status_changed_at": _AT,
    "description": "Timers of the ticket board",
    "tenant_ids": [],
    "format": "standard",
    "signature_encoding": "base64",
    "payload": "full",
    "ordered": False,
    "pending_count": 0,
    "failed_count": 0,
    "dropped_count": 0,
    "last_attempt_at": _AT,
    "last_success_at": _AT,
    "failing_since": None,
    "previous_secret_expires_at": None,
    "created_at": _AT,
    "updated_at": _AT,
}
_NEW = {**_WEBHOOK, "secret": "whsec_…"}
_DELIVERY: Json = {
    "event_id": _EVENT["id"],
    "event_type": _EVENT["type"],
    "sequence": _EVENT["sequence"],
    "occurred_at": _AT,
    "tenant_id": "acme",
    "object": _EVENT["object"],
    "status": "delivered",
    "attempt_count": 1,
    "last_attempt_at": _AT,
    "last_status": 200,
    "next_attempt_at": None,
    "delivered_at": _AT,
}
_ATTEMPT = {"number": 1, "at": _AT, "duration_milliseconds": 84, "status": 200, "error": None, "answer": "thanks"}
BODIES: dict[str, Json] = {
    "create_webhook": {name: _WEBHOOK[name] for name in ("target_url", "event_types", "description")},
    "update_webhook": {"is_active": False},
    "test_webhook": {"id": _ID},
    "rotate_webhook_secret": {"overlap_seconds": 86400},
    "replay_webhook": {"since_last_success": True},
}
ANSWERS: dict[str, Json] = {
    "list_webhooks": list_envelope([_WEBHOOK], limit=100),
    "get_webhook": _WEBHOOK,
    "create_webhook": _NEW,
    "update_webhook": {**_WEBHOOK, "is_active": False, "status": "paused", "status_reason": "paused by the host"},
    "delete_webhook": {"id": _ID},
    "test_webhook": {"success": True, "event_id": _EVENT["id"]},
    "rotate_webhook_secret": {**_NEW, "previous_secret_expires_at": _AT},
    "replay_webhook": {"queued": 3},
    "list_webhook_deliveries": list_envelope([_DELIVERY], limit=100),
    "get_webhook_delivery": {**_DELIVERY, "attempts": [_ATTEMPT]},
    "list_webhook_events": list_envelope([_EVENT], limit=100, next_cursor=str(_EVENT["sequence"])),
}
