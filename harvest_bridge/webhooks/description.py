"""What webhooks look like in the OpenAPI description, with its section of what receivers get."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import OpenApiParameter

from harvest_bridge.api.description import ANY_OTHER, PAGING, codes_met, failure, list_of, ref
from harvest_bridge.api.inputs import MAX_LIMIT

from .catalogue import EventType, event_types
from .models import DeliveryStatus, EndpointStatus, Format, Payload, SignatureEncoding

Json = dict[str, Any]

TAG = "Webhooks"
_TEXT: Json = {"type": "string"}
_MAYBE: Json = {"type": ["string", "null"]}
_ID: Json = {"type": "string", "format": "uuid"}
_MOMENT: Json = {"type": "string", "format": "date-time"}
_MAYBE_MOMENT: Json = {"type": ["string", "null"], "format": "date-time"}
_COUNT: Json = {"type": "integer", "minimum": 0}
_OBJECT: Json = {"type": "object", "required": ["type", "id"], "properties": {"type": _TEXT, "id": _TEXT}}
_WEBHOOK: Json = {
    "id": _ID,
    "environment_id": {**_ID, "description": "The host app."},
    "target_url": {**_MAYBE, "description": "Where events are sent; null: they are polled."},
    "event_types": {"type": "array", "items": _TEXT, "description": "Empty: all."},
    "is_active": {"type": "boolean"},
    "status": {"enum": EndpointStatus.values},
    "status_reason": _MAYBE,
    "status_changed_at": _MOMENT,
    "description": _TEXT,
    "tenant_ids": {"type": "array", "items": _TEXT, "description": "Empty: all."},
    "format": {"enum": Format.values},
    "signature_encoding": {"enum": SignatureEncoding.values, "description": "Of `X-Truto-Signature`."},
    "payload": {"enum": Payload.values},
    "ordered": {"type": "boolean", "description": "Events of one object one after the other."},
    "pending_count": {**_COUNT, "description": "Events that wait."},
    "failed_count": {**_COUNT, "description": "Events that were given up; replay sends them again."},
    "dropped_count": {**_COUNT, "description": "Events that became too old before they could be delivered."},
    "last_attempt_at": _MAYBE_MOMENT,
    "last_success_at": _MAYBE_MOMENT,
    "failing_since": {**_MAYBE_MOMENT, "description": "The first failure after the last success."},
    "previous_secret_expires_at": _MAYBE_MOMENT,
    "created_at": _MOMENT,
    "updated_at": _MOMENT,
}
_DELIVERY: Json = {
    "event_id": _ID,
    "event_type": _TEXT,
    "sequence": _COUNT,
    "occurred_at": _MOMENT,
    "tenant_id": _MAYBE,
    "object": _OBJECT,
    "status": {"enum": DeliveryStatus.values},
    "attempt_count": _COUNT,
    "last_attempt_at": _MAYBE_MOMENT,
    "last_status": {"type": ["integer", "null"], "description": "HTTP status of the last answer, if there was one."},
    "next_attempt_at": _MAYBE_MOMENT,
    "delivered_at": _MAYBE_MOMENT,
}
_ATTEMPT: Json = {
    "number": _COUNT,
    "at": _MOMENT,
    "duration_milliseconds": _COUNT,
    "status": {"type": ["integer", "null"]},
    "error": {**_MAYBE, "description": "Why there was no answer."},
    "answer": {**_TEXT, "description": "Its first kilobyte."},
}
_EVENT: Json = {
    "id": {**_ID, "description": "The same on every attempt, and in every place where the event is read."},
    "type": _TEXT,
    "sequence": {"type": "integer", "minimum": 1, "description": "Counts the host app's events in commit order."},
    "occurred_at": _MOMENT,
    "tenant_id": _MAYBE,
    "integrated_account_id": {"type": ["string", "null"], "format": "uuid"},
    "object": _OBJECT,
    "changed": {"type": "array", "items": _TEXT, "description": "Fields that are new."},
    "data": {"description": "By type; null where the endpoint asked for ids alone."},
}


def _whole(properties: Json) -> Json:
    return {"type": "object", "required": sorted(properties), "properties": properties}


def schemas() -> Json:
    """Components, with one for the data of each type of event."""
    return {
        "Webhook": _whole(_WEBHOOK),
        "WebhookList": list_of("Webhook"),
        "WebhookDelivery": _whole(_DELIVERY),
        "WebhookDeliveryList": list_of("WebhookDelivery"),
        "WebhookDeliveryWithAttempts": _whole(
            {**_DELIVERY, "attempts": {"type": "array", "items": ref("WebhookAttempt")}}
        ),
        "WebhookAttempt": _whole(_ATTEMPT),
        "Event": _whole(_EVENT),
        "EventPage": {
            "type": "object",
            "required": ["result", "next_cursor", "prev_cursor", "result_count", "limit"],
            "properties": {
                "result": {"type": "array", "items": {"type": "object", "additionalProperties": True}},
                "next_cursor": {**_TEXT, "description": "Pass it on as `after`; it stays where nothing is new."},
                "prev_cursor": {"type": "null"},
                "result_count": _COUNT,
                "limit": _COUNT,
            },
        },
    }


def webhooks() -> Json:
    """The section `webhooks` of OpenAPI 3.1: what is sent to a `target_url`, by type."""
    return {each.name: {"post": _sent(each)} for each in event_types().values()}


def _sent(each: EventType) -> Json:
    data = {"anyOf": [each.schema, {"type": "null"}]}
    schema = {"allOf": [ref("Event"), {"properties": {"type": {"const": each.name}, "data": data}}]}
    return {
        "operationId": "on_" + each.name.replace(":", "_").replace(".", "_"),
        "summary": each.name,
        "description": each.says,
        "tags": [TAG],
        "requestBody": {
            "required": True,
            "content": {"application/json": {"schema": schema, "example": example_of(each)}},
        },
        "responses": {"2XX": {"description": "Taken. Anything else is tried again; 410 ends the webhook."}},
    }


def example_of(each: EventType) -> Json:
    return {
        "id": "018f6d2e-4c3b-4a7e-9d10-6f1e2d3c4b5a",
        "type": each.name,
        "sequence": 4711,
        "occurred_at": "2026-11-24T09:00:00.000Z",
        "tenant_id": "acme",
        "integrated_account_id": "3e1c8f1a-6d54-4b0e-9a0e-5a1f7c1d2b3c",
        "object": {"type": each.object_type, "id": str(each.example.get("id", "2000123456"))},
        "changed": [],
        "data": each.example,
    }


def paths() -> Json:
    """Of what is served beside Django: the events of an endpoint."""
    number = {"type": "integer", "minimum": 0}
    failures = {
        str(status): failure(status, codes_met(status, "harvest_bridge.webhooks"))
        for status in (400, 401, 403, 404, 410, 429, 503)
    }
    parameters = [
        {"name": "webhook_id", "in": "path", "required": True, "schema": _TEXT},
        {"name": "after", "in": "query", "schema": _TEXT, "description": "`next_cursor`, or an event's `sequence`."},
        {"name": "wait", "in": "query", "schema": {**number, "maximum": 60}, "description": "Seconds, if all is read."},
        {"name": "limit", "in": "query", "schema": {**number, "minimum": 1, "maximum": MAX_LIMIT}},
    ]
    operation = {
        "operationId": "list_webhook_events",
        "description": "The very events that are delivered to this webhook, in the order of their numbers.",
        "tags": [TAG],
        "security": [{"apiKey": []}],
        "parameters": parameters,
        "responses": {
            "200": {"description": "", "content": {"application/json": {"schema": ref("EventPage")}}},
            **failures,
            **ANY_OTHER,
        },
    }
    return {"/webhook/{webhook_id}/events": {"get": operation}}


def _with(name: str, **besides: Json) -> dict[int, Json]:
    return {200: {"allOf": [ref(name), {"type": "object", "required": sorted(besides), "properties": besides}]}}


WEBHOOK: dict[int, Json] = {200: ref("Webhook")}
WEBHOOKS: dict[int, Json] = {200: ref("WebhookList")}
NEW_WEBHOOK = _with("Webhook", secret={**_TEXT, "description": "`whsec_…`; shown this once."})
DELIVERY: dict[int, Json] = {200: ref("WebhookDeliveryWithAttempts")}
DELIVERIES: dict[int, Json] = {200: ref("WebhookDeliveryList")}
REPLAYED: dict[int, Json] = {200: _whole({"queued": _COUNT})}
TESTED: dict[int, Json] = {200: _whole({"success": {"const": True}, "event_id": _ID})}
PAGES = [*PAGING]
DELIVERY_FILTERS = [
    *PAGING,
    OpenApiParameter("status", {"type": "string", "enum": DeliveryStatus.values}),
    OpenApiParameter("event_type", str),
]
