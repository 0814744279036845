"""The audit, to look at."""

from __future__ import annotations

from django.contrib import admin

from harvest_bridge.hosts.read_only import ReadOnlyAdmin

from .models import AuditEntry


@admin.register(AuditEntry)
class AuditEntryAdmin(ReadOnlyAdmin):
    list_display = ("at", "actor", "action", "detail", "address")
    list_filter = ("action",)
    search_fields = ("actor", "action", "detail", "object_id")
    search_help_text = "An operator's name, an action, or an object's id"
    date_hierarchy = "at"
