"""Takes back one thing that a run made. A project with time or expenses is archived, never deleted."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from harvest_bridge.harvest.errors import HarvestNotFound, HarvestRejected
from harvest_bridge.provisioning.models import Action, Phase, Step
from harvest_bridge.provisioning.planning.values import same

from . import transitions, usage
from .failures import Blocked, error_body
from .steps import Steps

Json = dict[str, Any]
_PATHS = {"client": "/v2/clients", "project": "/v2/projects", "task": "/v2/tasks", "contact": "/v2/contacts"}
_GONE, _UNUSED = "gone from Harvest already", "nobody had used it"
# Harvest drops the others when one of them goes: where somebody has changed one, none is put back.
_TOGETHER = (
    {"is_billable", "bill_by", "hourly_rate", "is_fixed_fee", "fee"},
    {
        *("budget_by", "budget", "budget_is_monthly", "cost_budget", "cost_budget_include_expenses"),
        *("notify_when_over_budget", "over_budget_notification_percentage", "show_budget_to_all"),
    },
    {"use_default_rates", "hourly_rate"},
)


class Removal:
    """Things of one run, one after the other."""

    def __init__(self, steps: Steps) -> None:
        self.run, self.harvest, self._steps = steps.run, steps.harvest, steps

    def take_back(self, step: Step) -> None:
        """Errors: Blocked; those of `calls.send`."""
        path = self._path(step)
        try:
            if step.action == Action.CHANGE:
                self._change_back(step, path)
            else:
                action, why = self._remove(step, path)
                self._note(step, action, why)
        except HarvestNotFound:
            self._note(step, Action.KEEP, _GONE)

    def _path(self, step: Step) -> str:
        if step.kind in _PATHS:
            return f"{_PATHS[step.kind]}/{step.harvest_id}"
        if step.kind == "person_invited":
            return f"/v2/users/{step.harvest_id}"
        kind = "task_assignments" if step.kind in ("task_assignment", "rates") else "user_assignments"
        return f"/v2/projects/{self.run.project_id}/{kind}/{step.harvest_id}"

    def outlook(self, step: Step) -> tuple[Action, str]:
        """What would become of it now, and why; nothing is written. Errors: those of `calls.send`."""
        if step.action == Action.CHANGE:
            return Action.CHANGE, "put back, where nobody has changed it since"
        try:
            return self._kept(step) or self._archived(step) or (Action.REMOVE, _UNUSED)
        except HarvestNotFound:
            return Action.KEEP, _GONE

    def _kept(self, step: Step) -> tuple[Action, str] | None:
        """Of what others use."""
        match step.kind:
            case "project":
                is_used = usage.is_of_another_deal(self.run, project_id=step.harvest_id or 0)
                used = "another deal" if is_used else ""
            case "client" | "contact":
                used = self._use_of_client
            case "task":
                used = usage.use_of_task(self.harvest, step.harvest_id or 0, self.run.project_id)
            case _:
                used = ""
        return (Action.KEEP, f"stays: used by {used}") if used else None

    def _archived(self, step: Step) -> tuple[Action, str] | None:
        """Of a project with time, and so of its client."""
        if step.kind not in ("project", "client") or not self.run.project_id:
            return None
        used = usage.use_of_project(self.harvest, self.run.project_id)
        if not used:
            return None
        return Action.ARCHIVE, f"has {used}: archived, not deleted" if step.kind == "project" else "has the project"

    @cached_property
    def _use_of_client(self) -> str:
        return usage.use_of_client(self.harvest, self.run, self.run.client_id) if self.run.client_id else ""

    def _remove(self, step: Step, path: str) -> tuple[Action, str]:
        if kept := self._kept(step):
            return kept
        return self._project(step, path) if step.kind == "project" else self._delete_or_archive(step, path)

    def _project(self, step: Step, path: str) -> tuple[Action, str]:
        """Archived first, so that nobody can track to it between the look and the deletion."""
        try:
            self._send(step, "PATCH", path, {"is_active": False})
        except HarvestRejected as error:
            text = (
                f"project: Harvest does not archive it ({error.message}). Stop the timers that run on it, and continue."
            )
            raise Blocked(error_body("project_in_use", text, field="project", step=step)) from error
        if archived := self._archived(step):
            return archived
        self._send(step, "DELETE", path)
        return Action.REMOVE, _UNUSED

    def _delete_or_archive(self, step: Step, path: str) -> tuple[Action, str]:
        """Harvest itself refuses to delete what is in use. Contacts cannot be archived, and stay; so does a client
        that somebody has found a use for.
        """
        try:
            self._send(step, "DELETE", path)
        except HarvestRejected as error:
            if step.kind == "contact" or (step.kind == "client" and not self._has_archived_project()):
                return Action.KEEP, error.message
            self._send(step, "PATCH", path, {"is_active": False})
            return Action.ARCHIVE, f"in use: {error.message}"
        return Action.REMOVE, _UNUSED

    def _has_archived_project(self) -> bool:
        undone = self.run.steps.filter(phase=Phase.UNDO, kind="project", action=Action.ARCHIVE)
        return undone.exists()

    def _change_back(self, step: Step, path: str) -> None:
        """Field by field, where it still is as the run left it."""
        record, before = self.harvest.get(path), step.before or {}
        left: Json = (step.request or {}).get("body") or {}
        names = {name.rpartition(".")[2]: value for name, value in before.items()}
        edited = {name for name in names if not same(left.get(name), record.get(name))}
        stays = edited.union(*(group for group in _TOGETHER if group & edited))
        back = {name: old for name, old in names.items() if name not in stays}
        if back:
            self._send(step, "PATCH", path, back)
        words = "put back" if back else "changed by somebody since, and left so"
        self._note(step, Action.CHANGE, f"{words}, but for {', '.join(sorted(stays))}" if back and stays else words)

    def _send(self, step: Step, verb: str, path: str, body: Json | None = None) -> None:
        self._steps.send(step, {"verb": verb, "path": path, "body": body})

    def _note(self, step: Step, action: Action, why: str) -> None:
        transitions.note_done(self.run, step, step.harvest_id, action=action, why=why[:500])
