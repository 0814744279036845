"""Passes in the admin, to look at."""

from __future__ import annotations

from django.contrib import admin
from django.utils import timezone
from unfold.decorators import display

from harvest_bridge.hosts.read_only import ReadOnlyAdmin
from harvest_bridge.mirror.models import Run
from harvest_bridge.mirror.progress import progress_of

from .status_page import STATUS_COLORS, title_of

_STATUSES = {status.label: color for status, color in STATUS_COLORS.items()}


@admin.register(Run)
class RunAdmin(ReadOnlyAdmin):
    list_display = (
        "created_at",
        "account",
        "kind",
        "display_status",
        "progress",
        "changed",
        "deleted",
        "calls",
        "asked_by",
    )
    list_filter = ("kind", "status", "mirror__connection__host_app")
    list_select_related = ("mirror__connection",)
    search_fields = ("mirror__connection__harvest_account_name", "mirror__connection__tenant_id", "=id")
    date_hierarchy = "created_at"
    fields = readonly_fields = (
        *("account", "kind", "display_status", "progress", "asked_by", "calls", "rows", "changed", "deleted"),
        *("created_at", "started_at", "heartbeat_at", "finished_at", "worker", "results", "error", "id"),
    )

    @display(description="Account", ordering="mirror__connection__harvest_account_name")
    def account(self, run: Run) -> str:
        return str(run.mirror.connection)

    @display(description="Status", ordering="status", label=_STATUSES)
    def display_status(self, run: Run) -> str:
        return run.get_status_display()

    @display(description="Asked by", ordering="requested_by")
    def asked_by(self, run: Run) -> str:
        return run.requested_by or "the schedule"

    @display(description="Progress")
    def progress(self, run: Run) -> str:
        if run.status not in (Run.Status.QUEUED, Run.Status.RUNNING):
            return f"{run.rows:,} rows"
        found = progress_of(run, {}, now=timezone.now())
        of = f" of {found.total:,}" if found.total else ""
        waits = f", waits until {run.waits_until:%H:%M:%S} UTC" if run.waits_until else ""
        return f"{title_of(found.resource)}: {found.rows:,}{of} rows, {found.lists_left} lists to go{waits}"
