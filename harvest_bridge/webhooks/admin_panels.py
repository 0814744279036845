"""Webhooks on the admin's dashboard and on a tenant's."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import Count, Q
from django.db.models.functions import TruncHour
from django.urls import reverse
from django.utils.http import urlencode

from harvest_bridge.admin_charts import ALARMING, PRIMARY, bar_chart
from harvest_bridge.admin_panels import (
    Card,
    DashboardPanel,
    Line,
    Link,
    Need,
    Tenant,
    TenantPanel,
    dashboard,
    tenant_page,
)

from . import delivery_totals
from .models import Attempt, Delivery, DeliveryStatus, Endpoint, EndpointStatus

_RIGHT = "webhooks.view_delivery"
_TAKEN = Q(status__gte=200, status__lt=300)
_LATE = timedelta(hours=1)


def _list(model: str, **query: str) -> str:
    return f"{reverse(f'admin:webhooks_{model}_changelist')}?{urlencode(query)}"


def _card(now: datetime) -> Card:
    first = now.replace(minute=0, second=0, microsecond=0) - timedelta(hours=23)
    rows = Attempt.objects.filter(at__gte=first).annotate(hour=TruncHour("at")).order_by().values("hour")
    counted = rows.annotate(taken=Count("pk", filter=_TAKEN), failed=Count("pk", filter=~_TAKEN | Q(status=None)))
    found = {row["hour"]: (row["taken"], row["failed"]) for row in counted}
    hours = [first + timedelta(hours=number) for number in range(24)]
    taken, failed = [[found.get(hour, (0, 0))[place] or None for hour in hours] for place in (0, 1)]
    failures = sum(value or 0 for value in failed)
    shown, title, color = (failed, "Failed attempts", ALARMING) if failures else (taken, "Delivered", PRIMARY)
    waiting = {state: queue.count for state, queue in delivery_totals.queues().items() if queue.count}
    return Card(
        figure=f"{sum(value or 0 for value in taken):,}",
        note=f"delivered in 24 hours, {failures:,} attempts failed",
        tone="warning" if failures else "default",
        lines=tuple(
            Line(f"Waiting, webhook {EndpointStatus(state).label.lower()}", f"{count:,}", _list("delivery"))
            for state, count in waiting.items()
        ),
        links=(Link("Webhooks", _list("endpoint")), Link("Attempts", _list("attempt"))),
        plot=bar_chart(title, [f"{hour:%H:%M}" for hour in hours], shown, color=color) if any(shown) else "",
        plot_says=f"{title} by the hour; {sum(value or 0 for value in shown):,} in 24 hours",
        empty="Nothing was delivered in 24 hours.",
    )


def _needs(now: datetime) -> list[Need]:
    needs = []
    disabled = Endpoint.objects.filter(status=EndpointStatus.DISABLED, deleted_at=None).count()
    if disabled:
        said = f"{disabled} webhook{' is' if disabled == 1 else 's are'} disabled, and what happens waits"
        remedy = "Ask the host app's developers; then resume it."
        needs.append(Need(said, remedy, _list("endpoint", status__exact=EndpointStatus.DISABLED), "danger"))
    queue = delivery_totals.queues()[EndpointStatus.ACTIVE]
    if queue.oldest_at is not None and now - queue.oldest_at > _LATE:
        said = f"Webhooks have waited for more than an hour, {queue.count:,} of them"
        needs.append(Need(said, "Look at what their receivers answer.", _list("endpoint"), "warning"))
    return needs


def _of_tenant(tenant: Tenant, now: datetime) -> Card:
    rows = Delivery.objects.filter(event__host_app=tenant.host_app_id, event__tenant_id=tenant.tenant_id)
    newest = list(rows.select_related("event", "endpoint").order_by("-pk")[:8])
    failed = [row for row in newest if row.status == DeliveryStatus.FAILED]
    return Card(
        figure=f"{len(newest)}",
        note="newest deliveries" + (f", {len(failed)} failed" if failed else ""),
        tone="danger" if failed else "default",
        lines=tuple(
            Line(
                f"{row.event.occurred_at:%d %b %H:%M} {row.event.type}",
                f"{row.get_status_display()}{f', {row.last_status}' if row.last_status else ''}",
                reverse("admin:webhooks_delivery_change", args=[row.pk]),
                "danger" if row.status == DeliveryStatus.FAILED else "default",
            )
            for row in newest
        ),
        links=(Link("Its events", _list("event", q=tenant.tenant_id)),),
        empty="Nothing of this customer was told to a webhook.",
    )


dashboard.register(DashboardPanel("webhooks", "Webhook deliveries", _RIGHT, 60, _card, _needs))
tenant_page.register(TenantPanel("webhooks", "Webhook deliveries", _RIGHT, 50, _of_tenant))
