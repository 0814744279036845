"""People in the admin, to look at; clicks stand in `operators.click_admin`."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.safestring import SafeString
from unfold.decorators import display

from harvest_bridge.hosts.read_only import ReadOnlyAdmin

from .models import Person
from .operators import click_admin, host_admin, support  # noqa: F401 (two for what they register)


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
