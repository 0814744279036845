"""Each change of a run's state, once, with its event in the same transaction; refused to who lost the claim."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from harvest_bridge.provisioning import events
from harvest_bridge.provisioning.claims import ClaimLost, held
from harvest_bridge.provisioning.models import Phase, Run, RunStatus, Step, StepStatus

Json = dict[str, Any]


@transaction.atomic
def settle(run: Run, status: RunStatus, **fields: Any) -> None:
    """Let go of the run in that state. Errors: ClaimLost."""
    given = {"worker": "", "heartbeat_at": None, "status": status, **fields}
    if not held(run).update(version=F("version") + 1, **given):
        raise ClaimLost
    run.refresh_from_db()
    events.publish(run)


def wait(run: Run, until: datetime, error: Json, *, calls: int) -> None:
    """It goes on by itself. Errors: ClaimLost."""
    settle(run, RunStatus.WAITING, due_at=until, error=error, attempts=run.attempts + 1, calls=run.calls + calls)


def block(run: Run, error: Json, *, calls: int) -> None:
    """Errors: ClaimLost."""
    settle(run, RunStatus.BLOCKED, error=error, attempts=0, calls=run.calls + calls)


def finish(run: Run, *, calls: int) -> None:
    """Errors: ClaimLost."""
    status = RunStatus.UNDONE if run.phase == Phase.UNDO else RunStatus.COMPLETED
    more: Json = {"client_id": None, "project_id": None} if run.phase == Phase.UNDO else {}
    now = timezone.now()
    settle(run, status, error=None, attempts=0, finished_at=now, calls=run.calls + calls, **more)


@transaction.atomic
def note_step(run: Run, step: Step, **fields: Any) -> None:
    """Errors: ClaimLost."""
    if not held(run).update(version=F("version") + 1, heartbeat_at=timezone.now()):
        raise ClaimLost
    for name, value in fields.items():
        setattr(step, name, value)
    step.save(update_fields=list(fields))


@transaction.atomic
def note_done(run: Run, step: Step, harvest_id: int | None, **fields: Any) -> None:
    """The step is over; what later steps and later runs look for is kept with it. Errors: ClaimLost."""
    note_step(run, step, status=StepStatus.DONE, harvest_id=harvest_id, done_at=timezone.now(), error=None, **fields)
    column = {"client": "client_id", "project": "project_id"}.get(step.key)
    if column and step.phase == Phase.DO:
        held(run).update(**{column: harvest_id})
        setattr(run, column, harvest_id)
