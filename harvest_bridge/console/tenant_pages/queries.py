"""Tenants have no table: they are whom connections and people are of."""

from __future__ import annotations

from urllib.parse import urlencode

from django.db.models import QuerySet
from django.urls import reverse

from harvest_bridge.admin_panels import Tenant
from harvest_bridge.connections.models import Connection
from harvest_bridge.hosts.models import HostApp
from timer_widget.models import Person

MOST = 50


def tenants_like(words: str, *, most: int = MOST) -> list[Tenant]:
    """Whose own name or whose Harvest account's has the words; those of exactly that name first, then by name."""
    found: set[tuple[object, str]] = set()
    for model in (Connection, Person):
        rows: QuerySet[Connection] | QuerySet[Person] = model.objects.order_by()
        found |= set(_named(rows.filter(tenant_id=words), most)) if words else set()
        found |= set(_named(rows.filter(tenant_id__icontains=words), most))
    if words:
        found |= set(_named(Connection.objects.order_by().filter(harvest_account_name__icontains=words), most))
    tenants = [Tenant(host_app_id, tenant_id) for host_app_id, tenant_id in found]  # type: ignore[arg-type]
    return sorted(tenants, key=lambda one: (one.tenant_id != words, one.tenant_id.lower(), str(one.host_app_id)))[:most]


def address_of(tenant: Tenant) -> str:
    query = urlencode({"host_app": str(tenant.host_app_id), "tenant": tenant.tenant_id})
    return f"{reverse('tenant')}?{query}"


def host_names(tenants: list[Tenant]) -> dict[object, str]:
    """Of the host apps that they are customers of."""
    ids = {tenant.host_app_id for tenant in tenants}
    return dict(HostApp.objects.filter(pk__in=ids).values_list("pk", "name"))


def _named(rows: QuerySet[Connection] | QuerySet[Person], most: int) -> list[tuple[object, str]]:
    return list(rows.exclude(tenant_id="").values_list("host_app_id", "tenant_id").distinct()[:most])
