"""What the worker does for insights."""

from __future__ import annotations

from django.utils import timezone
from huey import crontab
from huey.contrib.djhuey import db_periodic_task

from .utilization import watch


@db_periodic_task(crontab(minute="*"))
def look_at_utilization() -> None:
    """Who left the target of their week since the last look."""
    watch.look_at_all(now=timezone.now())
