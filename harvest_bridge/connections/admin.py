"""Connections in the admin: state, facts, history at a glance, and what an operator may do; never a token."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC
from typing import Any

from django.conf import settings
from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.dateparse import parse_datetime
from unfold.decorators import action, display

from harvest_bridge.errors import BridgeError
from harvest_bridge.harvest.operations import get_me
from harvest_bridge.hosts.read_only import ReadOnlyAdmin
from harvest_bridge.hosts.retry_rights import may_retry

from . import calls, history, renewal, services
from .event_admin import ConnectionEventAdmin, EventInline
from .history import What
from .link_token_admin import LinkTokenAdmin
from .models import Connection, Status

__all__ = ["ConnectionAdmin", "ConnectionEventAdmin", "LinkTokenAdmin"]

_DISCONNECTED = "Disconnected"
_STATES = {
    Status.ACTIVE.label: "success",
    Status.CONNECTING.label: "info",
    Status.NEEDS_REAUTH.label: "danger",
    Status.POST_INSTALL_ERROR.label: "warning",
    Status.VALIDATION_ERROR.label: "warning",
    _DISCONNECTED: "default",
}


@admin.register(Connection)
class ConnectionAdmin(ReadOnlyAdmin):
    list_display = (
        "harvest_account_name",
        "tenant_id",
        "host_app",
        "kind",
        "state",
        "linker",
        "expiry",
        "display_error",
    )
    list_filter = ("host_app", "status", "kind", "authentication_method")
    list_select_related = ("host_app",)
    search_fields = ("harvest_account_name", "=harvest_account_id", "tenant_id", "user_id", "linked_by", "label", "=id")
    inlines = (EventInline,)
    actions_detail = ("mirror", "refresh_now", "test_call", "relink_address", "disconnect")
    fieldsets = (
        (None, {"fields": ("state", "display_error", "host_app", "tenant_id", "kind", "user_id", "label", "context")}),
        (
            "Harvest",
            {
                "fields": (
                    "harvest_account_name",
                    "harvest_account_id",
                    "linker",
                    "harvest_user_id",
                    "display_forbidden_error",
                )
            },
        ),
        (
            "Tokens",
            {
                "fields": (
                    "authentication_method",
                    "access_token_expires_at",
                    "last_refreshed_at",
                    "token_generation",
                    "last_used_at",
                    "disconnected_at",
                )
            },
        ),
        ("Record", {"fields": ("id", "created_at", "updated_at")}),
    )

    def has_use_permission(self, request: HttpRequest, object_id: str | None = None) -> bool:
        return bool(request.user.has_perm("connections.change_connection"))

    def has_retry_permission(self, request: HttpRequest, object_id: str | None = None) -> bool:
        return may_retry(request, Connection)

    def has_relink_permission(self, request: HttpRequest, object_id: str | None = None) -> bool:
        return self.has_use_permission(request) and request.user.has_perm("connections.add_linktoken")

    def has_disconnect_permission(self, request: HttpRequest, object_id: str | None = None) -> bool:
        return self.has_view_permission(request) and request.user.has_perm("connections.delete_connection")

    def has_mirror_permission(self, request: HttpRequest, object_id: str | None = None) -> bool:
        return bool(request.user.has_perm("mirror.view_mirror"))

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        return [name for _, options in self.fieldsets for name in options["fields"]]

    @display(description="State", ordering="status", label=_STATES)
    def state(self, connection: Connection) -> str:
        return _DISCONNECTED if connection.disconnected_at else connection.get_status_display()

    @display(description="Linked by", ordering="linked_by")
    def linker(self, connection: Connection) -> str:
        return f"{connection.linked_by}, {', '.join(connection.access_roles) or 'member'}"

    @display(description="Token expires", ordering="access_token_expires_at")
    def expiry(self, connection: Connection) -> Any:
        return connection.access_token_expires_at or "never"

    @display(description="Last error")
    def display_error(self, connection: Connection) -> str:
        return display_error(connection.last_error)

    @display(description="Last refused by Harvest")
    def display_forbidden_error(self, connection: Connection) -> str:
        return display_error(connection.last_forbidden_error)

    @action(description="Mirror", url_path="mirror", icon="database", permissions=["mirror"])
    def mirror(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """To the page of its copy."""
        connection = get_object_or_404(Connection, pk=object_id)
        return HttpResponseRedirect(reverse("admin:mirror_mirror_connection", args=[connection.pk]))

    @action(description="Refresh now", url_path="refresh-now", icon="refresh", permissions=["retry"])
    def refresh_now(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return self._act(request, object_id, "Refresh the tokens now?", renewal.refresh_now, "Tokens renewed.")

    @action(description="Test call", url_path="test-call", icon="network_check", permissions=["retry"])
    def test_call(self, request: HttpRequest, object_id: str) -> HttpResponse:
        def ask_who_we_are(connection: Connection) -> None:
            me = calls.send(connection, get_me())
            history.note(connection, What.TESTED, actor=_name(request), detail=f"Harvest answers as {me.full_name}.")

        return self._act(request, object_id, "Ask Harvest who we are?", ask_who_we_are, "Harvest answered.")

    @action(
        description="Re-link address",
        url_path="relink-address",
        icon="add_link",
        permissions=["relink"],
    )
    def relink_address(self, request: HttpRequest, object_id: str) -> HttpResponse:
        connection = get_object_or_404(Connection, pk=object_id)
        if request.method != "POST":
            return self._page(request, connection, question="Make an address with which somebody can link this again?")
        text = services.create_link_token(
            host_app=connection.host_app, tenant_id="", relinks=connection, keeps_context=True
        )
        history.note(connection, What.RELINK_ADDRESS, actor=_name(request))
        self.log_change(request, connection, "Made a re-link address")
        address = f"{settings.PUBLIC_URL}{reverse('connect-account')}?link_token={text}"
        return self._page(request, connection, address=address)

    @action(
        description="Disconnect",
        url_path="disconnect",
        icon="link_off",
        permissions=["disconnect"],
    )
    def disconnect(self, request: HttpRequest, object_id: str) -> HttpResponse:
        def end(connection: Connection) -> None:
            services.disconnect(connection=connection, actor=_name(request))

        return self._act(request, object_id, "Forget its tokens at once? The history stays.", end, "Disconnected.")

    def _act(
        self, request: HttpRequest, object_id: str, question: str, act: Callable[[Connection], None], done: str
    ) -> HttpResponse:
        """Ask on GET, act on POST, and leave an audit row either way it ends."""
        connection = get_object_or_404(Connection, pk=object_id)
        if request.method != "POST":
            return self._page(request, connection, question=question)
        try:
            act(connection)
        except BridgeError as error:
            self.log_change(request, connection, f"{question} {error.code}")
            self.message_user(request, error.message, messages.ERROR)
        else:
            self.log_change(request, connection, done)
            self.message_user(request, done)
        return HttpResponseRedirect(reverse("admin:connections_connection_change", args=[connection.pk]))

    def _page(self, request: HttpRequest, connection: Connection, **context: Any) -> TemplateResponse:
        back = reverse("admin:connections_connection_change", args=[connection.pk])
        shared = {**self.admin_site.each_context(request), "opts": Connection._meta, "back": back}
        page = {**shared, "title": str(connection), "original": connection, "connection": connection, **context}
        return TemplateResponse(request, "console/connection_action.html", page)


def _name(request: HttpRequest) -> str:
    return history.operator(request.user.get_username())


def display_error(error: dict[str, Any] | None) -> str:
    """A kept error in words: what, its code, and when."""
    if not error:
        return "none"
    code, at = error.get("code"), parse_datetime(str(error.get("at", "")))
    when = f"{at.astimezone(UTC):%d %b %Y %H:%M} UTC" if at else str(error.get("at") or "")
    facts = ", ".join(filter(None, (str(code or ""), when)))
    return f"{error.get('message') or 'No reason was given.'}" + (f" ({facts})" if facts else "")
