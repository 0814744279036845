"""Undoes a run: what it made and nobody has used is removed, what was used is archived, what others use stays."""

from __future__ import annotations

from collections.abc import Callable

from django.db import transaction

from harvest_bridge.provisioning.claims import ClaimLost, held
from harvest_bridge.provisioning.harvest_calls import HarvestCalls
from harvest_bridge.provisioning.models import Action, Phase, Run, Step, StepStatus

from . import recovery
from .ids import Ids
from .removal import Removal
from .steps import Steps

_ORDER = (
    "person",
    "person_rates",
    "task_assignment",
    "rates",
    "project",
    "task",
    "contact",
    "client",
    "person_invited",
)
_WITH_PROJECT = ("person", "person_rates", "task_assignment", "rates")


def undo(steps: Steps, *, note: Callable[[Step | None], None]) -> None:
    """Errors: Wait, Blocked, ClaimLost; those of `calls.send`."""
    run = steps.run
    _settle_lost_answers(run, steps, note)
    if not run.steps.filter(phase=Phase.UNDO).exists():
        _keep(run, rows_of(run))
    removal = Removal(steps)
    for step in list(run.steps.filter(phase=Phase.UNDO).exclude(status=StepStatus.DONE)):
        note(step)
        removal.take_back(step)


def plan_of(run: Run, harvest: HarvestCalls) -> list[Step]:
    """What would be taken back and how, as Harvest holds it now; nothing is written. Errors: those of `calls.send`."""
    rows, removal = rows_of(run), Removal(Steps(run, harvest, is_fresh=False))
    for row in rows:
        row.action, row.why = removal.outlook(row)
    return rows


def rows_of(run: Run) -> list[Step]:
    """What would be taken back, in its order: what the run made, and the changes that it made to what was there."""
    done = run.steps.filter(phase=Phase.DO, status=StepStatus.DONE)
    mine = [step for step in done if step.is_made or step.action == Action.CHANGE]
    made_project = any(step.kind == "project" and step.is_made for step in mine)
    kept = [step for step in mine if not (made_project and step.kind in _WITH_PROJECT)]
    kept.sort(key=lambda step: (_ORDER.index(step.kind), -step.position))
    return [_row(run, step, place) for place, step in enumerate(kept)]


def _row(run: Run, step: Step, position: int) -> Step:
    is_change = step.action == Action.CHANGE and not step.is_made
    return Step(
        run=run,
        phase=Phase.UNDO,
        position=position,
        kind=step.kind,
        key=step.key,
        title=step.title,
        action=Action.CHANGE if is_change else Action.REMOVE,
        field=step.field,
        request=step.request,
        subject=step.subject,
        before=step.before,
        harvest_id=step.harvest_id,
    )


@transaction.atomic
def _keep(run: Run, rows: list[Step]) -> None:
    """Errors: ClaimLost."""
    if not held(run).exists():
        raise ClaimLost
    Step.objects.bulk_create(rows)


def _settle_lost_answers(run: Run, steps: Steps, note: Callable[[Step | None], None]) -> None:
    """What was sent and may have been made is found first, so that it is taken back too. Errors: Wait."""
    for step in run.steps.filter(phase=Phase.DO, status=StepStatus.SENT):
        note(step)
        if step.action != Action.CREATE:
            steps.require_silence(step)
            continue
        record = recovery.found(step, steps.harvest, Ids(run))
        if record is not None:
            steps.done(step, record, is_made=True)
        else:
            steps.require_silence(step)
