"""What the worker does for webhooks: deliveries, in a thread of their own, and forgetting."""

from __future__ import annotations

from django.utils import timezone
from huey import crontab
from huey.contrib.djhuey import db_periodic_task, on_shutdown, on_startup

from . import retention
from .delivery.worker import delivery_thread


@on_startup()
def begin_deliveries() -> None:
    delivery_thread.start()


@on_shutdown()
def end_deliveries() -> None:
    delivery_thread.stop()


@db_periodic_task(crontab(minute="23"))
def forget_old_events() -> None:
    retention.forget_old(now=timezone.now())
