"""Counts the jobs that huey ran, by the hour."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db.models import F
from django.utils import timezone
from huey.contrib.djhuey import HUEY
from huey.signals import SIGNAL_COMPLETE, SIGNAL_ERROR

from harvest_bridge.api.database_connections import note

from .models import JobHour

KEPT = timedelta(days=7)


def connect() -> None:
    """Called once, when the app is ready; it is heard in workers alone."""
    HUEY.signal(SIGNAL_COMPLETE)(_done)
    HUEY.signal(SIGNAL_ERROR)(_failed)


def count(name: str, *, is_done: bool, now: datetime) -> None:
    """Errors: DatabaseError."""
    hour = now.replace(minute=0, second=0, microsecond=0)
    row, _ = JobHour.objects.get_or_create(hour=hour, name=name[:100])
    column = "done" if is_done else "failed"
    JobHour.objects.filter(pk=row.pk).update(last_at=now, **{column: F(column) + 1})


def forget_old(*, now: datetime) -> int:
    return JobHour.objects.filter(hour__lt=now - KEPT).delete()[0]


def _done(signal: str, task: Any, *_: Any) -> None:
    note(lambda: count(task.name, is_done=True, now=timezone.now()))


def _failed(signal: str, task: Any, *_: Any) -> None:
    note(lambda: count(task.name, is_done=False, now=timezone.now()))
