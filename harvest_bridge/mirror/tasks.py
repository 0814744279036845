"""What the worker does for mirrors: passes, in threads of their own, and forgetting."""

from __future__ import annotations

from django.utils import timezone
from huey import crontab
from huey.contrib.djhuey import db_periodic_task, on_shutdown, on_startup

from . import lifecycle, month_totals, retention
from .worker import mirror_threads


@on_startup()
def begin_mirroring() -> None:
    mirror_threads.start()


@on_shutdown()
def end_mirroring() -> None:
    mirror_threads.stop()


@db_periodic_task(crontab(minute="*"))
def begin_and_end_mirrors() -> None:
    """Accounts that were linked, or disconnected, since."""
    lifecycle.begin_new()
    lifecycle.end_disconnected(now=timezone.now())
    retention.erase_due(now=timezone.now())


@db_periodic_task(crontab(minute="41"))
def forget_old_rows() -> None:
    retention.forget_old(now=timezone.now())


@db_periodic_task(crontab(minute="*"))
def add_up_months() -> None:
    month_totals.total_due(now=timezone.now())
