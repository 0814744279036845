"""Compares what was made: the tasks before anybody is on the project, then the people, and at last the project.

People are always read again. Tasks and project are compared with Harvest's answers to the writes of this session, and
read again where there are none: after an interruption, or where they were there before.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from harvest_bridge.harvest.errors import HarvestNotFound
from harvest_bridge.provisioning.models import AccountFacts, Action, Phase, Step, StepStatus
from harvest_bridge.provisioning.planning import people, tasks
from harvest_bridge.provisioning.planning.people import person_key
from harvest_bridge.provisioning.planning.project import OURS, is_renamed
from harvest_bridge.provisioning.planning.tasks import task_key
from harvest_bridge.provisioning.planning.values import changes

from . import transitions
from .failures import Blocked, error_body
from .steps import Steps

Json = dict[str, Any]
_LISTS = {
    "task_assignment": ("task_assignments", "task"),
    "rates": ("task_assignments", "task"),
    "person": ("user_assignments", "user"),
    "person_rates": ("user_assignments", "user"),
}


class Checks:
    """What is there, against what is wanted. Lists are read once in a session, where a step needs them."""

    def __init__(self, steps: Steps) -> None:
        self._steps = steps
        self._rows: dict[str, dict[int, Json]] = {}

    def check(self, step: Step) -> None:
        """Errors: Blocked, naming what differs; those of `calls.send`."""
        if step.kind == "check_project":
            self._check_project(step)
        elif step.kind == "check_tasks":
            self._check_assignments("task_assignment", may_use_answers=step.request is None)
        else:
            self._check_assignments("person", may_use_answers=False)
        transitions.note_done(self._steps.run, step, None)

    def change(self, step: Step) -> None:
        """Errors: Blocked, where Harvest does not keep a rate or a budget; those of `calls.send`."""
        self._steps.change(step)
        if step.kind in _LISTS:
            self._require((step.request or {}).get("body") or {}, self._steps.answers[step.key], step)

    def attach(self, step: Step) -> None:
        """What Harvest was to attach itself: found and changed where it differs, or else assigned."""
        row = self._assigned(step.kind).get(self._steps.ids.subject(step))
        if row is None:
            self._assign(step)
            return
        self._steps.ids.note(step.key, int(row["id"]))
        wanted = {change["field"]: change["to"] for change in step.fields}
        wanted |= {} if row.get("is_active", True) else {"is_active": True}
        differs = {change["field"]: change["to"] for change in changes(wanted, row)}
        if differs:
            fallback = step.fallback or {}
            request = {"verb": "PATCH", "path": f"{fallback['path']}/{row['id']}", "body": differs}
            self._steps.send(step, request)
        transitions.note_done(self._steps.run, step, int(row["id"]))

    def _assign(self, step: Step) -> None:
        """Harvest did not attach it. Of creators that is remembered, for plans to come."""
        if step.kind == "person_rates":
            AccountFacts.objects.filter(pk=self._steps.run.connection_id).update(attaches_creator=False)
        record = self._steps.send(step, step.fallback or {})
        self._steps.done(step, record, is_made=True)

    def _assigned(self, kind: str) -> dict[int, Json]:
        name, of = _LISTS[kind]
        if name not in self._rows:
            rows = self._steps.harvest.list(f"/v2/projects/{self._steps.run.project_id}/{name}", name)
            self._rows[name] = {int(row[of]["id"]): row for row in rows if row.get(of)}
        return self._rows[name]

    def _answered(self, steps: list[Step]) -> dict[int, Json] | None:
        """By the id of the task. None where one of them was not written in this session."""
        answers = self._steps.answers
        is_whole = all(step.key in answers for step in steps)
        return {self._steps.ids.subject(step): answers[step.key] for step in steps} if is_whole else None

    def _check_assignments(self, kind: str, *, may_use_answers: bool) -> None:
        run = self._steps.run
        asked = {step["key"] for step in (run.plan or {}).get("steps", [])}
        done = run.steps.filter(phase=Phase.DO, kind=kind, status=StepStatus.DONE)
        steps = [step for step in done if step.key in asked]
        answered = self._answered(steps) if may_use_answers else None
        rows = self._assigned(kind) if answered is None else answered
        wanted, to_come = assignments_of(run.wanted), self._changes_to_come()
        for step in steps:
            row, later = rows.get(self._steps.ids.subject(step)), to_come.get(step.key, set())
            if row is None or not (row.get("is_active", True) or "is_active" in later):
                raise Blocked(_gone(step))
            fields = wanted.get(step.key) or wanted.get(step.key.rpartition(":")[0]) or {}
            self._require({name: value for name, value in fields.items() if name not in later}, row, step)

    def _changes_to_come(self) -> dict[str, set[str]]:
        """By key, the fields that steps after this one change."""
        steps = self._steps.run.steps.filter(phase=Phase.DO, action__in=(Action.CHANGE, Action.ATTACHED))
        rows = steps.exclude(status=StepStatus.DONE).values_list("key", "fields")
        return {key: {change["field"] for change in fields} for key, fields in rows}

    def _check_project(self, step: Step) -> None:
        run, project = self._steps.run, self._steps.answers.get("project") or self._project()
        asked = run.wanted["project"]
        wanted = {name: value for name, value in asked.items() if name not in (*OURS, "name")}
        wanted |= {"name": asked["name"]} if is_renamed(asked, project) else {}
        if (project.get("client") or {}).get("id") != run.client_id:
            raise Blocked(
                error_body("verification_failed", "project: belongs to another client by now.", field="project")
            )
        self._require({**wanted, "is_active": True}, project, step, field="project")

    def _project(self) -> Json:
        try:
            return self._steps.harvest.get(f"/v2/projects/{self._steps.run.project_id}")
        except HarvestNotFound as error:
            raise Blocked(
                error_body("verification_failed", "project: is gone from Harvest by now.", field="project")
            ) from error

    def _require(self, wanted: Mapping[str, Any], found: Json, step: Step, field: str = "") -> None:
        """Errors: Blocked. What Harvest hides from the linker cannot be compared."""
        seen = {name: value for name, value in wanted.items() if name in found}
        if "administrator" not in self._steps.run.connection.access_roles:
            seen = {name: value for name, value in seen.items() if found[name] is not None}
        differs = changes(seen, found)
        if differs:
            names = ", ".join(change["field"] for change in differs)
            text = f"{field or step.field}: was changed in Harvest meanwhile, or is not kept there: {names}. Continue."
            raise Blocked(
                error_body("verification_failed", text, field=field or step.field, step=step, differences=differs)
            )


def assignments_of(wanted: Json) -> dict[str, Json]:
    """By the key of its step what the body, as it is now, wants of each assignment; of a role, of everybody in it."""
    of_tasks = {f"task_assignment:{task_key(one)}"[:255]: tasks.assignment_of(one) for one in wanted["tasks"]}
    return of_tasks | {person_key(one)[:255]: people.assignment_of(one) for one in wanted["people"]}


def _gone(step: Step) -> Json:
    text = (
        f"{step.field}: {step.title} is not on the project any more; somebody took it off. Continue to assign it again."
    )
    return error_body("verification_failed", text, step=step)
