"""Mirrors in the admin: how complete and how fresh each is, and its runs. What may be done is in `mirror_actions`."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.contrib import admin
from django.db.models import Prefetch, QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.timesince import timesince
from unfold.decorators import display

from harvest_bridge.admin_charts import bar_chart
from harvest_bridge.mirror import schedule
from harvest_bridge.mirror.models import Mirror, Run, Stream, StreamState

from . import status_page
from .mirror_actions import MirrorActions

PAUSED, OFF, COMPLETE = "Paused", "Off", "Complete"
_STATES = {
    COMPLETE: "success",
    "Loading": "info",
    "Partial": "warning",
    "Forbidden in part": "warning",
    "Failing": "danger",
    PAUSED: "warning",
    OFF: "default",
}
_OPEN = (Run.Status.QUEUED, Run.Status.RUNNING)


@admin.register(Mirror)
class MirrorAdmin(MirrorActions):
    list_display = ("account", "tenant", "host_app", "state", "freshness", "rows", "under_way")
    list_filter = ("connection__host_app", "is_on", "is_paused", "streams__state")
    list_select_related = ("connection__host_app",)
    search_fields = ("connection__harvest_account_name", "connection__tenant_id", "=connection__id")
    change_form_before_template = "mirror/status.html"
    fields = readonly_fields = (
        *("connection_link", "tenant", "host_app", "state", "intervals", "kept_resources", "last_position"),
        *("forgotten_through", "created_at", "erase_at"),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Mirror]:
        rows: QuerySet[Mirror] = super().get_queryset(request)
        open_runs = Prefetch("runs", Run.objects.filter(status__in=_OPEN), to_attr="open_runs")
        return rows.prefetch_related("streams", open_runs)

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        mirror = self.get_object(request, object_id or "")
        picture = _picture(mirror) if mirror else {}
        return super().changeform_view(request, object_id, form_url, {**(extra_context or {}), **picture})

    @display(description="Account", ordering="connection__harvest_account_name")
    def account(self, mirror: Mirror) -> str:
        return mirror.connection.harvest_account_name or str(mirror.connection_id)

    @display(description="Connection")
    def connection_link(self, mirror: Mirror) -> str:
        address = reverse("admin:connections_connection_change", args=[mirror.connection_id])
        return format_html('<a class="underline" href="{}">{}</a>', address, mirror.connection)

    @display(description="Tenant", ordering="connection__tenant_id")
    def tenant(self, mirror: Mirror) -> str:
        return mirror.connection.tenant_id

    @display(description="Host app", ordering="connection__host_app__name")
    def host_app(self, mirror: Mirror) -> str:
        return str(mirror.connection.host_app)

    @display(description="State", label=_STATES)
    def state(self, mirror: Mirror) -> str:
        return state_of(mirror)

    @display(description="Fresh as of")
    def freshness(self, mirror: Mirror) -> str:
        """Of the stream that was read longest ago."""
        moments = [stream.as_of for stream in _readable(mirror)]
        if not moments or None in moments:
            return "not yet whole"
        return f"{timesince(min(filter(None, moments)), depth=1)} ago"

    @display(description="Records in Harvest")
    def rows(self, mirror: Mirror) -> str:
        return f"{sum(stream.total_entries or 0 for stream in mirror.streams.all()):,}"

    @display(description="Under way")
    def under_way(self, mirror: Any) -> str:
        return ", ".join(run.get_kind_display() for run in mirror.open_runs) or "-"

    @display(description="Schedule")
    def intervals(self, mirror: Mirror) -> str:
        found = schedule.intervals_of(mirror, schedule.policy_of(mirror.connection))
        hot, window, sweep = map(_shown, (found.hot, found.window, found.sweep))
        return f"Changes every {hot}, the last 14 days every {window}, everything every {sweep}"

    @display(description="Resources")
    def kept_resources(self, mirror: Mirror) -> str:
        rows = schedule.resources_of(mirror, schedule.policy_of(mirror.connection))
        return ", ".join(status_page.title_of(row.name) for row in rows)


def _shown(interval: timedelta) -> str:
    """`90 s`, `2 min`, `24 h`."""
    seconds = round(interval.total_seconds())
    for unit, size in (("h", 3600), ("min", 60)):
        if seconds >= size and seconds % size == 0:
            return f"{seconds // size} {unit}"
    return f"{seconds} s"


def _readable(mirror: Mirror) -> list[Stream]:
    hidden = (StreamState.FORBIDDEN, StreamState.OFF)
    return [stream for stream in mirror.streams.all() if stream.state not in hidden]


def state_of(mirror: Mirror) -> str:
    """The worst that there is to know, in one word."""
    if mirror.is_paused or not mirror.is_on:
        return PAUSED if mirror.is_on else OFF
    streams = mirror.streams.all()
    found = {StreamState(stream.state) for stream in streams}
    if StreamState.FAILING in found:
        return "Failing"
    if not streams or any(stream.reason == "loading" for stream in streams):
        return "Loading"
    if StreamState.FORBIDDEN in found:
        return "Forbidden in part"
    return "Partial" if StreamState.PARTIAL in found else COMPLETE


def _picture(mirror: Mirror) -> dict[str, Any]:
    now = timezone.now()
    lines = status_page.stream_lines(mirror, now=now)
    runs = status_page.run_lines(mirror, [line.stream for line in lines], now=now)
    return {
        "mirror": mirror,
        "lines": lines,
        "runs": runs,
        "state": state_of(mirror),
        "state_color": _STATES[state_of(mirror)],
        "is_open": any(line.progress for line in runs),
        "charts": [_ages(lines, now), _changes(mirror, now)],
    }


def _ages(lines: list[status_page.StreamLine], now: Any) -> dict[str, Any]:
    known = [line for line in lines if line.stream.as_of]
    ages = [round((now - line.stream.as_of).total_seconds() / 60, 1) for line in known]
    data = bar_chart("Age", [line.title for line in known], ages, suffix="min") if known else ""
    figure = f"at most {max(ages):,.0f} min" if known else ""
    return {"title": "Read so many minutes ago, by resource", "figure": figure, "data": data, "empty": "Nothing yet."}


def _changes(mirror: Mirror, now: Any) -> dict[str, Any]:
    hours = status_page.changes_by_hour(mirror, now=now)
    counts = [count for _, count in hours]
    data = (
        bar_chart("Changes", [f"{hour:%H:00}" for hour, _ in hours], [count or None for count in counts])
        if sum(counts)
        else ""
    )
    title = "Records that changed, the last 24 hours (UTC)"
    return {"title": title, "figure": f"{sum(counts):,}", "data": data, "empty": "None in this time."}
