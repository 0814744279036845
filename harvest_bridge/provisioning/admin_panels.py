"""Won deals on the admin's dashboard, on a tenant's, and in the search."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db.models import Count, Q, QuerySet
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
    Tone,
    dashboard,
    search,
    tenant_page,
)

from .models import OPEN, InboxEvent, InboxStatus, Run, RunStatus

_RIGHT = "provisioning.view_run"
_LATELY = timedelta(days=7)


def _list(**query: str) -> str:
    return f"{reverse('admin:provisioning_run_changelist')}?{urlencode(query)}"


def _card(now: datetime) -> Card:
    counts = Run.objects.aggregate(
        completed=Count("pk", filter=Q(status=RunStatus.COMPLETED, finished_at__gte=now - _LATELY)),
        under_way=Count("pk", filter=Q(status__in=OPEN)),
        blocked=Count("pk", filter=Q(status=RunStatus.BLOCKED)),
    )
    lines = (
        Line("Under way", f"{counts['under_way']:,}", _list()),
        Line("Blocked", f"{counts['blocked']:,}", _list(status__exact=RunStatus.BLOCKED), "warning"),
    )
    return Card(
        figure=f"{counts['completed']:,}",
        note="completed in the last seven days",
        lines=tuple(line for line in lines if line.value != "0"),
        links=(Link("All won deals", _list()),),
        empty="No deal waits or is blocked.",
    )


def _needs(now: datetime) -> list[Need]:
    found = []
    if count := Run.objects.filter(status=RunStatus.BLOCKED).count():
        said = f"{count:,} won deal{' is' if count == 1 else 's are'} blocked"
        found.append(Need(said, "Each says why; mend it, then continue it.", _list(status__exact=RunStatus.BLOCKED)))
    if count := InboxEvent.objects.filter(status=InboxStatus.FAILED).count():
        said = f"{count:,} event{' of a CRM was' if count == 1 else 's of CRMs were'} not taken"
        address = f"{reverse('admin:provisioning_inboxevent_changelist')}?status__exact={InboxStatus.FAILED}"
        found.append(Need(said, "Mend the template or the deal, then try it again, or set it aside.", address))
    return found


def _of_tenant(tenant: Tenant, now: datetime) -> Card:
    rows = Run.objects.filter(connection__host_app=tenant.host_app_id, connection__tenant_id=tenant.tenant_id)
    return Card(
        figure=f"{rows.count():,}",
        note="won deals",
        lines=tuple(_lines(rows.order_by("-created_at")[:8])),
        links=(Link("Its won deals", _list(q=tenant.tenant_id)),),
        empty="No deal was won for this customer.",
    )


def _lines(rows: QuerySet[Run]) -> Iterable[Line]:
    for row in rows:
        address = reverse("admin:provisioning_run_change", args=[row.pk])
        tone: Tone = "warning" if row.status == RunStatus.BLOCKED else "default"
        yield Line(row.project_name or row.external_id, row.get_status_display(), address, tone)


dashboard.register(DashboardPanel("deals", "Won deals", _RIGHT, 80, _card, _needs))
tenant_page.register(TenantPanel("deals", "Won deals", _RIGHT, 70, _of_tenant))
search.register(Run, place=70)
