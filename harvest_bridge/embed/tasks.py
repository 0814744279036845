"""Housekeeping of the worker."""

from __future__ import annotations

from django.utils import timezone
from huey import crontab
from huey.contrib.djhuey import db_periodic_task

from .portal import sessions


@db_periodic_task(crontab(minute="*/10"))
def forget_expired_portal_sessions() -> None:
    sessions.forget_expired(now=timezone.now())
