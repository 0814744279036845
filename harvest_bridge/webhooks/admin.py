"""Webhooks in the admin: their state, how deliveries go, and what an operator may do. A secret is shown once."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from unfold.decorators import action, display

from harvest_bridge.admin_charts import ALARMING, bar_chart
from harvest_bridge.errors import BridgeError
from harvest_bridge.hosts.retry_rights import may_retry

from . import replay, services, statistics
from .event_admin import AttemptAdmin, DeliveryAdmin, EventAdmin
from .forms import ONE, RANGE, NewEndpointForm, ReplayForm
from .models import UNSETTLED, Endpoint, EndpointStatus
from .question_pages import AskingAdmin

__all__ = ["AttemptAdmin", "DeliveryAdmin", "EndpointAdmin", "EventAdmin"]

_LIST = "admin:webhooks_endpoint_changelist"
_STATES = {
    EndpointStatus.ACTIVE.label: "success",
    EndpointStatus.PAUSED.label: "warning",
    EndpointStatus.DISABLED.label: "danger",
}


@admin.register(Endpoint)
class EndpointAdmin(AskingAdmin):
    list_display = ("display_url", "host_app", "state", "status_reason", "waiting", "last_success_at", "failing_since")
    list_filter = ("host_app", "status", "format")
    list_select_related = ("host_app",)
    search_fields = ("target_url", "description", "=id")
    change_form_before_template = "webhooks/charts.html"
    actions_list = ("create",)
    actions_detail = ("pause", "resume", "send_test", "replay", "rotate_secret")
    fields = readonly_fields = (
        *("display_url", "host_app", "description", "state", "status_reason", "status_changed_at", "waiting"),
        *("display_event_types", "display_tenants", "format", "signature_encoding", "payload", "ordered"),
        *("last_attempt_at", "last_success_at", "failing_since", "consecutive_failures", "not_before"),
        *("dropped_count", "previous_secret_expires_at", "id", "created_at", "updated_at"),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Endpoint]:
        rows: QuerySet[Endpoint] = super().get_queryset(request).filter(deleted_at=None)
        return rows.annotate(waiting_count=Count("deliveries", filter=Q(deliveries__status__in=UNSETTLED)))

    def has_create_permission(self, request: HttpRequest) -> bool:
        return bool(request.user.has_perm("webhooks.add_endpoint"))

    def has_use_permission(self, request: HttpRequest, object_id: str | None = None) -> bool:
        return bool(request.user.has_perm("webhooks.change_endpoint"))

    def has_retry_permission(self, request: HttpRequest, object_id: str | None = None) -> bool:
        return may_retry(request, Endpoint)

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        endpoint = self.get_object(request, object_id or "")
        charts = {"charts": _charts(endpoint)} if endpoint else {}
        return super().changeform_view(request, object_id, form_url, {**(extra_context or {}), **charts})

    @display(description="Address", ordering="target_url")
    def display_url(self, endpoint: Endpoint) -> str:
        return str(endpoint)

    @display(description="Event types")
    def display_event_types(self, endpoint: Endpoint) -> str:
        return ", ".join(endpoint.event_types) or "All"

    @display(description="Tenants")
    def display_tenants(self, endpoint: Endpoint) -> str:
        return ", ".join(endpoint.tenant_ids) or "All"

    @display(description="State", ordering="status", label=_STATES)
    def state(self, endpoint: Endpoint) -> str:
        return endpoint.get_status_display()

    @display(description="Waiting", ordering="waiting_count")
    def waiting(self, endpoint: Any) -> int:
        return int(endpoint.waiting_count)

    @action(description="Add webhook", url_path="create", icon="add", permissions=["create"])
    def create(self, request: HttpRequest) -> HttpResponse:
        form = NewEndpointForm(request.POST or None)
        if form.is_valid():
            try:
                endpoint, secret = services.create_endpoint(**form.cleaned_data)
            except BridgeError as error:
                form.add_error("target_url", error.message)
            else:
                self.log_change(request, endpoint, "Created the webhook")
                return self._shown_once(request, endpoint, secret)
        return self.page(request, "Add webhook", reverse(_LIST), form=form, question="The secret is shown once, next.")

    @action(description="Pause", url_path="pause", icon="pause", permissions=["use"])
    def pause(self, request: HttpRequest, object_id: str) -> HttpResponse:
        def stop(endpoint: Endpoint) -> str:
            services.change_endpoint(endpoint=endpoint, is_active=False, actor="an operator")
            return "Paused."

        return self.act(request, object_id, "Send nothing until it is resumed? What happens is kept for it.", stop)

    @action(description="Resume", url_path="resume", icon="play_arrow", permissions=["use"])
    def resume(self, request: HttpRequest, object_id: str) -> HttpResponse:
        def start(endpoint: Endpoint) -> str:
            services.change_endpoint(endpoint=endpoint, is_active=True)
            return "Resumed."

        return self.act(request, object_id, "Send what waits, oldest first, and all that comes?", start)

    @action(description="Send test", url_path="send-test", icon="science", permissions=["retry"])
    def send_test(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return self.act(
            request,
            object_id,
            "Send an event of type test to it?",
            lambda endpoint: f"Queued the test event {services.send_test(endpoint=endpoint).uid}.",
        )

    @action(description="Replay", url_path="replay", icon="replay", permissions=["retry"])
    def replay(self, request: HttpRequest, object_id: str) -> HttpResponse:
        question = "It gets these events again under the ids that they had."
        form = ReplayForm(request.POST or None)
        return self.act(request, object_id, question, lambda endpoint: _replayed(endpoint, form), form=form)

    @action(description="Rotate secret", url_path="rotate-secret", icon="key", permissions=["use"])
    def rotate_secret(self, request: HttpRequest, object_id: str) -> HttpResponse:
        endpoint = get_object_or_404(self.get_queryset(request), pk=object_id)
        if request.method != "POST":
            question = "Make a new secret? Deliveries carry signatures of both for 24 hours, then of the new one alone."
            return self.page(request, str(endpoint), self.address_of(endpoint), original=endpoint, question=question)
        endpoint, secret = services.rotate(endpoint=endpoint)
        self.log_change(request, endpoint, "Rotated the secret")
        return self._shown_once(request, endpoint, secret)

    def _shown_once(self, request: HttpRequest, endpoint: Endpoint, secret: str) -> HttpResponse:
        # The admin answers everything as no-store, so the secret stays in no cache.
        return self.page(
            request,
            "The webhook's secret",
            self.address_of(endpoint),
            original=endpoint,
            secret=secret,
            endpoint=endpoint,
        )


def _replayed(endpoint: Endpoint, form: ReplayForm) -> str:
    now, asked = timezone.now(), form.cleaned_data
    if asked["what"] == ONE:
        queued = replay.replay_one(endpoint=endpoint, event_id=asked["event_id"], now=now)
    elif asked["what"] == RANGE:
        since, until = form.moment("since"), form.moment("until")
        queued = replay.replay_range(endpoint=endpoint, since=since, until=until, now=now)
    else:
        queued = replay.replay_since_last_success(endpoint=endpoint, now=now)
    return f"Queued {queued} event{'' if queued == 1 else 's'}."


def _charts(endpoint: Endpoint) -> list[dict[str, Any]]:
    days = statistics.attempts_by_day(endpoint, now=timezone.now())
    labels = [f"{day.day:%d %b}" for day in days]
    delivered, failed = [day.delivered for day in days], [day.failed for day in days]
    return [
        {"title": "Deliveries", "count": sum(delivered), "data": bar_chart("Deliveries", labels, delivered)},
        {"title": "Failures", "count": sum(failed), "data": bar_chart("Failures", labels, failed, color=ALARMING)},
    ]
