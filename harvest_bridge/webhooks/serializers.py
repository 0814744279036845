"""What crosses the border: endpoints, deliveries, attempts."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from rest_framework import serializers

from harvest_bridge.api.inputs import FlagField, Input, OneOfField, StrictInput

from .catalogue import event_types, is_known
from .models import Attempt, Delivery, Endpoint, EndpointStatus, Format, Payload, SignatureEncoding
from .rendering import iso

_MOST_TENANTS = 200
_LONGEST_OVERLAP_SECONDS = 30 * 86400


class EventTypeField(serializers.CharField):
    def to_internal_value(self, data: Any) -> str:
        name = str(super().to_internal_value(data))
        if not is_known(name):
            raise serializers.ValidationError(
                f"There is no event type {name[:80]!r}; known are {', '.join(event_types())}."
            )
        return name


class MomentField(serializers.DateTimeField):
    """Aware, in UTC."""

    def to_internal_value(self, value: Any) -> datetime:
        if not isinstance(value, str):
            self.fail("invalid", format="2026-11-24T06:00:00Z")
        return super().to_internal_value(value).astimezone(UTC)


class EndpointInput(Input):
    """`event_types` and `tenant_ids` narrow what is sent; empty or left out, everything is."""

    target_url = serializers.CharField(max_length=2000, allow_blank=True, allow_null=True)
    description = serializers.CharField(max_length=255, allow_blank=True)
    event_types = serializers.ListField(child=EventTypeField(max_length=100), max_length=200, allow_null=True)
    tenant_ids = serializers.ListField(
        child=serializers.CharField(max_length=255), max_length=_MOST_TENANTS, allow_null=True
    )
    format = OneOfField(choices=Format.choices)
    signature_encoding = OneOfField(choices=SignatureEncoding.choices)
    payload = OneOfField(choices=Payload.choices)
    ordered = FlagField()
    is_active = FlagField()

    def get_fields(self) -> dict[str, Any]:
        """Whatever is left out stays as it is, or has its default."""
        fields: dict[str, Any] = super().get_fields()
        for field in fields.values():
            field.required = False
        return fields

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        emptied: dict[str, Any] = {"target_url": "", "event_types": [], "tenant_ids": []}
        given = {name: emptied[name] if value is None and name in emptied else value for name, value in attrs.items()}
        for name in ("event_types", "tenant_ids"):
            if name in given:
                given[name] = list(dict.fromkeys(given[name]))
        return given


class TestInput(StrictInput):
    id = serializers.UUIDField()


class RotateInput(StrictInput):
    overlap_seconds = serializers.IntegerField(min_value=0, max_value=_LONGEST_OVERLAP_SECONDS, default=86400)


class ReplayInput(StrictInput):
    """One of three: `event_id`; `from`, `to` or both; `since_last_success`."""

    event_id = serializers.UUIDField(required=False)
    to = MomentField(required=False)
    since_last_success = FlagField(default=False)

    def get_fields(self) -> dict[str, Any]:
        """`from` is a word of Python's."""
        return {**super().get_fields(), "from": MomentField(required=False)}

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        ways = ["event_id" in attrs, "from" in attrs or "to" in attrs, attrs["since_last_success"]]
        if sum(ways) != 1:
            raise serializers.ValidationError(
                {"event_id": "Send either event_id, or from and to, or since_last_success."}
            )
        return attrs


def serialize_endpoint(endpoint: Endpoint, sizes: dict[str, int] | None = None) -> dict[str, Any]:
    """Truto's fields first (truto-wire §2.6), then ours; never a secret."""
    counts = sizes or {"pending": 0, "failed": 0}
    return {
        "id": str(endpoint.pk),
        "environment_id": str(endpoint.host_app_id),
        "target_url": endpoint.target_url or None,
        "event_types": endpoint.event_types,
        "is_active": endpoint.status == EndpointStatus.ACTIVE,
        "status": endpoint.status,
        "status_reason": endpoint.status_reason or None,
        "status_changed_at": iso(endpoint.status_changed_at),
        "description": endpoint.description,
        "tenant_ids": endpoint.tenant_ids,
        "format": endpoint.format,
        "signature_encoding": endpoint.signature_encoding,
        "payload": endpoint.payload,
        "ordered": endpoint.ordered,
        "pending_count": counts["pending"],
        "failed_count": counts["failed"],
        "dropped_count": endpoint.dropped_count,
        "last_attempt_at": _maybe(endpoint.last_attempt_at),
        "last_success_at": _maybe(endpoint.last_success_at),
        "failing_since": _maybe(endpoint.failing_since),
        "previous_secret_expires_at": _maybe(endpoint.previous_secret_expires_at),
        "created_at": iso(endpoint.created_at),
        "updated_at": iso(endpoint.updated_at),
    }


def serialize_delivery(delivery: Delivery) -> dict[str, Any]:
    is_waiting = delivery.status == "pending"
    return {
        "event_id": str(delivery.event.uid),
        "event_type": delivery.event.type,
        "sequence": delivery.sequence,
        "occurred_at": iso(delivery.event.occurred_at),
        "tenant_id": delivery.event.tenant_id or None,
        "object": {"type": delivery.event.object_type, "id": delivery.event.object_id},
        "status": delivery.status,
        "attempt_count": delivery.attempt_count,
        "last_attempt_at": _maybe(delivery.last_attempt_at),
        "last_status": delivery.last_status,
        "next_attempt_at": iso(delivery.next_attempt_at) if is_waiting else None,
        "delivered_at": _maybe(delivery.delivered_at),
    }


def serialize_attempt(attempt: Attempt) -> dict[str, Any]:
    return {
        "number": attempt.number,
        "at": iso(attempt.at),
        "duration_milliseconds": attempt.duration_milliseconds,
        "status": attempt.status,
        "error": attempt.error or None,
        "answer": attempt.answer,
    }


def _maybe(moment: datetime | None) -> str | None:
    return iso(moment) if moment else None
