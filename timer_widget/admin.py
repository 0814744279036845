"""Clicks and people in the admin, to look at."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from unfold.admin import ModelAdmin
from unfold.decorators import display

from . import host_admin  # noqa: F401 (what the timer adds to a host app's page)
from .models import Intent, IntentStatus, Person


class LookOnlyAdmin(ModelAdmin):
    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Person)
class PersonAdmin(LookOnlyAdmin):
    list_display = ("user_id", "name", "email", "tenant_id", "host_app", "last_seen_at")
    list_filter = ("host_app",)
    list_select_related = ("host_app",)
    search_fields = ("user_id", "name", "email", "tenant_id")


@admin.register(Intent)
class IntentAdmin(LookOnlyAdmin):
    list_display = ("clicked_at", "kind", "person", "item_id", "group_id", "state", "harvest_entry_id", "shown_outcome")
    list_filter = ("status", "kind", "person__host_app")
    list_select_related = ("person",)
    search_fields = ("item_id", "group_id", "person__user_id", "person__email")
    date_hierarchy = "created_at"

    @display(
        description="State",
        ordering="status",
        label={IntentStatus.DONE: "success", IntentStatus.PENDING: "warning", IntentStatus.FAILED: "danger"},
    )
    def state(self, intent: Intent) -> tuple[str, str]:
        return intent.status, intent.get_status_display()

    @display(description="What went wrong")
    def shown_outcome(self, intent: Intent) -> str:
        said = intent.outcome or {}
        return f"{said['message']} ({said['code']})" if "code" in said else ""
