"""Who did what lately, and how much, on the dashboard."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import Count
from django.db.models.functions import TruncHour
from django.urls import reverse

from harvest_bridge.admin_charts import bar_chart
from harvest_bridge.admin_panels import Card, DashboardPanel, Link, dashboard
from harvest_bridge.console.models import AuditEntry
from harvest_bridge.console.tenant_pages.panels import audit_line

_NEWEST = 5


def register() -> None:
    dashboard.register(DashboardPanel("audit", "Who did what", "console.view_auditentry", 78, _card))


def _card(now: datetime) -> Card:
    first = now.replace(minute=0, second=0, microsecond=0) - timedelta(hours=23)
    rows = AuditEntry.objects.filter(at__gte=first).annotate(hour=TruncHour("at")).order_by()
    counted = dict(rows.values_list("hour").annotate(count=Count("pk")))
    hours = [first + timedelta(hours=number) for number in range(24)]
    values = [counted.get(hour) or None for hour in hours]
    count = sum(value or 0 for value in values)
    return Card(
        figure=f"{count:,}",
        note="entries in 24 hours",
        lines=tuple(audit_line(row) for row in AuditEntry.objects.order_by("-pk")[:_NEWEST]),
        links=(Link("All of the audit", reverse("admin:console_auditentry_changelist")),),
        plot=bar_chart("Entries", [f"{hour:%H:%M}" for hour in hours], values) if count else "",
        plot_says=f"Audit entries by the hour; {count:,} in 24 hours",
    )
