"""Who works on which mirror: claimed once, by a conditional update, and taken over from a worker that died."""

from __future__ import annotations

import os
import secrets
import socket
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q

from harvest_bridge.api import locks

from .models import Mirror, Run, Touch

# Longer than a step takes; a worker that died is noticed sooner, by its lock.
SILENT_FOR = timedelta(minutes=3)
_LOOKED_AT = 20
OPEN = (Run.Status.QUEUED, Run.Status.RUNNING)


def worker_name() -> str:
    return f"{socket.gethostname()[:60]}:{os.getpid()}:{secrets.token_hex(4)}"


def lock_of(worker: str) -> str:
    """Held by a worker as long as it lives."""
    return f"mirror worker {worker}"


def claim(worker: str, *, now: datetime) -> Mirror | None:
    """The next mirror with work, now this worker's alone; its open runs too."""
    free = Q(worker="") | Q(heartbeat_at__lt=now - SILENT_FOR) | Q(heartbeat_at=None)
    due = Mirror.objects.filter(free, is_on=True, is_paused=False, due_at__lte=now)
    for pk, held_by in list(due.order_by("due_at").values_list("pk", "worker")[:_LOOKED_AT]):
        with transaction.atomic():
            if Mirror.objects.filter(free, pk=pk, worker=held_by).update(worker=worker, heartbeat_at=now):
                Run.objects.filter(mirror=pk, status__in=OPEN).update(worker=worker)
                return Mirror.objects.select_related("connection").get(pk=pk)
    return None


def beat(mirror: Mirror, *, now: datetime) -> bool:
    """Whether the claim still stands."""
    return bool(Mirror.objects.filter(pk=mirror.pk, worker=mirror.worker).update(heartbeat_at=now))


@transaction.atomic
def release(mirror: Mirror, *, due_at: datetime, now: datetime) -> None:
    """Let go, until `due_at`, or at once where work has come meanwhile."""
    row = Mirror.objects.select_for_update().get(pk=mirror.pk)
    if row.worker != mirror.worker:
        return
    has_come = row.due_at != mirror.due_at or Touch.objects.filter(mirror=row).exists()
    row.worker, row.heartbeat_at = "", None
    row.due_at = min(due_at, now) if has_come else due_at
    row.save(update_fields=["worker", "heartbeat_at", "due_at"])


def take_over_from_the_dead(worker: str) -> int:
    """Free what workers hold whose process is gone. Returns how many mirrors that were."""
    others = Mirror.objects.exclude(worker="").exclude(worker=worker).order_by()
    freed = 0
    for name in list(others.values_list("worker", flat=True).distinct()[:_LOOKED_AT]):
        with locks.try_lock(lock_of(name)) as is_dead:
            if is_dead:
                freed += Mirror.objects.filter(worker=name).update(worker="", heartbeat_at=None)
    return freed
