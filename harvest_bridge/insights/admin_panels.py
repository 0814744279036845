"""Payouts and insights on the admin's dashboard, on a tenant's, and in the search."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Count, Q
from django.urls import reverse
from django.utils.http import urlencode

from harvest_bridge.admin_panels import (
    Card,
    DashboardPanel,
    Line,
    Link,
    Tenant,
    TenantPanel,
    dashboard,
    search,
    tenant_page,
)

from .payouts.models import Period, PeriodState

_RIGHT = "insights.view_period"
_OPEN = (PeriodState.DRAFT, PeriodState.VERIFIED)


def _list(**query: str) -> str:
    return f"{reverse('admin:insights_period_changelist')}?{urlencode(query)}"


def _card(now: datetime) -> Card:
    counts = Period.objects.aggregate(
        closed=Count("pk", filter=~Q(state__in=_OPEN)),
        draft=Count("pk", filter=Q(state=PeriodState.DRAFT)),
        verified=Count("pk", filter=Q(state=PeriodState.VERIFIED)),
        unpaid=Count("pk", filter=Q(state__in=(PeriodState.CLOSED, PeriodState.EXPORTED))),
    )
    lines = (
        Line("Drafts", f"{counts['draft']:,}", _list(state__exact=PeriodState.DRAFT)),
        Line("Verified, not closed", f"{counts['verified']:,}", _list(state__exact=PeriodState.VERIFIED)),
        Line("Closed, not marked as paid", f"{counts['unpaid']:,}", _list(state__exact=PeriodState.CLOSED)),
    )
    return Card(
        figure=f"{counts['closed']:,}",
        note="payout periods closed",
        lines=tuple(line for line in lines if line.value != "0"),
        links=(Link("All payouts", _list()),),
        empty="No payout is under way.",
    )


def _of_tenant(tenant: Tenant, now: datetime) -> Card:
    rows = Period.objects.filter(connection__host_app=tenant.host_app_id, connection__tenant_id=tenant.tenant_id)
    accounts = (reverse("admin:insights_insightaccount_changelist"), "Utilization, margins and budgets")
    lines = (
        Line(
            str(row),
            str(PeriodState(row.state).label),
            reverse("admin:insights_period_change", args=[row.pk]),
            "warning" if row.state == PeriodState.VERIFIED else "default",
        )
        for row in rows.order_by("-first_day", "-created_at")[:6]
    )
    return Card(
        figure=f"{rows.count():,}",
        note="payout periods",
        lines=tuple(lines),
        links=(Link(accounts[1], f"{accounts[0]}?{urlencode({'q': tenant.tenant_id})}"),),
        empty="Nobody is paid through us for this customer.",
    )


dashboard.register(DashboardPanel("payouts", "Payouts", _RIGHT, 90, _card, lambda now: []))
tenant_page.register(TenantPanel("payouts", "Payouts and insights", _RIGHT, 80, _of_tenant))
search.register(Period, place=80)
