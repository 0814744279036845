"""The timer on a host app's page in the admin: settings, project rules, and a page with its preview and its figures."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from unfold.admin import StackedInline, TabularInline
from unfold.decorators import action

from harvest_bridge.admin_charts import bar_chart
from harvest_bridge.hosts.admin import HostAppAdmin
from harvest_bridge.hosts.models import HostApp
from timer_widget.frames import assets
from timer_widget.models import ProjectRule, Theme, TimerSettings

from . import statistics


class TimerSettingsInline(StackedInline):
    model = TimerSettings
    extra = 0
    can_delete = False
    fieldsets = (
        ("Looks", {"fields": ("theme", "accent")}),
        ("Sign-in", {"fields": ("allows_popup_sign_in",)}),
        ("Starting", {"fields": ("continues_entries",)}),
        (
            "Forgotten timers",
            {
                "fields": (
                    "finds_forgotten",
                    "longest_run_hours",
                    ("work_day_starts", "work_day_ends"),
                    "weekend",
                    "stops_forgotten_after_minutes",
                )
            },
        ),
        ("You are not tracking", {"fields": ("reminds_after_minutes",)}),
    )


class ProjectRuleInline(TabularInline):
    model = ProjectRule
    extra = 0
    fields = ("position", "match", "value", "tenant_id", "project", "task")


admin.site.unregister(HostApp)


@admin.register(HostApp)
class HostAppWithTimerAdmin(HostAppAdmin):
    """The host app's own page, with what the timer adds to it."""

    inlines = (*HostAppAdmin.inlines, TimerSettingsInline, ProjectRuleInline)
    actions_detail = ("timer", *HostAppAdmin.actions_detail)

    @action(description="Timer", url_path="timer", icon="timer", permissions=["view"])
    def timer(self, request: HttpRequest, object_id: str) -> HttpResponse:
        host_app = get_object_or_404(HostApp, pk=object_id)
        now = timezone.now()
        newest = assets.exact_versions()[0]
        starts = statistics.starts_by_day(host_app, now.date())
        context: dict[str, Any] = {
            **self.admin_site.each_context(request),
            "object": host_app,
            "title": f"Timer of {host_app.name}",
            "back": reverse("admin:hosts_hostapp_change", args=[host_app.pk]),
            "host_app": host_app,
            "preview": reverse("preview-page", args=[host_app.pk]),
            "theme": request.GET.get("theme", ""),
            "themes": Theme.choices,
            "sessions": statistics.sessions_now(host_app, now),
            "people": statistics.people_now(host_app, now),
            "starts": bar_chart("Starts", [bar.label for bar in starts], [bar.count for bar in starts]),
            "starts_in_all": sum(bar.count for bar in starts),
            "failures": statistics.failures_by_reason(host_app, now.date()),
            "public_url": settings.PUBLIC_URL,
            "pinned_url": assets.loader_url(newest),
            "integrity": assets.integrity(newest),
        }
        return TemplateResponse(request, "timer_widget/admin_timer.html", context)
