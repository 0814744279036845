"""Connections on the admin's dashboard, on a tenant's page and in the search."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Count
from django.urls import reverse
from django.utils.http import urlencode

from harvest_bridge.admin_charts import bar_chart
from harvest_bridge.admin_panels import (
    Card,
    DashboardPanel,
    Line,
    Link,
    Need,
    Tenant,
    TenantPanel,
    Tone,
    dashboard,
    search,
    tenant_page,
)

from .models import Connection, Status

_RIGHT = "connections.view_connection"
_TONES: dict[str, Tone] = {
    Status.ACTIVE: "success",
    Status.CONNECTING: "info",
    Status.NEEDS_REAUTH: "danger",
    Status.POST_INSTALL_ERROR: "warning",
    Status.VALIDATION_ERROR: "warning",
}
_REMEDIES = {
    Status.NEEDS_REAUTH: ("must be linked again", "Open it, and send its owner a re-link address."),
    Status.POST_INSTALL_ERROR: ("failed after it was linked", "Open it; its last error says why."),
    Status.VALIDATION_ERROR: ("did not pass the host's check", "Open it; its last error says why."),
}


def _list(**query: str) -> str:
    return f"{reverse('admin:connections_connection_changelist')}?{urlencode(query)}"


def _counts() -> dict[str, int]:
    linked = Connection.objects.filter(disconnected_at=None).order_by()
    return dict(linked.values_list("status").annotate(count=Count("pk")))


def _card(now: datetime) -> Card:
    counts = _counts()
    shown = [(Status(state), counts[state]) for state in Status.values if counts.get(state)]
    names, values = [state.label for state, _ in shown], [count for _, count in shown]
    return Card(
        figure=f"{sum(values):,}",
        note=f"{counts.get(Status.NEEDS_REAUTH, 0):,} must be linked again",
        tone="danger" if counts.get(Status.NEEDS_REAUTH) else "default",
        lines=tuple(
            Line(state.label, f"{count:,}", _list(status__exact=state.value), _TONES[state]) for state, count in shown
        ),
        links=(Link("All connections", _list()),),
        plot=bar_chart("Connections", names, values) if values else "",
        plot_says="; ".join(f"{name}: {value}" for name, value in zip(names, values, strict=True)),
        empty="No customer has linked a Harvest account yet.",
    )


def _needs(now: datetime) -> list[Need]:
    counts = _counts()
    return [
        Need(_counted(counts[state], "connection", said), remedy, _list(status__exact=state.value), _TONES[state])
        for state, (said, remedy) in _REMEDIES.items()
        if counts.get(state)
    ]


def _counted(count: int, noun: str, said: str) -> str:
    return f"{count:,} {noun}{'' if count == 1 else 's'} {said}"


def _of_tenant(tenant: Tenant, now: datetime) -> Card:
    rows = list(
        Connection.objects.filter(host_app=tenant.host_app_id, tenant_id=tenant.tenant_id).order_by("-created_at")[:20]
    )
    live = [row for row in rows if row.disconnected_at is None]
    wrong = [row for row in live if row.status != Status.ACTIVE]
    return Card(
        figure=f"{len(live)}",
        note="linked" if not wrong else f"linked, {len(wrong)} of them not well",
        tone="danger" if wrong else "default",
        lines=tuple(map(_line, rows)),
        links=(Link("Its connections", _list(q=tenant.tenant_id)),),
        empty="No Harvest account was ever linked for this customer: send an administrator of theirs a connect page.",
    )


def _line(row: Connection) -> Line:
    state = "Disconnected" if row.disconnected_at else row.get_status_display()
    told = row.last_error and not row.disconnected_at and row.status != Status.ACTIVE
    why = f"{state}: {(row.last_error or {}).get('message', '')}" if told else state
    whose = f", {row.user_id}" if row.user_id else ""
    tone: Tone = "default" if row.disconnected_at else _TONES[Status(row.status)]
    name = f"{row.harvest_account_name} ({row.get_kind_display().lower()}{whose})"
    return Line(name, why, reverse("admin:connections_connection_change", args=[row.pk]), tone)


dashboard.register(DashboardPanel("connections", "Connections", _RIGHT, 10, _card, _needs))
tenant_page.register(TenantPanel("connections", "Connections", _RIGHT, 10, _of_tenant))
search.register(Connection, place=20)
