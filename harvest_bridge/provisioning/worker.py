"""The threads beside a worker's jobs that carry out runs."""

from __future__ import annotations

from django.conf import settings

from harvest_bridge.api.worker_threads import WorkerThreads

from . import claims
from .crm import inbox
from .saga.runner import work_on


class ProvisioningThreads(WorkerThreads):
    title = "provisioning"
    claims = claims

    def count(self) -> int:
        return int(settings.PROVISIONING_THREADS)

    def look_around(self) -> bool:
        """Deals that came in become runs."""
        return bool(inbox.work_on_due(now=self.clock()))

    def work_on_one(self) -> bool:
        run = claims.claim(self.name, now=self.clock())
        if run is not None:
            self.note_work()
            work_on(run, clock=self.clock)
        return run is not None


provisioning_threads = ProvisioningThreads()
