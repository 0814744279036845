"""The beat of each worker, every half minute, from a thread that no job keeps busy."""

from __future__ import annotations

import os
import socket
import threading
from datetime import datetime, timedelta

import structlog
from django.db import connection
from django.utils import timezone

from harvest_bridge.api.outages import log_and_continue

from .models import Worker

log = structlog.get_logger(__name__)

EVERY_SECONDS = 30.0
SILENT_AFTER = timedelta(minutes=3)
KEPT = timedelta(days=1)


class Beats:
    """One per process."""

    def __init__(self) -> None:
        self._is_over = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, name="worker-beats", daemon=True)
            self._thread.start()

    def stop(self) -> None:
        """A worker that ends in good order is none any more."""
        self._is_over.set()
        if self._thread is not None:
            self._thread.join(EVERY_SECONDS)

    def _run(self) -> None:
        name, started_at = f"{socket.gethostname()}:{os.getpid()}", timezone.now()
        while not self._is_over.is_set():
            with log_and_continue(log, "a worker's beat was not written"):
                note(name, started_at=started_at)
            connection.close()
            self._is_over.wait(EVERY_SECONDS)
        with log_and_continue(log, "a worker's end was not written"):
            Worker.objects.filter(name=name).delete()
        connection.close()


def note(name: str, *, started_at: datetime) -> None:
    now = timezone.now()
    Worker.objects.update_or_create(name=name[:255], defaults={"beat_at": now, "started_at": started_at})
    Worker.objects.filter(beat_at__lt=now - KEPT).delete()


beats = Beats()
