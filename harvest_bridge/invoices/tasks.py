"""What the worker does for invoices: payments that wait, in threads of their own, and what falls due."""

from __future__ import annotations

from django.utils import timezone
from huey import crontab
from huey.contrib.djhuey import db_periodic_task, on_shutdown, on_startup

from . import overdue
from .payments import refunds
from .payments.worker import pusher
from .reconciliation import counts


@on_startup()
def begin_pushing() -> None:
    pusher.start()


@on_shutdown()
def end_pushing() -> None:
    pusher.stop()


@db_periodic_task(crontab(minute="*"))
def tell_what_falls_due() -> None:
    now = timezone.now()
    overdue.remember_earlier(now=now)
    overdue.tell_overdue(now=now)


@db_periodic_task(crontab(hour="3", minute="50"))
def forget_old_refunds() -> None:
    refunds.forget_old(now=timezone.now())


@db_periodic_task(crontab(minute="*/10"))
def count_differences() -> None:
    """For *What needs you* on the dashboard."""
    counts.count_all()
