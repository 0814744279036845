"""What the list of requests, and the charts above it, can be narrowed to."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from unfold.contrib.filters.admin import DropdownFilter

from harvest_bridge.api.models import RequestRecord
from harvest_bridge.api.request_log import queries
from harvest_bridge.api.request_log.areas import AREAS
from harvest_bridge.connections.models import Connection
from harvest_bridge.hosts.models import HostApp

Rows = QuerySet[RequestRecord]
_ERRORS = "errors"
_MINUTES = {"": 60, "6h": 6 * 60, "day": 24 * 60, "week": 7 * 24 * 60}


class Since(DropdownFilter):
    title = "time"
    parameter_name = "since"
    all_option = ("", "The last hour")

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("6h", "The last 6 hours"), ("day", "The last day"), ("week", "The last 7 days")]

    def queryset(self, request: HttpRequest, queryset: Rows) -> Rows:
        begins_at = timezone.now() - timedelta(minutes=minutes_of(request) - 1)
        return queryset.filter(minute__gte=int(begins_at.timestamp() // 60))


class OfHostApp(DropdownFilter):
    title = "host app"
    parameter_name = "host_app"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(str(row.pk), row.name) for row in HostApp.objects.all()[:200]]

    def queryset(self, request: HttpRequest, queryset: Rows) -> Rows:
        return _with_id(queryset, "host_app_id", self.value())


class OfConnection(DropdownFilter):
    """Those that were used lately; the address takes any."""

    title = "connection"
    parameter_name = "connection"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        ids = queries.recent(RequestRecord.objects.all(), "connection_id")
        known = Connection.objects.in_bulk(ids[:500])
        return sorted(((str(pk), str(known.get(pk, pk))) for pk in ids[:500]), key=lambda choice: choice[1].lower())

    def queryset(self, request: HttpRequest, queryset: Rows) -> Rows:
        return _with_id(queryset, "connection_id", self.value())


class OfStatus(DropdownFilter):
    title = "status"
    parameter_name = "status"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("2", "2xx"), ("3", "3xx"), ("4", "4xx"), ("5", "5xx"), (_ERRORS, "All errors")]

    def queryset(self, request: HttpRequest, queryset: Rows) -> Rows:
        chosen = self.value() or ""
        if chosen == _ERRORS:
            return queryset.filter(status__gte=400)
        if chosen not in "2345" or not chosen:
            return queryset
        return queryset.filter(status__gte=int(chosen) * 100, status__lt=int(chosen) * 100 + 100)


class OfArea(DropdownFilter):
    title = "area"
    parameter_name = "area"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(area, area) for area in dict.fromkeys(AREAS.values())]

    def queryset(self, request: HttpRequest, queryset: Rows) -> Rows:
        return queryset.filter(area=self.value()) if self.value() else queryset


class OfTemplate(DropdownFilter):
    title = "path"
    parameter_name = "path"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(path, path) for path in queries.recent(RequestRecord.objects.all(), "template")]

    def queryset(self, request: HttpRequest, queryset: Rows) -> Rows:
        return queryset.filter(template=self.value()) if self.value() else queryset


def minutes_of(request: HttpRequest) -> int:
    """How far back the request looks."""
    return _MINUTES.get(request.GET.get(Since.parameter_name, ""), _MINUTES[""])


def _with_id(rows: Rows, column: str, text: str | None) -> Rows:
    """Nothing for an id that is none."""
    if not text:
        return rows
    try:
        return rows.filter(**{column: UUID(text)})
    except ValueError:
        return rows.none()
