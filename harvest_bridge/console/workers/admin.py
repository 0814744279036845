"""Workers and jobs, to look at."""

from __future__ import annotations

from django.contrib import admin

from harvest_bridge.hosts.read_only import ReadOnlyAdmin

from .models import JobHour, Worker


@admin.register(Worker)
class WorkerAdmin(ReadOnlyAdmin):
    list_display = ("name", "started_at", "beat_at")
    ordering = ("-beat_at",)


@admin.register(JobHour)
class JobHourAdmin(ReadOnlyAdmin):
    list_display = ("hour", "name", "done", "failed", "last_at")
    list_filter = ("name",)
    ordering = ("-hour", "name")
