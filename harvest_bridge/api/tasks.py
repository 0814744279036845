"""Periodic jobs of the REST layer: expire idempotency keys, trim the request log."""

from __future__ import annotations

from django.utils import timezone
from huey import crontab
from huey.contrib.djhuey import db_periodic_task

from . import idempotency
from .request_log import retention


@db_periodic_task(crontab(minute="*/10"))
def forget_expired_keys() -> None:
    idempotency.forget_expired(now=timezone.now())


@db_periodic_task(crontab(minute="7"))
def forget_old_requests() -> None:
    retention.forget_old(now=timezone.now())
