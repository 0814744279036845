"""What the worker does for insights."""

from __future__ import annotations

from django.utils import timezone
from huey import crontab
from huey.contrib.djhuey import db_periodic_task

from .budgets import alerts as budgets
from .payouts import alerts as payouts
from .utilization import alerts as utilization


@db_periodic_task(crontab(minute="*"))
def look_at_utilization() -> None:
    """Who left the target of their week since the last look."""
    utilization.look_at_all(now=timezone.now())


@db_periodic_task(crontab(minute="*"))
def look_at_budgets() -> None:
    """Which thresholds were crossed since the last look, and once a day how our sums compare with Harvest's."""
    budgets.look_at_all(now=timezone.now())


@db_periodic_task(crontab(minute="*"))
def look_at_payouts() -> None:
    """What closed statements paid, and has changed since the last look."""
    payouts.look_at_all(now=timezone.now())
