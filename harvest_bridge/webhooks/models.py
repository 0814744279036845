"""The outbox: events, who is told of them, and every attempt to tell."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q
from django.utils import timezone

from harvest_bridge.hosts.models import HostApp
from harvest_bridge.stored_json import StoredJSONField

MAX_DATA = 2**20  # bytes as JSON: notes as long as Harvest takes them, and all that stands around them
KEPT_ANSWER_BYTES = 1024


class EndpointStatus(models.TextChoices):
    """Paused and disabled endpoints keep their queue; a disabled one was stopped by us, for its `status_reason`."""

    ACTIVE = "active", "Active"
    PAUSED = "paused", "Paused"
    DISABLED = "disabled", "Disabled"


class Format(models.TextChoices):
    """Body and signature: Standard Webhooks 1.0, or Truto's (truto-wire §2.6)."""

    STANDARD = "standard", "Standard Webhooks"
    TRUTO = "truto", "Truto"


class SignatureEncoding(models.TextChoices):
    """How `X-Truto-Signature` writes its MAC; Standard Webhooks knows base64 alone."""

    BASE64 = "base64", "Base64"
    HEX = "hex", "Hexadecimal"


class Payload(models.TextChoices):
    FULL = "full", "Whole records"
    THIN = "thin", "Ids alone"


class Endpoint(models.Model):
    """Where a host app wants to be told, and of what. Without a `target_url` it is polled alone.

    `failing_since` is the first failed attempt after the last 2xx. Until `not_before` nothing is sent, as the receiver
    asked for. What was queued up to sequence `drain_through` is sent at a bounded pace. `forgotten_through` is the
    highest sequence that retention removed from its stream.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    host_app = models.ForeignKey(HostApp, on_delete=models.CASCADE, related_name="webhooks")
    target_url = models.CharField(max_length=2000, blank=True)
    description = models.CharField(max_length=255, blank=True)
    event_types = StoredJSONField(max_bytes=16 * 1024, default=list, blank=True, help_text="None: all.")
    tenant_ids = StoredJSONField(max_bytes=64 * 1024, default=list, blank=True, help_text="None: all.")
    format = models.CharField(max_length=10, choices=Format.choices, default=Format.STANDARD)
    signature_encoding = models.CharField(
        max_length=10, choices=SignatureEncoding.choices, default=SignatureEncoding.BASE64
    )
    payload = models.CharField(max_length=10, choices=Payload.choices, default=Payload.FULL)
    ordered = models.BooleanField(default=False, help_text="Events of one object one after the other.")

    status = models.CharField(max_length=10, choices=EndpointStatus.choices, default=EndpointStatus.ACTIVE)
    status_reason = models.CharField(max_length=255, blank=True)
    status_changed_at = models.DateTimeField(default=timezone.now, editable=False)
    sealed_secret = models.TextField(editable=False)
    sealed_previous_secret = models.TextField(blank=True, editable=False)
    previous_secret_expires_at = models.DateTimeField(null=True, editable=False)

    last_attempt_at = models.DateTimeField(null=True, editable=False)
    last_success_at = models.DateTimeField(null=True, editable=False)
    failing_since = models.DateTimeField(null=True, editable=False)
    consecutive_failures = models.PositiveIntegerField(default=0, editable=False)
    not_before = models.DateTimeField(null=True, editable=False)
    drain_through = models.BigIntegerField(default=0, editable=False)
    forgotten_through = models.BigIntegerField(default=0, editable=False)
    dropped_count = models.PositiveIntegerField(
        default=0, editable=False, help_text="Events that retention removed before they were delivered."
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    updated_at = models.DateTimeField(default=timezone.now, editable=False)
    deleted_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        verbose_name = "webhook"
        permissions = [("retry_endpoint", "Can retry webhook")]
        ordering = ("-created_at", "id")

    def __str__(self) -> str:
        return self.target_url or f"event stream {self.pk}"

    def binding(self, field: str) -> str:
        """What a sealed secret is bound to."""
        return f"{field} of webhook {self.pk} of {self.host_app_id}"


class EventCounter(models.Model):
    """The last sequence of a host app's events; held by whoever numbers them."""

    host_app = models.OneToOneField(HostApp, on_delete=models.CASCADE, primary_key=True, related_name="+")
    last = models.BigIntegerField(default=0)

    def __str__(self) -> str:
        return str(self.last)


class Event(models.Model):
    """Something that happened, written in the transaction of the change.

    `sequence` counts a host app's events from 1 without gaps in the order of their commits; it is empty until the
    event is numbered (`numbering.py`), a moment after its commit. No constraint binds it to the connection, which it
    outlives. With `only_for` no other endpoint is told.
    """

    uid = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    host_app = models.ForeignKey(HostApp, on_delete=models.CASCADE, related_name="events")
    sequence = models.BigIntegerField(null=True)
    type = models.CharField(max_length=100)
    tenant_id = models.CharField(max_length=255, blank=True)
    connection_id = models.UUIDField(null=True)
    object_type = models.CharField(max_length=50)
    object_id = models.CharField(max_length=255)
    changed = StoredJSONField(default=list)
    data = StoredJSONField(max_bytes=MAX_DATA, default=dict)
    only_for = models.ForeignKey(Endpoint, null=True, on_delete=models.CASCADE, related_name="+")
    occurred_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ("-id",)
        constraints = [models.UniqueConstraint(fields=["host_app", "sequence"], name="one_event_per_sequence")]
        indexes = [
            models.Index(fields=["host_app", "id"], condition=Q(sequence=None), name="events_to_number"),
            models.Index(fields=["occurred_at"], name="events_by_time"),
        ]

    def __str__(self) -> str:
        return f"{self.type} {self.uid}"


class DeliveryStatus(models.TextChoices):
    """Parked: its attempts ended while the receiver was away; it goes when the receiver is back.

    Failed: the receiver took others and never this one; only a replay sends it again. Streamed: for polling alone.
    """

    PENDING = "pending", "Pending"
    PARKED = "parked", "Parked"
    DELIVERED = "delivered", "Delivered"
    FAILED = "failed", "Failed"
    STREAMED = "streamed", "Streamed"


UNSETTLED = (DeliveryStatus.PENDING, DeliveryStatus.PARKED)


class Delivery(models.Model):
    """One event for one endpoint. `round_…` count since the event was queued or replayed, the others since ever."""

    endpoint = models.ForeignKey(Endpoint, on_delete=models.CASCADE, db_index=False, related_name="deliveries")
    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="deliveries")
    sequence = models.BigIntegerField()
    object_key = models.CharField(max_length=310)
    status = models.CharField(max_length=10, choices=DeliveryStatus.choices, default=DeliveryStatus.PENDING)
    next_attempt_at = models.DateTimeField(default=timezone.now)
    attempt_count = models.PositiveIntegerField(default=0)
    round_attempts = models.PositiveIntegerField(default=0)
    round_started_at = models.DateTimeField(null=True)
    last_attempt_at = models.DateTimeField(null=True)
    last_status = models.PositiveSmallIntegerField(null=True, help_text="HTTP status of the last answer, if any.")
    delivered_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name_plural = "deliveries"
        ordering = ("-id",)
        constraints = [models.UniqueConstraint(fields=["endpoint", "sequence"], name="one_delivery_per_event")]
        indexes = [
            models.Index(
                fields=["endpoint", "next_attempt_at", "id"], condition=Q(status="pending"), name="deliveries_due"
            ),
            models.Index(
                fields=["endpoint", "object_key", "sequence"],
                condition=Q(status__in=["pending", "parked"]),
                name="deliveries_by_object",
            ),
            models.Index(fields=["endpoint", "status", "sequence"], name="deliveries_by_status"),
        ]

    def __str__(self) -> str:
        return f"{self.get_status_display()}, {self.attempt_count} attempts"


class Attempt(models.Model):
    """One request to a receiver: its HTTP status, or the error where there was none, and the answer's beginning."""

    delivery = models.ForeignKey(Delivery, on_delete=models.CASCADE, related_name="attempts")
    number = models.PositiveIntegerField()
    at = models.DateTimeField()
    duration_milliseconds = models.PositiveIntegerField()
    status = models.PositiveSmallIntegerField(null=True)
    error = models.CharField(max_length=50, blank=True)
    answer = models.TextField(blank=True, help_text="The first kilobyte.")

    class Meta:
        ordering = ("-id",)
        indexes = [models.Index(fields=["at"], name="attempts_by_time")]

    def __str__(self) -> str:
        return f"{self.status or self.error}"


class DeliveryTotals(models.Model):
    """One row: the attempts since ever, whatever of them is kept, and when a dispatcher last was at work."""

    delivered = models.BigIntegerField(default=0)
    failed = models.BigIntegerField(default=0)
    dispatcher_seen_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name_plural = "delivery totals"

    def __str__(self) -> str:
        return f"{self.delivered} delivered, {self.failed} failed"
