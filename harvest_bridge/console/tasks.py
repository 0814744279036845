"""What the worker does for operators: its sign of life, and forgetting what Django itself stores."""

from __future__ import annotations

from django.core.management import call_command
from huey import crontab
from huey.contrib.djhuey import db_periodic_task, on_startup, periodic_task

from .heartbeat import note_beat


@on_startup()
def began() -> None:
    note_beat()


@periodic_task(crontab(minute="*"))
def beat() -> None:
    note_beat()


@db_periodic_task(crontab(minute="37"))
def forget_expired_sessions() -> None:
    """Operators' sessions that have ended; Django removes none by itself."""
    call_command("clearsessions")
