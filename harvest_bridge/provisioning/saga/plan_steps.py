"""The plan of a run becomes its steps. It is made under the run's locks, and is what was shown, or the run stops."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.db.models import F, Max

from harvest_bridge.provisioning.claims import ClaimLost, held
from harvest_bridge.provisioning.models import Action, Phase, Run, Step, StepStatus
from harvest_bridge.provisioning.planning.plan import Draft, Plan

from .failures import Blocked, error_body

Json = dict[str, Any]


def require_as_agreed(run: Run, plan: Plan) -> None:
    """Errors: Blocked, for a plan that is blocked, or differs from the one that a dry run showed."""
    if plan.problems:
        held(run).update(plan=plan.serialize(), agreed_digest="")
        problem = plan.problems[0].serialize()
        raise Blocked(problem | {"step": None, "problems": [each.serialize() for each in plan.problems]})
    if run.agreed_digest and plan.digest != run.agreed_digest:
        before = [call for call in (run.plan or {}).get("calls", []) if call["is_write"]]
        raise Blocked(
            error_body(
                "plan_changed",
                "Harvest has changed since the dry run, so the calls would be others than those that were shown: "
                "`differences` tells which. Continue to go on with the new plan.",
                differences=_differences(before, plan.writes),
            )
        )


def _differences(before: list[Json], after: list[Json]) -> Json:
    """Calls that would not be made any more, and calls that would be made besides."""
    old = [{name: call[name] for name in ("verb", "path", "body")} for call in before]
    return {"no_longer": [one for one in old if one not in after], "besides": [one for one in after if one not in old]}


@transaction.atomic
def keep(run: Run, plan: Plan) -> None:
    """The steps that are done stay, and those to come are the plan's. Errors: ClaimLost."""
    if not held(run).update(plan=plan.serialize(), needs_plan=False, version=F("version") + 1):
        raise ClaimLost
    run.plan, run.needs_plan = plan.serialize(), False
    run.steps.filter(phase=Phase.DO).exclude(status=StepStatus.DONE).delete()
    run.steps.filter(phase=Phase.DO, action__in=(Action.READ, Action.REUSE)).delete()
    done = set(run.steps.filter(phase=Phase.DO).values_list("key", flat=True))
    last = run.steps.filter(phase=Phase.DO).aggregate(last=Max("position"))["last"]
    drafts = [draft for draft in plan.drafts if not (draft.action == Action.REUSE and draft.key in done)]
    start = 0 if last is None else last + 1
    Step.objects.bulk_create(_step(run, draft, start + place) for place, draft in enumerate(drafts))
    _note_reused(run)


def _step(run: Run, draft: Draft, position: int) -> Step:
    is_over = draft.action == Action.REUSE
    return Step(
        run=run,
        position=position,
        kind=draft.kind,
        key=draft.key[:255],
        title=draft.title[:300],
        action=draft.action,
        why=draft.why[:500],
        field=draft.field[:100],
        request=draft.call.serialize() if draft.call else None,
        fallback=draft.fallback.serialize() if draft.fallback else None,
        subject=str(draft.subject or "")[:255],
        fields=draft.fields,
        known=draft.known,
        before={change["field"]: change["from"] for change in draft.fields} if draft.action == Action.CHANGE else None,
        harvest_id=draft.harvest_id,
        status=StepStatus.DONE if is_over else StepStatus.PENDING,
    )


def _note_reused(run: Run) -> None:
    """What is there already is the run's from now on."""
    for key, column in (("client", "client_id"), ("project", "project_id")):
        step = run.steps.filter(phase=Phase.DO, key=key, harvest_id__isnull=False).last()
        if step is not None and getattr(run, column) != step.harvest_id:
            held(run).update(**{column: step.harvest_id})
            setattr(run, column, step.harvest_id)
