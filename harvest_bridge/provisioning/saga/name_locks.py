"""One lock per account and normalised name, so that two deals racing for one new client make one."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager

from django.db.models import Q
from django.utils import timezone

from harvest_bridge.api import locks
from harvest_bridge.provisioning.models import OPEN, Action, Phase, Run, Step, StepStatus
from harvest_bridge.provisioning.planning.names import normal
from harvest_bridge.provisioning.planning.tasks import task_key

_OF_NAMES = ("client", "project", "task")


class HeldNames:
    """Names that no other run can make something of until the block ends, or the process."""

    def __init__(self, run: Run, stack: ExitStack) -> None:
        self._run, self._stack, self._names = run, stack, set[str]()

    def hold(self, names: Iterable[str]) -> bool:
        """In one order for all. False where another run holds one of them."""
        for name in sorted(set(names) - self._names):
            digest = hashlib.sha256(name.encode()).hexdigest()[:32]
            lock = f"provisioning {self._run.harvest_account_id} {digest}"
            if not self._stack.enter_context(locks.try_lock(lock)):
                return False
            self._names.add(name)
        return True

    def missing(self) -> set[str]:
        """Of tasks that the plan makes, though deals had used them: they are gone from Harvest since."""
        made = self._run.steps.filter(phase=Phase.DO, kind="task", action=Action.CREATE)
        keys = made.exclude(status=StepStatus.DONE).values_list("key", flat=True)
        return {_task_name(key) for key in keys} - self._names


@contextmanager
def held_names(run: Run) -> Iterator[HeldNames | None]:
    """Yields None where another run makes one of the same names."""
    with ExitStack() as stack:
        names = HeldNames(run, stack)
        yield names if names.hold(names_of(run)) and not _is_unsettled_elsewhere(run) else None


def names_of(run: Run) -> set[str]:
    """What this run may make, and others may want to make too.

    Tasks that deals of the account have used are there: runs that want the same ones do not wait for each other.
    """
    code = run.wanted["project"].get("code")
    return {f"client {run.client_key}"} | ({f"code {normal(code)}"} if code else set()) | _new_tasks(run)


def _new_tasks(run: Run) -> set[str]:
    keys = {f"task:{task_key(task)}" for task in run.wanted["tasks"]}
    used = Step.objects.filter(kind="task", key__in=keys, phase=Phase.DO, status=StepStatus.DONE)
    used = used.filter(run__harvest_account_id=run.harvest_account_id).order_by()
    return {_task_name(key) for key in keys - set(used.values_list("key", flat=True).distinct())}


def _task_name(key: str) -> str:
    return f"task {key.removeprefix('task:')}"


def _is_unsettled_elsewhere(run: Run) -> bool:
    """A worker died, or an answer was lost, on the way to make one of these names: who sent it looks for it first.

    What a run that stopped had sent cannot arrive any more once its quiet time is over.
    """
    sent = Step.objects.filter(status=StepStatus.SENT, phase=Phase.DO, kind__in=_OF_NAMES).exclude(run=run)
    sent = sent.filter(Q(run__status__in=OPEN) | Q(quiet_until__gt=timezone.now()))
    sent = sent.filter(run__harvest_account_id=run.harvest_account_id)
    tasks = [f"task:{task_key(task)}" for task in run.wanted["tasks"]]
    of_client = sent.filter(kind__in=("client", "project"), run__client_key=run.client_key)
    return of_client.exists() or bool(tasks and sent.filter(kind="task", key__in=tasks).exists())
