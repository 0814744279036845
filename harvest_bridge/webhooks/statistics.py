"""Attempts of an endpoint over time: how many were taken, how many failed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from django.db.models import Count, Q
from django.db.models.functions import TruncDate

from .models import Attempt, Endpoint

DAYS = 14
_TAKEN = Q(status__gte=200, status__lt=300)


@dataclass(frozen=True)
class Day:
    """UTC days."""

    day: date
    delivered: int
    failed: int


def attempts_by_day(endpoint: Endpoint, *, now: datetime) -> list[Day]:
    """Of the last `DAYS` days, today included, the oldest first. One query."""
    today = now.astimezone(UTC).date()
    days = [today - timedelta(days=back) for back in reversed(range(DAYS))]
    since = datetime(days[0].year, days[0].month, days[0].day, tzinfo=UTC)
    rows = Attempt.objects.filter(delivery__endpoint=endpoint, at__gte=since)
    counted = (
        rows.annotate(day=TruncDate("at", tzinfo=UTC))
        .order_by()
        .values("day")
        .annotate(delivered=Count("id", filter=_TAKEN), failed=Count("id", filter=~_TAKEN | Q(status=None)))
    )
    found = {row["day"]: (row["delivered"], row["failed"]) for row in counted}
    return [Day(day, *found.get(day, (0, 0))) for day in days]
