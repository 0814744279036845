"""What the worker does for the timer: clicks that wait, in a thread of their own, and housekeeping."""

from __future__ import annotations

from django.utils import timezone
from huey import crontab
from huey.contrib.djhuey import db_periodic_task, on_shutdown, on_startup

from .clicks.replaying import replayer
from .forgotten.guard import guard
from .history import retention
from .sessions import exchange


@on_startup()
def begin_replaying() -> None:
    replayer.start()


@on_shutdown()
def end_replaying() -> None:
    replayer.stop()


@on_startup()
def begin_guarding() -> None:
    guard.start()


@on_shutdown()
def end_guarding() -> None:
    guard.stop()


@db_periodic_task(crontab(minute="27", hour="3"))
def forget_old_clicks() -> None:
    retention.forget_old(now=timezone.now())


@db_periodic_task(crontab(minute="*/10"))
def forget_expired_sessions() -> None:
    """Ended sessions and spent token ids."""
    exchange.forget_expired(now=timezone.now())
