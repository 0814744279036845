"""What the console itself tells of a tenant: requests, errors, the audit."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Q
from django.urls import reverse
from django.utils.http import urlencode

from harvest_bridge.admin_panels import Card, Line, Link, Tenant, TenantPanel, tenant_page
from harvest_bridge.api.models import RequestRecord
from harvest_bridge.connections.models import Connection
from harvest_bridge.console.models import AuditEntry
from harvest_bridge.unified.identities.models import Identity, IdentityState

_NEWEST = 8
# The request log has no index by tenant: this many of the host app's newest rows are looked through.
_LOOKED_THROUGH = 20_000


def register() -> None:
    tenant_page.register(TenantPanel("identities", "Who is who in Harvest", "unified.view_identity", 25, _identities))
    tenant_page.register(TenantPanel("errors", "Recent errors", "api.view_requestrecord", 55, _errors))
    tenant_page.register(TenantPanel("requests", "Requests", "api.view_requestrecord", 56, _requests))
    tenant_page.register(TenantPanel("audit", "Who did what", "console.view_auditentry", 60, _audit))


def _identities(tenant: Tenant, now: datetime) -> Card:
    rows = Identity.objects.filter(
        connection__host_app=tenant.host_app_id, connection__tenant_id=tenant.tenant_id
    ).order_by()
    waiting = rows.filter(state=IdentityState.UNMATCHED).count()
    account = Connection.objects.filter(identities__in=rows).values_list("pk", flat=True).first()
    query = urlencode({"connection": str(account)}) if account else ""
    return Card(
        figure=f"{rows.count():,}",
        note=f"people of the host app, {waiting:,} unmatched",
        tone="warning" if waiting else "default",
        links=(Link("Decide who is who", f"{reverse('admin:unified_identity_changelist')}?{query}"),),
        empty="The host app has told of nobody, or all are matched.",
    )


def _rows(tenant: Tenant, wanted: Q) -> list[RequestRecord]:
    """The newest, through the tenant's connections, or by callers that stood for the tenant lately."""
    ids = list(
        Connection.objects.filter(host_app=tenant.host_app_id, tenant_id=tenant.tenant_id).values_list("pk", flat=True)
    )
    by_connection = RequestRecord.objects.filter(wanted, connection_id__in=ids[:20]).order_by("-minute", "-id")
    newest = RequestRecord.objects.filter(host_app=tenant.host_app_id).order_by("-minute", "-id").values("pk")
    lately = RequestRecord.objects.filter(wanted, pk__in=newest[:_LOOKED_THROUGH], tenant_id=tenant.tenant_id)
    found = {row.pk: row for rows in (by_connection, lately.order_by("-minute", "-id")) for row in rows[:_NEWEST]}
    return sorted(found.values(), key=lambda row: (row.minute, row.pk), reverse=True)[:_NEWEST]


def _errors(tenant: Tenant, now: datetime) -> Card:
    rows = _rows(tenant, Q(status__gte=400))
    return Card(
        figure=f"{len(rows)}",
        note="newest",
        tone="warning" if rows else "success",
        lines=tuple(_line(row) for row in rows),
        links=(Link("All errors of the host app", _list(tenant, status="errors")),),
        empty="No request of this customer has failed lately.",
    )


def _requests(tenant: Tenant, now: datetime) -> Card:
    rows = _rows(tenant, Q())
    return Card(
        figure=f"{len(rows)}",
        note="newest",
        lines=tuple(_line(row) for row in rows),
        links=(Link("All requests of the host app", _list(tenant)),),
        empty="Nothing was asked for this customer lately.",
    )


def _line(row: RequestRecord) -> Line:
    address = reverse("admin:api_requestrecord_change", args=[row.pk])
    answer = f"{row.status} {row.code}".strip()
    tone = "danger" if row.status >= 500 else "warning" if row.status >= 400 else "default"
    return Line(f"{row.at:%d %b %H:%M:%S} {row.method} {row.template}", answer, address, tone)  # type: ignore[arg-type]


def _list(tenant: Tenant, **query: str) -> str:
    words = {"since": "week", "host_app": str(tenant.host_app_id), **query}
    return f"{reverse('admin:api_requestrecord_changelist')}?{urlencode(words)}"


def _audit(tenant: Tenant, now: datetime) -> Card:
    rows = AuditEntry.objects.filter(tenant_id=tenant.tenant_id, host_app_id=tenant.host_app_id).order_by("-pk")
    return Card(
        figure="",
        note="the newest entries of the audit",
        lines=tuple(audit_line(row) for row in rows[:_NEWEST]),
        links=(
            Link(
                "All of this tenant", f"{reverse('admin:console_auditentry_changelist')}?tenant_id={tenant.tenant_id}"
            ),
        ),
        empty="The audit has nothing of this customer.",
    )


def audit_line(row: AuditEntry) -> Line:
    address = reverse("admin:console_auditentry_change", args=[row.pk])
    about = f" {row.object_type.rpartition('.')[2]} {row.object_id}".rstrip()
    return Line(f"{row.at:%d %b %H:%M:%S} {row.actor}", f"{row.action}{about}", address)
