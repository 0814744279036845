"""Mirrors on the admin's dashboard and on a tenant's."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import pairwise

from django.db.models import Count, Q
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
    dashboard,
    search,
    tenant_page,
)
from harvest_bridge.connections.models import Status

from .models import Mirror, Stream, StreamState
from .operators import lookups

_RIGHT = "mirror.view_mirror"
_AGES = (
    ("≤ 5 min", timedelta(minutes=5)),
    ("≤ 15 min", timedelta(minutes=15)),
    ("≤ 1 h", timedelta(hours=1)),
    ("≤ 1 day", timedelta(days=1)),
)
# Every stream is read in one pass, so one tells of all.
_TELLING = "time_entries"
_LATE = timedelta(hours=1)


def _list(**query: str) -> str:
    return f"{reverse('admin:mirror_mirror_changelist')}?{urlencode(query)}"


def _card(now: datetime) -> Card:
    names, counts, total = _by_age(now)
    fresh = sum(counts[:2])
    return Card(
        figure=f"{fresh:,} of {total:,}",
        note="read within the last 15 minutes",
        tone="warning" if fresh < total else "default",
        lines=tuple(_wrong_streams()),
        links=(Link("All mirrors", _list()),),
        plot=bar_chart("Mirrors", names, [count or None for count in counts]) if total else "",
        plot_says="; ".join(f"{name}: {count}" for name, count in zip(names, counts, strict=True)),
        empty="No account is mirrored.",
    )


def _live() -> Q:
    return Q(mirror__is_on=True, mirror__is_paused=False, mirror__connection__disconnected_at=None)


def _by_age(now: datetime) -> tuple[list[str], list[int], int]:
    """How many mirrors were read how long ago: names, counts, and all of them. One query."""
    rows = Stream.objects.filter(_live(), resource=_TELLING)
    within = {f"age{place}": Count("pk", filter=Q(as_of__gte=now - age)) for place, (_, age) in enumerate(_AGES)}
    found = rows.aggregate(all=Count("pk"), ever=Count("as_of"), **within)
    reached = [0, *(found[f"age{place}"] for place in range(len(_AGES))), found["ever"], found["all"]]
    counts = [later - earlier for earlier, later in pairwise(reached)]
    return [*(name for name, _ in _AGES), "older", "never"], counts, found["all"]


def _wrong_streams() -> list[Line]:
    rows = Stream.objects.filter(_live(), state=StreamState.FAILING).order_by()
    found = rows.aggregate(streams=Count("pk"), mirrors=Count("mirror", distinct=True))
    if not found["streams"]:
        return []
    return [Line("Failing", f"{found['streams']:,} lists of {found['mirrors']:,} mirrors", _list(), "danger")]


def _needs(now: datetime) -> list[Need]:
    rows = Mirror.objects.filter(is_on=True, is_paused=False, connection__disconnected_at=None)
    late = rows.filter(due_at__lt=now - _LATE, connection__status="active").count()
    held = rows.filter(streams__held_deletes__gt=0).distinct().count()
    needs = []
    if late:
        said = f"{late:,} mirror{' is' if late == 1 else 's are'} more than an hour late"
        needs.append(Need(said, "See whether a worker runs, and what its streams say.", _list(), "warning"))
    if held:
        said = f"{held:,} mirror{' holds' if held == 1 else 's hold'} back deletes, which are many at once"
        needs.append(Need(said, "Look at them, and approve or wait.", _list(), "warning"))
    return needs


def _of_tenant(tenant: Tenant, now: datetime) -> Card:
    rows = Mirror.objects.filter(
        connection__host_app=tenant.host_app_id, connection__tenant_id=tenant.tenant_id
    ).select_related("connection")
    found = list(rows[:10])
    cut_off = [row for row in found if row.connection.status == Status.NEEDS_REAUTH]
    read = [row for row in found if row not in cut_off]
    wrong = Stream.objects.filter(mirror__in=read).exclude(state=StreamState.COMPLETE).select_related("mirror")
    lines = [Line(_name(row), _state(row), reverse("admin:mirror_mirror_change", args=[row.pk])) for row in found]
    lines += [
        Line(
            row.resource.replace("_", " "),
            row.detail or row.get_state_display(),
            reverse("admin:mirror_mirror_change", args=[row.mirror_id]),
            "danger" if row.state == StreamState.FAILING else "warning",
        )
        for row in wrong.order_by("state", "pk")[:6]
    ]
    lines += [_line_of_cut_off(row) for row in cut_off]
    return Card(
        figure=f"{len(found)}",
        note="account mirrored" if len(found) == 1 else "accounts mirrored",
        lines=tuple(lines),
        links=(Link("Its mirrors", _list(q=tenant.tenant_id)),),
        empty="No account of this customer is mirrored.",
    )


def _line_of_cut_off(row: Mirror) -> Line:
    """One line in place of its streams, which all say the same."""
    address = reverse("admin:connections_connection_change", args=[row.connection_id])
    return Line(
        _name(row),
        "stands still: Harvest no longer lets us in. Send the customer a re-link address.",
        address,
        "danger",
    )


def _name(row: Mirror) -> str:
    return f"Mirror of {row.connection.harvest_account_name}"


def _state(row: Mirror) -> str:
    telling = row.streams.filter(resource=_TELLING).first()
    if not row.is_on or row.is_paused:
        return "paused" if row.is_on else "off"
    return f"as of {telling.as_of:%d %b %H:%M} UTC" if telling and telling.as_of else "being read for the first time"


dashboard.register(DashboardPanel("mirrors", "Mirror freshness", _RIGHT, 50, _card, _needs))
tenant_page.register(TenantPanel("mirrors", "Mirror", _RIGHT, 40, _of_tenant))
search.register_lookup(search.Lookup(_RIGHT, lookups.invoices_numbered))
search.register_lookup(search.Lookup(_RIGHT, lookups.people_named))
