"""Link tokens in the admin: for whom, how far, and when last used; the token itself is kept as a hash."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils import timezone
from unfold.decorators import display

from harvest_bridge.hosts.read_only import ReadOnlyAdmin

from .models import LinkToken

_STATES = {"live": "success", "expired": "warning", "key ended": "warning", "used up": "info"}


@admin.register(LinkToken)
class LinkTokenAdmin(ReadOnlyAdmin):
    list_display = ("tenant_id", "user_id", "kind", "host_app", "state", "last_used_at", "expires_at", "created_at")
    list_filter = ("host_app", "kind")
    list_select_related = ("host_app", "api_key", "widget_key")
    search_fields = ("tenant_id", "tenant_name", "user_id", "user_name", "=id")
    fields = (
        "id",
        "state",
        "host_app",
        "tenant_id",
        "kind",
        "user_id",
        "api_key",
        "relinks",
        "connection",
        "created_at",
        "last_used_at",
        "spent_at",
        "expires_at",
    )

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return self.fields

    @display(description="State", label=_STATES)
    def state(self, link_token: LinkToken) -> str:
        now = timezone.now()
        if link_token.spent_at:
            return "used up"
        if link_token.is_usable_at(now):
            return "live"
        return "expired" if link_token.expires_at <= now else "key ended"
