"""The admin's search over everything: tenants, people, accounts, keys, requests by their id, and what apps add."""

from __future__ import annotations

from collections.abc import Iterator

from django.contrib import admin
from django.http import HttpRequest
from django.urls import reverse
from unfold.dataclasses import SearchResult

from harvest_bridge.admin_panels import search
from harvest_bridge.api.models import RequestRecord
from harvest_bridge.hosts.models import ApiKey, HostApp, WidgetKey
from harvest_bridge.unified.identities.models import Identity

from .tenant_pages.queries import address_of, host_names, tenants_like

for _place, _model in enumerate((Identity, HostApp, ApiKey, WidgetKey, RequestRecord)):
    search.register(_model, place=30 + _place)
_MOST_OF_EACH = 8
_LEAST_CHARACTERS = 2


def found(request: HttpRequest, term: str) -> list[SearchResult]:
    """What the operator may see and whose list finds the term."""
    return list(_found(request, term.strip())) if len(term.strip()) >= _LEAST_CHARACTERS else []


def _found(request: HttpRequest, term: str) -> Iterator[SearchResult]:
    if request.user.has_perm("connections.view_connection"):
        yield from _tenants(term)
    for lookup in search.lookups():
        for one in lookup.find(term) if request.user.has_perm(lookup.permission) else ():
            yield SearchResult(title=one.title, description=one.about, link=one.link, icon="tag")
    for model in search.models():
        page = admin.site.get_model_admin(model)
        if not page.has_view_permission(request):
            continue
        rows, _ = page.get_search_results(request, page.get_queryset(request), term)
        for row in rows[:_MOST_OF_EACH]:
            name = f"admin:{row._meta.app_label}_{row._meta.model_name}_change"
            kind = str(row._meta.verbose_name)
            yield SearchResult(
                title=str(row), description=kind[:1].upper() + kind[1:], link=reverse(name, args=[row.pk]), icon="tag"
            )


def _tenants(term: str) -> Iterator[SearchResult]:
    tenants = tenants_like(term, most=_MOST_OF_EACH)
    hosts = host_names(tenants)
    for one in tenants:
        of = f"Customer of {hosts.get(one.host_app_id, 'a host app')}"
        yield SearchResult(title=one.tenant_id, description=of, link=address_of(one), icon="tag")
