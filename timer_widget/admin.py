"""People in the admin, to look at; clicks stand in `operators.click_admin`."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.safestring import SafeString
from unfold.admin import ModelAdmin
from unfold.decorators import display

from harvest_bridge.hosts.read_only import ReadOnlyAdmin

from .models import Person, PersonTimerRules
from .operators import click_admin, host_admin, support  # noqa: F401 (two for what they register)

_RULES = (
    *("finds_forgotten", "longest_run_hours", "work_day_starts", "work_day_ends", "weekend"),
    *("stops_forgotten_after_minutes", "reminds_after_minutes"),
)


@admin.register(PersonTimerRules)
class PersonTimerRulesAdmin(ModelAdmin):
    """Where somebody's work day differs; what is empty is as the host app has it."""

    list_display = ("person", *_RULES)
    list_select_related = ("person",)
    autocomplete_fields = ("person",)
    search_fields = ("person__user_id", "person__name", "person__email")
    fieldsets = (
        (None, {"fields": ("person",)}),
        ("Forgotten timers", {"fields": _RULES[:-1]}),
        ("You are not tracking", {"fields": _RULES[-1:]}),
    )


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
        ("Lately", {"fields": ("clicks", "forgotten", "requests")}),
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

    @display(description="Forgotten timers")
    def forgotten(self, person: Person) -> SafeString:
        return support.forgotten_timers(person)

    @display(description="Requests")
    def requests(self, person: Person) -> SafeString:
        return support.requests(person)
