"""The worker's sign of life, once at its start and then every minute."""

from __future__ import annotations

from huey import crontab
from huey.contrib.djhuey import on_startup, periodic_task

from .heartbeat import note_beat


@on_startup()
def began() -> None:
    note_beat()


@periodic_task(crontab(minute="*"))
def beat() -> None:
    note_beat()
