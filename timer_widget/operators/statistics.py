"""Statistics of a host app's timer for the admin: sessions, starts a day, failures by reason."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Count, Sum
from django.db.models.functions import TruncDate

from harvest_bridge.hosts.models import HostApp
from timer_widget.models import Failure, Intent, IntentKind, IntentStatus
from timer_widget.sessions.exchange import open_now

DAYS = 30
HEIGHT, STEP, WIDTH = 120, 20, 14


@dataclass(frozen=True)
class Bar:
    """Units: pixels of the drawing; `share` is percent of the longest bar."""

    label: str
    count: int
    x: int = 0
    y: int = 0
    height: int = 0
    share: int = 0


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
    most = max([*counts.values(), 1])
    return [_upright(at, day, counts.get(day, 0), most) for at, day in enumerate(days)]


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
    return _level(sorted(counts.items(), key=lambda pair: (-pair[1], pair[0])))


def _upright(at: int, day: date, count: int, most: int) -> Bar:
    height = round(HEIGHT * count / most)
    return Bar(label=f"{day:%d %b}", count=count, x=at * STEP, y=HEIGHT - height, height=height)


def _level(rows: Iterable[tuple[str, int]]) -> list[Bar]:
    pairs = list(rows)
    most = max([count for _, count in pairs], default=1)
    return [Bar(label=code, count=count, share=max(1, round(100 * count / most))) for code, count in pairs]
