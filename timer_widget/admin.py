"""Clicks and people in the admin, to look at."""

from __future__ import annotations

from django.contrib import admin
from unfold.decorators import display

from harvest_bridge.hosts.read_only import ReadOnlyAdmin

from . import host_admin  # noqa: F401 (what the timer adds to a host app's page)
from .models import Intent, IntentStatus, Person

_STATES = {
    IntentStatus.DONE.label: "success",
    IntentStatus.PENDING.label: "warning",
    IntentStatus.FAILED.label: "danger",
}


@admin.register(Person)
class PersonAdmin(ReadOnlyAdmin):
    list_display = ("user_id", "name", "email", "tenant_id", "host_app", "last_seen_at")
    list_filter = ("host_app",)
    list_select_related = ("host_app",)
    search_fields = ("user_id", "name", "email", "tenant_id")


@admin.register(Intent)
class IntentAdmin(ReadOnlyAdmin):
    list_display = ("clicked_at", "kind", "person", "item_id", "group_id", "state", "harvest_entry_id", "shown_outcome")
    list_filter = ("status", "kind", "person__host_app")
    list_select_related = ("person",)
    search_fields = ("item_id", "group_id", "person__user_id", "person__email")
    date_hierarchy = "created_at"

    @display(
        description="State",
        ordering="status",
        label=_STATES,
    )
    def state(self, intent: Intent) -> str:
        return intent.get_status_display()

    @display(description="What went wrong")
    def shown_outcome(self, intent: Intent) -> str:
        said = intent.outcome or {}
        return f"{said['message']} ({said['code']})" if "code" in said else ""
