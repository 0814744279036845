"""What the worker does for operators: its sign of life, and forgetting what Django itself stores."""

from __future__ import annotations

import threading
import time

from django.core.management import call_command
from django.utils import timezone
from huey import crontab
from huey.contrib.djhuey import db_periodic_task, on_shutdown, on_startup, periodic_task

from harvest_bridge import process_memory

from . import retention
from .audit.sealer import sealer
from .heartbeat import note_beat
from .workers.beats import beats

_LOOKS_EVERY_SECONDS = 15.0


@on_startup()
def began() -> None:
    note_beat()


@on_startup()
def begin_sealing() -> None:
    """What commands wrote is found by looking."""
    sealer.start(looks_every_seconds=_LOOKS_EVERY_SECONDS)


@on_shutdown()
def end_sealing() -> None:
    sealer.close()


@on_startup()
def begin_beats() -> None:
    beats.start()


@on_shutdown()
def end_beats() -> None:
    beats.stop()


@periodic_task(crontab(minute="*"))
def beat() -> None:
    note_beat()


@on_startup()
def begin_giving_back() -> None:
    """Each process for itself, where a periodic job is one worker's."""
    threading.Thread(target=_give_back_forever, name="memory", daemon=True).start()


def _give_back_forever() -> None:
    while True:
        time.sleep(60)
        process_memory.give_back()


@db_periodic_task(crontab(minute="11", hour="4"))
def forget_and_tell() -> None:
    """Everything that is kept no longer, and an audit entry that says how much."""
    retention.forget_all(now=timezone.now())


@db_periodic_task(crontab(minute="37"))
def forget_expired_sessions() -> None:
    """Operators' sessions that have ended; Django removes none by itself."""
    call_command("clearsessions")
