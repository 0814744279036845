"""Links that are kept: what this run has made or found already, and companies of earlier runs."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from harvest_bridge.provisioning.models import ClientLink, Phase, Run, StepStatus

_STAYING = ("task_assignment", "rates", "person", "person_rates", "contact")


@dataclass(frozen=True)
class Assigned:
    """A task, person or contact that the run has put there, or found. `subject` as that of a step; a contact's key."""

    kind: str
    title: str
    subject: str


@dataclass(frozen=True)
class Kept:
    """Ids of Harvest by the key of the step that they belong to. `wanted` is the body that the run has had so far."""

    client: int | None = None
    project: int | None = None
    by_key: dict[str, int] = field(default_factory=dict)
    assigned: tuple[Assigned, ...] = ()
    wanted: dict[str, Any] | None = None


def kept_of(run: Run) -> Kept:
    """Errors: none; a run that has not begun keeps nothing but the link of its company."""
    done = list(run.steps.filter(phase=Phase.DO, status=StepStatus.DONE, harvest_id__isnull=False))
    kinds = ("task", "contact", "person_invited")
    made = {step.key: step.harvest_id for step in done if step.kind in kinds and step.harvest_id is not None}
    assigned = tuple(
        Assigned(step.kind, step.title, step.subject or step.key) for step in done if step.kind in _STAYING
    )
    return Kept(run.client_id or _of_company(run), run.project_id, made, assigned, run.wanted if done else None)


def _of_company(run: Run) -> int | None:
    company = run.wanted["client"].get("external_id")
    if not company:
        return None
    links = ClientLink.objects.filter(connection=run.connection_id, external_id=company)
    return links.values_list("harvest_id", flat=True).first()
