"""The timer on the admin's dashboard, on a tenant's page and in the search."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import Count, Q
from django.db.models.functions import TruncHour
from django.urls import reverse
from django.utils.http import urlencode

from harvest_bridge.admin_charts import bar_chart
from harvest_bridge.admin_panels import (
    Card,
    DashboardPanel,
    Line,
    Link,
    Need,
    Tenant,
    TenantPanel,
    Tone,
    dashboard,
    search,
    tenant_page,
)

from .models import Intent, IntentStatus, Person, PersonState
from .operators.support import what_the_timer_says

_RIGHT = "timer_widget.view_intent"
_LATE = timedelta(minutes=5)
_TONES: dict[str, Tone] = {IntentStatus.FAILED: "danger", IntentStatus.PENDING: "warning", IntentStatus.DONE: "success"}


def _list(model: str, **query: str) -> str:
    return f"{reverse(f'admin:timer_widget_{model}_changelist')}?{urlencode(query)}"


def _undecided() -> int:
    return Intent.objects.filter(status=IntentStatus.FAILED, needs_decision=True).count()


def _card(now: datetime) -> Card:
    first = now.replace(minute=0, second=0, microsecond=0) - timedelta(hours=23)
    # By state, as the index is.
    lately = Intent.objects.filter(status__in=IntentStatus.values, created_at__gte=first).order_by()
    rows = lately.annotate(hour=TruncHour("created_at")).values_list("hour").annotate(count=Count("pk"))
    counted = dict(rows)
    hours = [first + timedelta(hours=number) for number in range(24)]
    values = [counted.get(hour) or None for hour in hours]
    pending = Intent.objects.filter(status=IntentStatus.PENDING).count()
    failed = lately.filter(status=IntentStatus.FAILED).count()
    return Card(
        figure=f"{pending:,}",
        note=f"pending; {failed:,} failed in 24 hours",
        tone="danger" if _undecided() else "warning" if pending else "default",
        lines=(
            Line(
                "Pending", f"{pending:,}", _list("intent", status__exact="pending"), "warning" if pending else "default"
            ),
            Line("Failed", f"{failed:,}", _list("intent", status__exact="failed"), "danger" if failed else "default"),
        ),
        links=(Link("All clicks", _list("intent")), Link("People", _list("person"))),
        plot=bar_chart("Clicks", [f"{hour:%H:%M}" for hour in hours], values) if any(values) else "",
        plot_says=f"Clicks by the hour; {sum(value or 0 for value in values):,} in 24 hours",
        empty="Nobody has clicked in 24 hours.",
    )


def _needs(now: datetime) -> list[Need]:
    needs = []
    if undecided := _undecided():
        said = f"{undecided:,} failed click{' waits' if undecided == 1 else 's wait'} for a decision"
        remedy = "Open them: carry out again, or tell the person."
        needs.append(Need(said, remedy, _list("intent", status__exact="failed"), "danger"))
    late = Intent.objects.filter(status=IntentStatus.PENDING, created_at__lt=now - _LATE).count()
    if late:
        said = f"{late:,} click{' has' if late == 1 else 's have'} been pending for more than five minutes"
        remedy = "See what is in their way; a worker tries again by itself."
        needs.append(Need(said, remedy, _list("intent", status__exact="pending"), "warning"))
    return needs


def _people(tenant: Tenant, now: datetime) -> Card:
    rows = Person.objects.filter(host_app=tenant.host_app_id, tenant_id=tenant.tenant_id)
    newest = list(rows.select_related("host_app").order_by("-last_seen_at")[:6])
    return Card(
        figure=f"{rows.count():,}",
        note="people, and what the timer says to those seen last",
        lines=tuple(
            Line(str(row), what_the_timer_says(row), reverse("admin:timer_widget_person_change", args=[row.pk]))
            for row in newest
        ),
        links=(Link("Its people", _list("person", q=tenant.tenant_id)),),
        empty="Nobody of this customer has opened a timer.",
    )


def _clicks(tenant: Tenant, now: datetime) -> Card:
    of_tenant = Q(person__host_app=tenant.host_app_id, person__tenant_id=tenant.tenant_id)
    running = list(PersonState.objects.filter(of_tenant, running__isnull=False).select_related("person")[:6])
    rows = list(Intent.objects.filter(of_tenant).select_related("person").order_by("-created_at")[:8])
    wrong = Intent.objects.filter(of_tenant, status=IntentStatus.FAILED, needs_decision=True).count()
    lines = [
        Line(
            f"{row.person}",
            "a timer runs",
            reverse("admin:timer_widget_person_change", args=[row.person_id]),
            "success",
        )
        for row in running
    ]
    return Card(
        figure=f"{len(running)}",
        note="timers run now" + (f"; {wrong} failed clicks wait for a decision" if wrong else ""),
        tone="danger" if wrong else "default",
        lines=(*lines, *map(_click, rows)),
        links=(Link("Failed clicks", _list("intent", status__exact="failed", q=tenant.tenant_id)),),
        empty="Nobody of this customer has clicked.",
    )


def _click(row: Intent) -> Line:
    said = row.outcome or {}
    why = f": {said['message']}" if "code" in said else ""
    name = f"{row.created_at:%d %b %H:%M} {row.get_kind_display().lower()}, {row.person}"
    address = reverse("admin:timer_widget_intent_change", args=[row.pk])
    return Line(name, f"{row.get_status_display()}{why}", address, _TONES.get(row.status, "default"))


dashboard.register(DashboardPanel("clicks", "Clicks in the timer", _RIGHT, 40, _card, _needs))
tenant_page.register(TenantPanel("people", "People and what their timer says", "timer_widget.view_person", 20, _people))
tenant_page.register(TenantPanel("clicks", "Timers and clicks", _RIGHT, 30, _clicks))
search.register(Person, place=10)
