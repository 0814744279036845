"""Clicks and people in the admin, to look at."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.safestring import SafeString
from unfold.decorators import display

from harvest_bridge.hosts.read_only import ReadOnlyAdmin

from .models import Intent, IntentStatus, Person
from .operators import host_admin, support  # noqa: F401 (`host_admin`: what the timer adds to a host app's page)

_STATES = {
    IntentStatus.DONE.label: "success",
    IntentStatus.PENDING.label: "warning",
    IntentStatus.FAILED.label: "danger",
}


@admin.register(Person)
class PersonAdmin(ReadOnlyAdmin):
    """What support asks of one person: can they use the timer, why not, and what did they do lately."""

    list_display = ("user_id", "name", "email", "tenant_id", "host_app", "last_seen_at")
    list_filter = ("host_app",)
    list_select_related = ("host_app",)
    search_fields = ("user_id", "name", "email", "tenant_id")
    fieldsets = (
        (None, {"fields": ("name", "email", "host_app", "tenant_id", "user_id", "last_seen_at", "signed_out_at")}),
        ("Harvest", {"fields": ("timer_says", "connection", "identity")}),
        ("Lately", {"fields": ("clicks", "requests")}),
    )

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        return [name for _, options in self.fieldsets for name in options["fields"]]

    @display(description="What the timer says")
    def timer_says(self, person: Person) -> str:
        return support.what_the_timer_says(person)

    @display(description="Connection")
    def connection(self, person: Person) -> SafeString:
        return support.connections(person)

    @display(description="Identity")
    def identity(self, person: Person) -> SafeString:
        return support.identities(person)

    @display(description="Clicks")
    def clicks(self, person: Person) -> SafeString:
        return support.clicks(person)

    @display(description="Requests")
    def requests(self, person: Person) -> SafeString:
        return support.requests(person)


@admin.register(Intent)
class IntentAdmin(ReadOnlyAdmin):
    list_display = ("clicked_at", "kind", "person", "item_id", "group_id", "state", "harvest_entry_id", "shown_outcome")
    list_filter = ("status", "kind", "person__host_app")
    list_select_related = ("person",)
    search_fields = ("item_id", "group_id", "person__user_id", "person__name", "person__email", "person__tenant_id")
    fields = (
        "clicked_at",
        "kind",
        "person",
        "item_id",
        "group_id",
        "state",
        "shown_outcome",
        "harvest_entry_id",
        "created_at",
        "settled_at",
        "asked",
        "id",
    )
    readonly_fields = ("state", "shown_outcome")
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
