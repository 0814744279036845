"""Who works on which run: claimed once, by a conditional update, and taken over from a worker that died."""

from __future__ import annotations

import os
import secrets
import socket
from datetime import datetime, timedelta

from django.db.models import F, Q, QuerySet

from harvest_bridge.api import locks

from .models import OPEN, Run, RunStatus

# Longer than a call takes; a worker that died is noticed sooner, by its lock.
SILENT_FOR = timedelta(minutes=3)
_LOOKED_AT = 20


class ClaimLost(Exception):
    """Another worker has the run by now."""


def worker_name() -> str:
    return f"{socket.gethostname()[:60]}:{os.getpid()}:{secrets.token_hex(4)}"


def lock_of(worker: str) -> str:
    """Held by a worker as long as it lives."""
    return f"provisioning worker {worker}"


def claim(worker: str, *, now: datetime) -> Run | None:
    """The next run with work, now this worker's alone."""
    free = Q(worker="") | Q(heartbeat_at__lt=now - SILENT_FOR) | Q(heartbeat_at=None)
    due = Run.objects.filter(free, status__in=OPEN, due_at__lte=now)
    for pk, held_by in list(due.order_by("due_at", "created_at").values_list("pk", "worker")[:_LOOKED_AT]):
        free_still = Run.objects.filter(free, pk=pk, worker=held_by, status__in=OPEN)
        if free_still.update(worker=worker, heartbeat_at=now, status=RunStatus.RUNNING, version=F("version") + 1):
            return Run.objects.select_related("connection__host_app").get(pk=pk)
    return None


def beat(run: Run, *, now: datetime) -> None:
    """Errors: ClaimLost."""
    if not held(run).update(heartbeat_at=now):
        raise ClaimLost


def held(run: Run) -> QuerySet[Run]:
    return Run.objects.filter(pk=run.pk, worker=run.worker)


def take_over_from_the_dead(worker: str) -> int:
    """Free what workers hold whose process is gone. Returns how many runs that were."""
    others = Run.objects.exclude(worker="").exclude(worker=worker).order_by()
    freed = 0
    for name in list(others.values_list("worker", flat=True).distinct()[:_LOOKED_AT]):
        with locks.try_lock(lock_of(name)) as is_dead:
            if is_dead:
                freed += Run.objects.filter(worker=name).update(worker="", heartbeat_at=None)
    return freed
