"""One lock per account and normalised name, so that two deals racing for one new client make one."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from harvest_bridge.api import locks
from harvest_bridge.provisioning.models import Phase, Run, Step, StepStatus
from harvest_bridge.provisioning.planning.names import normal
from harvest_bridge.provisioning.planning.tasks import task_key

_OF_NAMES = ("client", "project", "task")


def names_of(run: Run) -> list[str]:
    """What this run may make, and others may want to make too; in one order for all."""
    wanted = run.wanted
    names = {f"client {run.client_key}"}
    names |= {f"code {normal(wanted['project']['code'])}"} if wanted["project"].get("code") else set()
    names |= {f"task {task_key(task)}" for task in wanted["tasks"]}
    return sorted(names)


@contextmanager
def held_names(run: Run) -> Iterator[bool]:
    """Yields whether all of them are this run's. They end with the block, or with the process."""
    with ExitStack() as stack:
        for name in names_of(run):
            digest = hashlib.sha256(name.encode()).hexdigest()[:32]
            if not stack.enter_context(locks.try_lock(f"provisioning {run.harvest_account_id} {digest}")):
                yield False
                return
        yield not _is_unsettled_elsewhere(run)


def _is_unsettled_elsewhere(run: Run) -> bool:
    """A worker died, or an answer was lost, on the way to make one of these names: who sent it looks for it first."""
    sent = Step.objects.filter(status=StepStatus.SENT, phase=Phase.DO, kind__in=_OF_NAMES).exclude(run=run)
    sent = sent.filter(run__harvest_account_id=run.harvest_account_id)
    tasks = [f"task:{task_key(task)}" for task in run.wanted["tasks"]]
    of_client = sent.filter(kind__in=("client", "project"), run__client_key=run.client_key)
    return of_client.exists() or bool(tasks and sent.filter(kind="task", key__in=tasks).exists())
