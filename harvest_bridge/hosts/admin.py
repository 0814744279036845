"""Host apps in the admin. A secret is shown once, in the answer to the form that makes it, and kept unreadable."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import reverse
from unfold.admin import ModelAdmin, TabularInline
from unfold.decorators import action, display

from . import services
from .models import AllowedOrigin, ApiKey, HostApp, Scope, WidgetKey


class OriginInline(TabularInline):
    model = AllowedOrigin
    extra = 0


class ReadOnlyInline(TabularInline):
    """Rows that services make and end; here they are only looked at."""

    extra = 0
    can_delete = False
    show_change_link = True

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class ApiKeyInline(ReadOnlyInline):
    model = ApiKey
    fields = ("prefix", "label", "scopes", "created_at", "last_used_at", "expires_at", "revoked_at")
    readonly_fields = fields


class WidgetKeyInline(ReadOnlyInline):
    model = WidgetKey
    fields = ("id", "created_at", "revoked_at")
    readonly_fields = fields


@admin.register(HostApp)
class HostAppAdmin(ModelAdmin):
    list_display = ("name", "shown_origins", "live_keys", "live_connections", "created_at")
    search_fields = ("name", "origins__origin")
    fields = ("name", "logo_url", "id", "created_at")
    readonly_fields = ("id", "created_at")
    inlines: tuple[Any, ...] = (OriginInline, ApiKeyInline, WidgetKeyInline)
    actions_detail: tuple[str, ...] = ("issue_api_key", "issue_widget_key")

    def get_queryset(self, request: HttpRequest) -> QuerySet[HostApp]:
        linked = Count("connections", filter=Q(connections__disconnected_at=None), distinct=True)
        keys = Count("api_keys", filter=Q(api_keys__revoked_at=None), distinct=True)
        rows: QuerySet[HostApp] = super().get_queryset(request).prefetch_related("origins")
        return rows.annotate(connection_count=linked, key_count=keys)

    @display(description="Origins")
    def shown_origins(self, host_app: HostApp) -> str:
        return ", ".join(row.origin for row in host_app.origins.all()) or "none yet"

    @display(description="API keys", ordering="key_count")
    def live_keys(self, host_app: Any) -> int:
        return int(host_app.key_count)

    @display(description="Connections", ordering="connection_count")
    def live_connections(self, host_app: Any) -> int:
        return int(host_app.connection_count)

    @action(description="Issue API key", url_path="issue-api-key", icon="key", permissions=["change"])
    def issue_api_key(self, request: HttpRequest, object_id: str) -> HttpResponse:
        host_app = get_object_or_404(HostApp, pk=object_id)
        if request.method != "POST":
            return self._page(request, host_app, "issue_key.html", "Issue API key", scopes=Scope.choices)
        scopes = [scope for scope in request.POST.getlist("scopes") if scope in Scope.values]
        row, text = services.issue_api_key(host_app=host_app, scopes=scopes, label=request.POST.get("label", "")[:100])
        self.log_change(request, host_app, f"Issued the API key {row.prefix}…")
        return self._shown_once(request, host_app, "API key", [("API key", text)])

    @action(description="Issue widget key", url_path="issue-widget-key", icon="key", permissions=["change"])
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
        return TemplateResponse(request, f"hosts/{template}", {**shared, "host_app": host_app, **context})


class KeyAdmin(ModelAdmin):
    """Keys are issued from their host app; here they are found and revoked."""

    actions = ("revoke",)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    @display(description="State", label={"live": "success", "revoked": "danger"})
    def state(self, key: ApiKey | WidgetKey) -> str:
        return "revoked" if key.revoked_at else "live"


@admin.register(ApiKey)
class ApiKeyAdmin(KeyAdmin):
    list_display = ("prefix", "label", "host_app", "state", "last_used_at", "expires_at", "created_at")
    list_filter = ("host_app",)
    list_select_related = ("host_app",)
    fields = ("prefix", "host_app", "label", "scopes", "expires_at", "created_at", "last_used_at", "revoked_at")
    readonly_fields = ("prefix", "host_app", "created_at", "last_used_at", "revoked_at")

    @admin.action(description="Revoke the selected keys, from the next request on")
    def revoke(self, request: HttpRequest, keys: QuerySet[ApiKey]) -> HttpResponseRedirect | None:
        for key in keys:
            services.revoke_api_key(api_key=key)
            self.log_change(request, key, "Revoked")
        self.message_user(request, f"Revoked {len(keys)}.")
        return None


@admin.register(WidgetKey)
class WidgetKeyAdmin(KeyAdmin):
    list_display = ("id", "host_app", "state", "created_at")
    list_filter = ("host_app",)
    list_select_related = ("host_app",)
    fields = ("id", "host_app", "created_at", "revoked_at")
    readonly_fields = fields

    @admin.action(description="Revoke the selected widget keys")
    def revoke(self, request: HttpRequest, keys: QuerySet[WidgetKey]) -> HttpResponseRedirect | None:
        for key in keys:
            services.revoke_widget_key(widget_key=key)
            self.log_change(request, key, "Revoked")
        self.message_user(request, f"Revoked {len(keys)}.")
        return None
