"""The types of event that tell of webhooks themselves."""

from __future__ import annotations

from .catalogue import EventType, register

_TEXT = {"type": "string"}
_COUNT = {"type": "integer", "minimum": 0}
_WEBHOOK = {"webhook_id": {"type": "string", "format": "uuid"}, "target_url": _TEXT}

TEST = EventType(
    name="test",
    says="`POST /webhook/test` was called. Goes to that endpoint alone, whatever types it asks for.",
    object_type="webhook",
    schema={"type": "object", "required": ["message"], "properties": {"message": _TEXT}},
    example={"message": "This is a test of your webhook."},
)
DISABLED = EventType(
    name="webhook.disabled",
    says="An endpoint was stopped, as it answered 410 or nothing but failures for five days. Told to the others.",
    object_type="webhook",
    schema={
        "type": "object",
        "required": ["webhook_id", "target_url", "reason"],
        "properties": {**_WEBHOOK, "reason": _TEXT},
    },
    example={
        "webhook_id": "0c9c1d2e-7c7f-4a86-9a8d-0a3f1d5f7f10",
        "target_url": "https://app.example.com/hooks",
        "reason": "gone: the receiver answered 410",
    },
)
EVENTS_DROPPED = EventType(
    name="webhook.events_dropped",
    says="Events that could not be delivered became too old to keep. Told to the others.",
    object_type="webhook",
    schema={
        "type": "object",
        "required": ["webhook_id", "target_url", "count", "first_sequence", "last_sequence"],
        "properties": {**_WEBHOOK, "count": _COUNT, "first_sequence": _COUNT, "last_sequence": _COUNT},
    },
    example={
        "webhook_id": "0c9c1d2e-7c7f-4a86-9a8d-0a3f1d5f7f10",
        "target_url": "https://app.example.com/hooks",
        "count": 12,
        "first_sequence": 4001,
        "last_sequence": 4060,
    },
)
register(TEST, DISABLED, EVENTS_DROPPED)
