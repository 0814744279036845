"""What the audit's list, and the files made of it, can be narrowed to."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.http import HttpRequest
from unfold.contrib.filters.admin import DropdownFilter, FieldTextFilter, RangeDateTimeFilter

from harvest_bridge.hosts.models import HostApp

from .models import AuditEntry

Rows = QuerySet[AuditEntry]


class OfHostApp(DropdownFilter):
    title = "host app"
    parameter_name = "host_app"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(str(row.pk), row.name) for row in HostApp.objects.all()[:200]]

    def queryset(self, request: HttpRequest, queryset: Rows) -> Rows:
        try:
            return queryset.filter(host_app_id=UUID(self.value() or "")) if self.value() else queryset
        except ValueError:
            return queryset.none()


FILTERS: tuple[Any, ...] = (
    "source",
    ("actor", FieldTextFilter),
    ("action", FieldTextFilter),
    ("tenant_id", FieldTextFilter),
    OfHostApp,
    ("at", RangeDateTimeFilter),
)
