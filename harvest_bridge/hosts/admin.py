"""Host apps in the admin. A secret is shown once, in the answer to the form that makes it, and kept unreadable."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import reverse
from unfold.admin import ModelAdmin, TabularInline
from unfold.decorators import action, display

from . import services
from .forms import HostAppForm, IssueKeyForm
from .key_admin import ApiKeyAdmin, WidgetKeyAdmin
from .models import AllowedOrigin, ApiKey, HostApp, WidgetKey
from .read_only import ReadOnlyInline

__all__ = ["ApiKeyAdmin", "HostAppAdmin", "WidgetKeyAdmin"]


class OriginInline(TabularInline):
    model = AllowedOrigin
    extra = 0


class ApiKeyInline(ReadOnlyInline):
    model = ApiKey
    show_change_link = True
    fields = ("prefix", "label", "scopes", "created_at", "last_used_at", "expires_at", "revoked_at")
    readonly_fields = fields


class WidgetKeyInline(ReadOnlyInline):
    model = WidgetKey
    show_change_link = True
    fields = ("id", "created_at", "revoked_at")
    readonly_fields = fields


@admin.register(HostApp)
class HostAppAdmin(ModelAdmin):
    form = HostAppForm
    list_display = ("name", "display_origins", "live_keys", "live_connections", "created_at")
    search_fields = ("name", "origins__origin")
    fields = ("name", "logo_url", "rights", "id", "created_at")
    readonly_fields = ("id", "created_at")
    inlines: tuple[Any, ...] = (OriginInline, ApiKeyInline, WidgetKeyInline)
    actions_detail: tuple[str, ...] = ("issue_api_key", "issue_widget_key")

    def get_queryset(self, request: HttpRequest) -> QuerySet[HostApp]:
        linked = Count("connections", filter=Q(connections__disconnected_at=None), distinct=True)
        keys = Count("api_keys", filter=Q(api_keys__revoked_at=None), distinct=True)
        rows: QuerySet[HostApp] = super().get_queryset(request).prefetch_related("origins")
        return rows.annotate(connection_count=linked, key_count=keys)

    def has_issue_api_key_permission(self, request: HttpRequest, object_id: str | None = None) -> bool:
        return self.has_view_permission(request) and request.user.has_perm("hosts.add_apikey")

    def has_issue_widget_key_permission(self, request: HttpRequest, object_id: str | None = None) -> bool:
        return self.has_view_permission(request) and request.user.has_perm("hosts.add_widgetkey")

    @display(description="Origins")
    def display_origins(self, host_app: HostApp) -> str:
        return ", ".join(row.origin for row in host_app.origins.all()) or "none yet"

    @display(description="API keys", ordering="key_count")
    def live_keys(self, host_app: Any) -> int:
        return int(host_app.key_count)

    @display(description="Connections", ordering="connection_count")
    def live_connections(self, host_app: Any) -> int:
        return int(host_app.connection_count)

    @action(description="Issue API key", url_path="issue-api-key", icon="key", permissions=["issue_api_key"])
    def issue_api_key(self, request: HttpRequest, object_id: str) -> HttpResponse:
        host_app = get_object_or_404(HostApp, pk=object_id)
        if request.method != "POST":
            return self._page(request, host_app, "issue_key.html", "Issue API key", form=IssueKeyForm())
        form = IssueKeyForm(request.POST)
        if not form.is_valid():
            return self._page(request, host_app, "issue_key.html", "Issue API key", form=form)
        row, text = services.issue_api_key(host_app=host_app, **form.cleaned_data)
        self.log_change(request, host_app, f"Issued the API key {row.prefix}…")
        return self._shown_once(request, host_app, "API key", [("API key", text)])

    @action(
        description="Issue widget key",
        url_path="issue-widget-key",
        icon="key",
        permissions=["issue_widget_key"],
    )
    def issue_widget_key(self, request: HttpRequest, object_id: str) -> HttpResponse:
        host_app = get_object_or_404(HostApp, pk=object_id)
        if request.method != "POST":
            return self._page(request, host_app, "issue_key.html", "Issue widget key")
        key, secret = services.issue_widget_key(host_app=host_app)
        self.log_change(request, host_app, f"Issued the widget key {key.pk}")
        return self._shown_once(request, host_app, "widget key", [("Widget key id", key.pk), ("Widget secret", secret)])

    def _shown_once(
        self, request: HttpRequest, host_app: HostApp, what: str, secrets: list[tuple[str, str]]
    ) -> HttpResponse:
        # The admin answers everything as no-store, so the secret stays in no cache.
        return self._page(request, host_app, "shown_once.html", f"Your new {what}", secrets=secrets)

    def _page(
        self, request: HttpRequest, host_app: HostApp, template: str, title: str, **context: Any
    ) -> TemplateResponse:
        back = reverse("admin:hosts_hostapp_change", args=[host_app.pk])
        shared = {**self.admin_site.each_context(request), "opts": HostApp._meta, "title": title, "back": back}
        return TemplateResponse(
            request, f"hosts/{template}", {**shared, "original": host_app, "host_app": host_app, **context}
        )
