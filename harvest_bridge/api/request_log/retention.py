"""Deletes old rows of the request log, by age and by number."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Max, Q

from harvest_bridge.api.models import RequestRecord

_AT_ONCE = 5_000


def forget_old(*, now: datetime) -> int:
    """Delete what REQUEST_LOG_DAYS and REQUEST_LOG_ROWS do not keep, a few rows at a time; returns how many.

    A short transaction each, so that nobody waits long for SQLite's one writer.
    """
    oldest = int((now - timedelta(days=settings.REQUEST_LOG_DAYS)).timestamp() // 60)
    newest_id = RequestRecord.objects.aggregate(newest=Max("pk"))["newest"] or 0
    old = RequestRecord.objects.filter(Q(minute__lt=oldest) | Q(pk__lte=newest_id - settings.REQUEST_LOG_ROWS))
    forgotten = 0
    while ids := list(old.order_by().values_list("pk", flat=True)[:_AT_ONCE]):
        forgotten += RequestRecord.objects.filter(pk__in=ids).delete()[0]
    return forgotten
