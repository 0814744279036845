"""What each host app wants mirrored, in the admin."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from unfold.admin import ModelAdmin

from harvest_bridge.mirror.models import HostPolicy

from .forms import ALL, ResourcesField


class HostPolicyForm(forms.ModelForm):  # type: ignore[type-arg]
    resources = ResourcesField(ALL)

    class Meta:
        model = HostPolicy
        fields = (
            *("host_app", "begins_by_itself", "resources", "hot_seconds", "window_seconds", "sweep_seconds"),
            *("history_days", "erase_after_days"),
        )
        labels = {
            "hot_seconds": "Changes every, seconds",
            "window_seconds": "The last 14 days every, seconds",
            "sweep_seconds": "Everything every, seconds",
            "history_days": "How many days back",
        }


@admin.register(HostPolicy)
class HostPolicyAdmin(ModelAdmin):
    form = HostPolicyForm
    list_display = ("host_app", "begins_by_itself", "hot_seconds", "window_seconds", "sweep_seconds", "history_days")
    list_select_related = ("host_app",)
    actions = None

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return ("host_app",) if obj else ()
