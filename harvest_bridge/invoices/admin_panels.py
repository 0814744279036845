"""Payments of invoices on the admin's dashboard, on a tenant's, and in the search."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import Count, Q, Sum
from django.urls import reverse
from django.utils.http import urlencode

from harvest_bridge.admin_panels import (
    Card,
    DashboardPanel,
    Line,
    Link,
    Need,
    Tenant,
    TenantPanel,
    dashboard,
    search,
    tenant_page,
)
from harvest_bridge.harvest.currencies import money_text

from .models import OPEN_STATES, AccountSettings, Payment, PaymentState

_RIGHT = "invoices.view_payment"
_LATELY = timedelta(days=7)


def _list(**query: str) -> str:
    return f"{reverse('admin:invoices_payment_changelist')}?{urlencode(query)}"


def _card(now: datetime) -> Card:
    counts = Payment.objects.aggregate(
        recorded=Count("pk", filter=Q(state=PaymentState.RECORDED, settled_at__gte=now - _LATELY)),
        on_the_way=Count("pk", filter=Q(state__in=OPEN_STATES)),
        doubtful=Count("pk", filter=Q(state=PaymentState.DOUBTFUL)),
    )
    lines = (
        Line("On their way", f"{counts['on_the_way']:,}", _list()),
        Line("Doubtful", f"{counts['doubtful']:,}", _list(state__exact=PaymentState.DOUBTFUL), "warning"),
    )
    return Card(
        figure=f"{counts['recorded']:,}",
        note="recorded in Harvest in the last seven days",
        lines=tuple(line for line in lines if line.value != "0"),
        links=(Link("All payments", _list()),),
        empty="No payment is on its way or doubtful.",
    )


def _needs(now: datetime) -> list[Need]:
    needs = []
    if count := Payment.objects.filter(state=PaymentState.DOUBTFUL).count():
        said = f"{count:,} payment{' is' if count == 1 else 's are'} doubtful"
        remedy = "Look in Harvest whether it is there, and say so; none is sent again by itself."
        needs.append(Need(said, remedy, _list(state__exact=PaymentState.DOUBTFUL)))
    uneven = AccountSettings.objects.filter(differences__gt=0, connection__disconnected_at=None)
    if count := uneven.aggregate(all=Sum("differences"))["all"]:
        said = f"{count:,} difference{'' if count == 1 else 's'} between payments here and in Harvest"
        remedy = "Each says what mends it. They are compared every ten minutes."
        needs.append(Need(said, remedy, reverse("admin:invoices_payment_reconciliation_page")))
    return needs


def _of_tenant(tenant: Tenant, now: datetime) -> Card:
    rows = Payment.objects.filter(connection__host_app=tenant.host_app_id, connection__tenant_id=tenant.tenant_id)
    lines = (
        Line(
            f"{money_text(row.amount, row.currency)} {row.currency} for invoice {row.invoice_id}",
            row.get_state_display(),
            reverse("admin:invoices_payment_change", args=[row.pk]),
            "warning" if row.state == PaymentState.DOUBTFUL else "default",
        )
        for row in rows.order_by("-id")[:8]
    )
    return Card(
        figure=f"{rows.count():,}",
        note="payments of invoices",
        lines=tuple(lines),
        empty="No payment was recorded through us for this customer.",
    )


dashboard.register(DashboardPanel("payments", "Invoice payments", _RIGHT, 85, _card, _needs))
tenant_page.register(TenantPanel("payments", "Invoice payments", _RIGHT, 75, _of_tenant))
search.register(Payment, place=75)
