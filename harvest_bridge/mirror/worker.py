"""The threads beside a worker's jobs that keep mirrors fresh."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from django.conf import settings

from harvest_bridge.api.worker_threads import WorkerThreads

from . import claims
from .harvest_calls import HarvestCalls
from .models import Mirror
from .sync_runner import SyncRunner


class MirrorThreads(WorkerThreads):
    title = "mirror"
    claims = claims

    def count(self) -> int:
        return int(settings.MIRROR_THREADS)

    def work_on_one(self) -> bool:
        mirror = claims.claim(self.name, now=self.clock())
        if mirror is not None:
            self.note_work()
            work_on(mirror, clock=self.clock, is_over=self.is_over.is_set)
        return mirror is not None


def work_on(mirror: Mirror, *, clock: Callable[[], datetime], is_over: Callable[[], bool] = lambda: False) -> None:
    """Everything that is due for this mirror, which the caller has claimed."""
    SyncRunner(mirror, HarvestCalls(mirror.connection), clock=clock, is_over=is_over).run()


mirror_threads = MirrorThreads()
