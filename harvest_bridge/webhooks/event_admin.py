"""Events, deliveries and attempts in the admin: to look at, and a delivery to replay."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from unfold.decorators import action, display

from harvest_bridge.hosts.read_only import ReadOnlyAdmin, ReadOnlyInline
from harvest_bridge.hosts.retry_rights import may_retry

from . import replay
from .models import Attempt, Delivery, DeliveryStatus, Endpoint, Event
from .question_pages import AskingAdmin

_STATES = {
    DeliveryStatus.PENDING.label: "info",
    DeliveryStatus.PARKED.label: "warning",
    DeliveryStatus.DELIVERED.label: "success",
    DeliveryStatus.FAILED.label: "danger",
}


class AttemptInline(ReadOnlyInline):
    model = Attempt
    verbose_name_plural = "Attempts"
    fields = readonly_fields = ("number", "at", "status", "error", "duration_milliseconds", "answer")
    hide_title = True
    per_page = 20

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Whoever sees the delivery sees how it went."""
        return bool(request.user.has_perm("webhooks.view_delivery"))


@admin.register(Event)
class EventAdmin(ReadOnlyAdmin):
    list_display = ("sequence", "type", "host_app", "tenant_id", "object_type", "object_id", "occurred_at")
    fields = readonly_fields = (
        *("uid", "type", "sequence", "host_app", "tenant_id", "connection_id"),
        *("object_type", "object_id", "changed", "data", "occurred_at"),
    )
    list_filter = ("host_app", "type")
    list_select_related = ("host_app",)
    search_fields = ("=uid", "=object_id", "=tenant_id")
    search_help_text = "An event's id, an object's id or a tenant"
    show_full_result_count = False


@admin.register(Delivery)
class DeliveryAdmin(AskingAdmin):
    actions_detail = ("replay",)
    list_display = ("event", "endpoint", "state", "attempt_count", "last_status", "last_attempt_at", "due_at")
    fields = readonly_fields = (
        *("endpoint", "event", "sequence", "state", "attempt_count", "last_status"),
        *("last_attempt_at", "due_at", "delivered_at"),
    )
    list_filter = ("status", "endpoint__host_app", "event__type")
    list_select_related = ("event", "endpoint")
    search_fields = ("=event__uid", "=endpoint__id", "=event__object_id")
    search_help_text = "An event's, a webhook's or an object's id"
    show_full_result_count = False
    inlines = (AttemptInline,)

    def has_retry_permission(self, request: HttpRequest, object_id: str | None = None) -> bool:
        return may_retry(request, Endpoint)

    @action(description="Replay", url_path="replay", icon="replay", permissions=["retry"])
    def replay(self, request: HttpRequest, object_id: str) -> HttpResponse:
        def again(delivery: Delivery) -> str:
            replay.replay_one(endpoint=delivery.endpoint, event_id=delivery.event.uid, now=timezone.now())
            return f"Queued {delivery.event}."

        return self.act(request, object_id, "Send this event once more, under the id that it has?", again)

    @display(description="State", ordering="status", label=_STATES)
    def state(self, delivery: Delivery) -> str:
        return delivery.get_status_display()

    @display(description="Next attempt")
    def due_at(self, delivery: Delivery) -> Any:
        return delivery.next_attempt_at if delivery.status == DeliveryStatus.PENDING else None


@admin.register(Attempt)
class AttemptAdmin(ReadOnlyAdmin):
    list_display = ("at", "display_event", "display_endpoint", "number", "outcome", "duration_milliseconds")
    fields = readonly_fields = ("delivery", "number", "at", "duration_milliseconds", "status", "error", "answer")
    list_filter = ("status", "error")
    list_select_related = ("delivery__event", "delivery__endpoint")
    search_fields = ("=delivery__event__uid", "=delivery__endpoint__id")
    search_help_text = "An event's or a webhook's id"
    show_full_result_count = False

    @display(description="Event")
    def display_event(self, attempt: Attempt) -> str:
        return str(attempt.delivery.event)

    @display(description="Webhook")
    def display_endpoint(self, attempt: Attempt) -> str:
        return str(attempt.delivery.endpoint)

    @display(description="Outcome", label={"taken": "success", "failed": "danger"})
    def outcome(self, attempt: Attempt) -> tuple[str, str]:
        is_taken = attempt.status is not None and 200 <= attempt.status < 300
        return "taken" if is_taken else "failed", str(attempt)
