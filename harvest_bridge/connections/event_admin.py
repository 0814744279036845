"""The history of connections in the admin: on a connection's page, and as a list that outlives connections."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from unfold.decorators import display

from harvest_bridge.hosts.read_only import ReadOnlyAdmin, ReadOnlyInline

from .history import What
from .models import ConnectionEvent

_EVENTS = {
    What.LINKED.label: "success",
    What.RELINKED.label: "success",
    What.REACTIVATED.label: "success",
    What.NEEDS_REAUTH.label: "danger",
    What.DISCONNECTED.label: "warning",
    What.REFRESHED.label: "info",
}


class EventInline(ReadOnlyInline):
    """The timeline: newest first, added to and never changed."""

    model = ConnectionEvent
    verbose_name_plural = "History"
    fields = readonly_fields = ("at", "event", "actor", "detail")
    hide_title = True
    per_page = 15

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Whoever sees the connection sees what happened to it."""
        return bool(request.user.has_perm("connections.view_connection"))

    @display(description="What", label=_EVENTS)
    def event(self, event: ConnectionEvent) -> str:
        return event.get_what_display()


@admin.register(ConnectionEvent)
class ConnectionEventAdmin(ReadOnlyAdmin):
    """By the connection's id, for the connection itself may be gone."""

    list_display = fields = ("at", "event", "connection_id", "actor", "detail")
    list_filter = ("what",)
    search_fields = ("=connection__id", "actor", "detail")
    date_hierarchy = "at"

    @display(description="What", label=_EVENTS)
    def event(self, event: ConnectionEvent) -> str:
        return event.get_what_display()

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return self.fields
