"""Statistics of a host app's timer for the admin: sessions, starts a day, failures by reason."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Count, Sum
from django.db.models.functions import TruncDate

from harvest_bridge.hosts.models import HostApp
from timer_widget.models import Failure, Intent, IntentKind, IntentStatus
from timer_widget.sessions.exchange import open_now

DAYS = 30


@dataclass(frozen=True)
class Bar:
    """Units: `share` is percent of the longest bar."""

    label: str
    count: int
    share: int


def sessions_now(host_app: HostApp, now: datetime) -> int:
    return open_now(host_app, now).count()


def people_now(host_app: HostApp, now: datetime) -> int:
    return open_now(host_app, now).values("person").distinct().count()


def starts_by_day(host_app: HostApp, today: date) -> list[Bar]:
    """The last 30 days, each with a bar, those without a start too."""
    days = [today - timedelta(days=ago) for ago in reversed(range(DAYS))]
    rows = Intent.objects.filter(
        person__host_app=host_app,
        kind=IntentKind.START,
        status=IntentStatus.DONE,
        created_at__date__gte=days[0],
    )
    found = rows.annotate(day=TruncDate("created_at")).values_list("day").annotate(n=Count("id")).order_by("day")
    counts = dict(found)
    return _bars([(f"{day:%d %b}", counts.get(day, 0)) for day in days])


def failures_by_reason(host_app: HostApp, today: date) -> list[Bar]:
    """Of the last 30 days: refused sessions, and clicks that failed in the end; the most frequent first."""
    since = today - timedelta(days=DAYS - 1)
    refused = Failure.objects.filter(host_app=host_app, day__gte=since).values_list("code").annotate(n=Sum("count"))
    clicks = Intent.objects.filter(
        person__host_app=host_app, status=IntentStatus.FAILED, created_at__date__gte=since
    ).values_list("outcome__code").annotate(n=Count("id"))  # fmt: skip
    counts: dict[str, int] = {}
    for code, count in [*refused.order_by(), *clicks.order_by()]:
        counts[code or "unknown"] = counts.get(code or "unknown", 0) + count
    return _bars(sorted(counts.items(), key=lambda pair: (-pair[1], pair[0])))


def _bars(rows: Sequence[tuple[str, int]]) -> list[Bar]:
    most = max((count for _, count in rows), default=0)
    return [Bar(label, count, max(1, round(100 * count / most)) if count else 0) for label, count in rows]
