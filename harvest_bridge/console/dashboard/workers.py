"""Workers with their last beat, jobs of the last day, and the parts of /health/ready."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from functools import lru_cache

from django.db.models import Max, Sum
from django.urls import reverse

from harvest_bridge.admin_charts import bar_chart
from harvest_bridge.admin_panels import Card, DashboardPanel, Line, Link, Need, dashboard
from harvest_bridge.console import health
from harvest_bridge.console.workers.beats import SILENT_AFTER
from harvest_bridge.console.workers.models import JobHour, Worker

_RIGHT = "console.view_worker"
_MOST_LINES = 6


def register() -> None:
    dashboard.register(DashboardPanel("workers", "Workers and jobs", _RIGHT, 70, _workers, _needs))
    dashboard.register(DashboardPanel("health", "Parts of the bridge", _RIGHT, 75, _parts))


def _workers(now: datetime) -> Card:
    rows = list(Worker.objects.order_by("-beat_at")[:_MOST_LINES])
    alive = [row for row in rows if row.beat_at > now - SILENT_AFTER]
    lines = [
        Line(row.name, f"last beat {ago(now - row.beat_at)}", "", "success" if row in alive else "danger")
        for row in rows
    ]
    card = Card(
        figure=f"{len(alive)}",
        note="at work" if len(alive) != 1 else "worker at work",
        tone="default" if alive else "danger",
        lines=(*lines, *_failed_jobs(now)),
        links=(Link("Workers", reverse("admin:console_worker_changelist")), Link("Jobs", _jobs())),
        empty="No worker has ever run: start manage.py run_huey.",
    )
    return _with_plot(card, now)


def _failed_jobs(now: datetime) -> list[Line]:
    rows = JobHour.objects.filter(hour__gte=now - timedelta(days=1), failed__gt=0).values("name")
    found = rows.annotate(count=Sum("failed"), last=Max("last_at")).order_by("-count")[:3]
    return [
        Line(f"{row['name']} failed", f"{row['count']} times, last {ago(now - row['last'])}", _jobs(), "danger")
        for row in found
    ]


def _with_plot(card: Card, now: datetime) -> Card:
    first = now.replace(minute=0, second=0, microsecond=0) - timedelta(hours=23)
    counted = dict(JobHour.objects.filter(hour__gte=first).values_list("hour").annotate(count=Sum("done")).order_by())
    hours = [first + timedelta(hours=number) for number in range(24)]
    values = [counted.get(hour) or None for hour in hours]
    if not any(values):
        return card
    says = f"Jobs done by the hour; {sum(value or 0 for value in values):,} in 24 hours"
    return replace(card, plot=bar_chart("Jobs done", [f"{hour:%H:%M}" for hour in hours], values), plot_says=says)


def _parts(now: datetime) -> Card:
    parts = _health(now)
    wrong = [name for name, state in parts.items() if not health.is_fine(state)]
    return Card(
        figure="All well" if not wrong else f"{len(wrong)} not well",
        tone="danger" if wrong else "success",
        lines=tuple(
            Line(name, state, "", "success" if health.is_fine(state) else "danger") for name, state in parts.items()
        ),
        links=(Link("As a probe sees it", reverse("health-ready")),),
    )


def _needs(now: datetime) -> list[Need]:
    return [
        Need(f"{name.capitalize()}: {state}", "See docs/operating.md, “Health”.", reverse("health-ready"), "danger")
        for name, state in _health(now).items()
        if not health.is_fine(state)
    ]


@lru_cache(maxsize=1)
def _health(now: datetime) -> dict[str, str]:
    """Asked once for a look at the page, which gives the same moment to all its parts."""
    return health.parts()


def _jobs() -> str:
    return reverse("admin:console_jobhour_changelist")


def ago(passed: timedelta) -> str:
    """`12 s ago`, `5 min ago`, `3 h ago`, `2 days ago`."""
    seconds = max(0, round(passed.total_seconds()))
    for length, unit in ((86_400 * 2, 86_400), (7_200, 3_600), (120, 60)):
        if seconds >= length:
            return f"{seconds // unit} {({86_400: 'days', 3_600: 'h', 60: 'min'})[unit]} ago"
    return f"{seconds} s ago"
