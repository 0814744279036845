"""Connections in the admin: state, facts and the last error; never a token."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from unfold.admin import ModelAdmin
from unfold.decorators import display

from harvest_bridge.errors import BridgeError

from . import services, vault
from .models import Connection, Status

_LABELS = {
    Status.ACTIVE: "success",
    Status.CONNECTING: "info",
    Status.NEEDS_REAUTH: "danger",
    Status.POST_INSTALL_ERROR: "warning",
    Status.VALIDATION_ERROR: "warning",
    "disconnected": "default",
}


@admin.register(Connection)
class ConnectionAdmin(ModelAdmin):
    list_display = ("harvest_account_name", "tenant_id", "host_app", "kind", "state", "linked_by", "shown_error")
    list_filter = ("host_app", "status", "kind")
    list_select_related = ("host_app",)
    search_fields = ("harvest_account_name", "tenant_id", "user_id", "linked_by")
    actions = ("refresh_now", "disconnect")
    fieldsets = (
        (None, {"fields": ("state", "shown_error", "host_app", "tenant_id", "kind", "user_id", "context")}),
        (
            "Harvest",
            {"fields": ("harvest_account_name", "harvest_account_id", "linked_by", "harvest_user_id", "access_roles")},
        ),
        (
            "Tokens",
            {"fields": ("access_token_expires_at", "last_refreshed_at", "token_generation", "disconnected_at")},
        ),
        ("History", {"fields": ("id", "created_at", "updated_at")}),
    )

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        return [name for _, options in self.fieldsets for name in options["fields"]]

    @display(description="State", ordering="status", label=_LABELS)
    def state(self, connection: Connection) -> tuple[str, str]:
        if connection.disconnected_at:
            return "disconnected", "Disconnected"
        return connection.status, connection.get_status_display()

    @display(description="Last error")
    def shown_error(self, connection: Connection) -> str:
        error = connection.last_error
        return f"{error['message']} ({error['code']}, {error['at']})" if error else "none"

    @admin.action(description="Refresh the tokens now")
    def refresh_now(self, request: HttpRequest, connections: QuerySet[Connection]) -> None:
        for connection in connections:
            try:
                vault.renew(connection, rejected=vault.credentials(connection))
            except BridgeError as error:
                self.message_user(request, f"{connection}: {error.message}", messages.ERROR)
            else:
                self.log_change(request, connection, "Refreshed the tokens")
                self.message_user(request, f"{connection}: tokens renewed.")

    @admin.action(description="Disconnect: forget the tokens at once, keep the history")
    def disconnect(self, request: HttpRequest, connections: QuerySet[Connection]) -> None:
        for connection in connections:
            services.disconnect(connection=connection)
            self.log_change(request, connection, "Disconnected")
        self.message_user(request, f"Disconnected {len(connections)}.")
