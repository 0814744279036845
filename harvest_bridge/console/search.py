"""The admin's search over everything: people, tenants, accounts, keys, and requests by their id."""

from __future__ import annotations

from collections.abc import Iterator

from django.contrib import admin
from django.http import HttpRequest
from django.urls import reverse
from unfold.dataclasses import SearchResult

from harvest_bridge.api.models import RequestRecord
from harvest_bridge.connections.models import Connection
from harvest_bridge.hosts.models import ApiKey, HostApp, WidgetKey
from harvest_bridge.unified.identities.models import Identity
from timer_widget.models import Person

_MODELS = (Person, Connection, Identity, HostApp, ApiKey, WidgetKey, RequestRecord)
_MOST_OF_EACH = 8
_LEAST_CHARACTERS = 2


def found(request: HttpRequest, term: str) -> list[SearchResult]:
    """What the operator may see and whose list finds the term."""
    return list(_found(request, term.strip())) if len(term.strip()) >= _LEAST_CHARACTERS else []


def _found(request: HttpRequest, term: str) -> Iterator[SearchResult]:
    for model in _MODELS:
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
