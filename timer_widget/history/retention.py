"""How long the history lasts: what is settled is deleted after TIMER_HISTORY_DAYS, what waits for somebody never."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Model, Q, QuerySet

from timer_widget.models import ForgottenStatus, ForgottenTimer, Intent, IntentStatus

_BATCH = 1000
_SETTLED = (IntentStatus.DONE, IntentStatus.FAILED, IntentStatus.DISCARDED)


def kept_since(now: datetime) -> datetime | None:
    """Everything that was settled after that is kept; None where all of it is, for ever."""
    days: int = settings.TIMER_HISTORY_DAYS
    return now - timedelta(days=days) if days else None


def forget_old(*, now: datetime) -> int:
    """Returns how many clicks were deleted; forgotten timers that are over go with them."""
    since = kept_since(now)
    if since is None:
        return 0
    settled = Q(settled_at__lt=since) | Q(settled_at=None, created_at__lt=since)
    old = Intent.objects.filter(settled, created_at__lt=since, status__in=_SETTLED, needs_decision=False)
    over = ForgottenTimer.objects.filter(found_at__lt=since).exclude(status=ForgottenStatus.OPEN)
    _delete(over.exclude(reversible_until__gt=now))
    return _delete(old)


def _delete(rows: QuerySet[Model]) -> int:
    """In batches, so that clicks need not wait for one long write."""
    count = 0
    while keys := list(rows.order_by().values_list("pk", flat=True)[:_BATCH]):
        rows.model._default_manager.filter(pk__in=keys).delete()
        count += len(keys)
    return count
