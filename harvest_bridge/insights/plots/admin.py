"""The page of an account's plots: utilization, margins, budgets; each with the table behind it, and as CSV."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import URLPattern, path
from unfold.decorators import display

from harvest_bridge.connections.models import Connection
from harvest_bridge.errors import BridgeError
from harvest_bridge.hosts.read_only import ReadOnlyAdmin

from .catalogue import PLOTS
from .models import InsightAccount


@admin.register(InsightAccount)
class InsightAccountAdmin(ReadOnlyAdmin):
    list_display = ("account", "tenant", "host_app")
    list_select_related = ("connection__host_app",)
    list_filter = ("connection__host_app",)
    search_fields = ("connection__harvest_account_name", "connection__tenant_id")
    change_form_before_template = "insights/plots.html"
    fields = readonly_fields = ("account", "tenant", "host_app")

    def get_queryset(self, request: HttpRequest) -> QuerySet[InsightAccount]:
        rows: QuerySet[InsightAccount] = super().get_queryset(request)
        return rows.filter(is_on=True)

    def get_urls(self) -> list[URLPattern]:
        download = self.admin_site.admin_view(self.download)
        return [path("<int:pk>/<str:name>.csv", download, name="insights_csv"), *super().get_urls()]

    def download(self, request: HttpRequest, pk: int, name: str) -> HttpResponse:
        """The table behind a plot."""
        account = self.get_queryset(request).filter(pk=pk).select_related("connection").first()
        if not self.has_view_permission(request, account):
            raise PermissionDenied
        if account is None or name not in PLOTS:
            raise Http404
        try:
            text = PLOTS[name](account.connection).as_csv()
        except BridgeError as error:
            return HttpResponse(error.message, status=error.status, content_type="text/plain; charset=utf-8")
        answer = HttpResponse(text, content_type="text/csv; charset=utf-8")
        answer["Content-Disposition"] = f'attachment; filename="{name}.csv"'
        return answer

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        account = self.get_object(request, object_id or "")
        shown = [_shown(account.connection, name) for name in PLOTS] if account else []
        return super().changeform_view(request, object_id, form_url, {**(extra_context or {}), "plots": shown})

    @display(description="Account", ordering="connection__harvest_account_name")
    def account(self, row: InsightAccount) -> str:
        return row.connection.harvest_account_name or str(row.connection_id)

    @display(description="Tenant", ordering="connection__tenant_id")
    def tenant(self, row: InsightAccount) -> str:
        return row.connection.tenant_id

    @display(description="Host app", ordering="connection__host_app__name")
    def host_app(self, row: InsightAccount) -> str:
        return str(row.connection.host_app)


def _shown(connection: Connection, name: str) -> dict[str, Any]:
    """The plot, or why it cannot be drawn."""
    try:
        return {"name": name, "plot": PLOTS[name](connection)}
    except BridgeError as error:
        return {"name": name, "plot": None, "refusal": error.message}
