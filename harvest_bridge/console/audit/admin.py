"""The audit, to look at, to filter and to take away as a file."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cached_property
from typing import Any

from django.contrib import admin
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponseRedirect, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from unfold.decorators import action, display

from harvest_bridge.hosts.read_only import ReadOnlyAdmin

from . import export
from .filters import FILTERS
from .models import AuditEntry, Source
from .record import record

_MOST_COUNTED = 10_000
_SOURCES = {Source.ADMIN.label: "info", Source.API.label: "success", Source.COMMAND.label: "warning"}
_KINDS: dict[str, tuple[str, Callable[[QuerySet[AuditEntry]], Iterator[str]]]] = {
    "csv": ("text/csv; charset=utf-8", export.as_csv),
    "ndjson": ("application/x-ndjson", export.as_ndjson),
}


class ShortPaginator(Paginator):  # type: ignore[type-arg]
    """Counts no further than anybody leafs."""

    @cached_property
    def count(self) -> int:
        rows: QuerySet[AuditEntry] = self.object_list  # type: ignore[assignment]
        return rows.order_by()[:_MOST_COUNTED].count()


@admin.register(AuditEntry)
class AuditEntryAdmin(ReadOnlyAdmin):
    list_display = ("came", "display_source", "actor", "action", "about", "tenant_id", "detail", "address")
    list_filter = FILTERS
    list_filter_submit = True
    list_fullwidth = True
    search_fields = ("actor", "action", "detail", "object_id", "=request_id", "=tenant_id")
    search_help_text = "Who, an action, an object's id, a tenant or a request id"
    show_full_result_count = False
    paginator = ShortPaginator
    ordering = ("-id",)
    sortable_by = ()
    actions_list = ("to_csv", "to_ndjson")

    def get_urls(self) -> list[URLPattern]:
        own: list[URLPattern] = [
            path(f"audit.{kind}", self.admin_site.admin_view(self.file), {"kind": kind}, f"console_auditentry_{kind}")
            for kind in _KINDS
        ]
        return [*own, *super().get_urls()]

    @display(description="At (UTC)")
    def came(self, entry: AuditEntry) -> str:
        return f"{entry.at:%d\xa0%b\xa0%H:%M:%S}"

    @display(description="By way of", label=_SOURCES)
    def display_source(self, entry: AuditEntry) -> str:
        return entry.get_source_display() or "Earlier"

    @display(description="Object")
    def about(self, entry: AuditEntry) -> str:
        return " ".join(filter(None, (entry.object_type.rpartition(".")[2], entry.object_id)))

    @action(description="Download as CSV", url_path="to-csv", icon="download", permissions=["view"])
    def to_csv(self, request: HttpRequest) -> HttpResponseRedirect:
        return _to_file(request, "csv")

    @action(description="Download as NDJSON", url_path="to-ndjson", icon="download", permissions=["view"])
    def to_ndjson(self, request: HttpRequest) -> HttpResponseRedirect:
        return _to_file(request, "ndjson")

    def file(self, request: HttpRequest, kind: str) -> HttpResponseBase:
        """GET /admin/console/auditentry/audit.csv and .ndjson, with the list's own filters."""
        page: Any = self.changelist_view(request)
        if not getattr(page, "context_data", None) or "cl" not in page.context_data:
            return page  # type: ignore[no-any-return]  # a filter that cannot be, or no right
        content_type, lines = _KINDS[kind]
        record(f"exported the audit as {kind}", request=request, detail=request.GET.urlencode())
        response = StreamingHttpResponse(lines(page.context_data["cl"].queryset), content_type=content_type)
        response["Content-Disposition"] = f'attachment; filename="audit-{timezone.now():%Y-%m-%d}.{kind}"'
        return response


def _to_file(request: HttpRequest, kind: str) -> HttpResponseRedirect:
    """With the filters of the list that the button stood above."""
    query = request.META.get("HTTP_REFERER", "").partition("?")[2]
    return HttpResponseRedirect(f"{reverse(f'admin:console_auditentry_{kind}')}{'?' if query else ''}{query}")
