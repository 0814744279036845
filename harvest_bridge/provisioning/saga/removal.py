"""Takes back one thing that a run made. A project with time or expenses is archived, never deleted."""

from __future__ import annotations

from typing import Any

from harvest_bridge.harvest.errors import HarvestNotFound, HarvestRejected
from harvest_bridge.provisioning.models import Action, Step
from harvest_bridge.provisioning.planning.values import same

from . import transitions, usage
from .failures import Blocked, shown
from .steps import Steps

Json = dict[str, Any]
_PATHS = {"client": "/v2/clients", "project": "/v2/projects", "task": "/v2/tasks", "contact": "/v2/contacts"}
_GONE = "gone from Harvest already"


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

    def _remove(self, step: Step, path: str) -> tuple[Action, str]:
        match step.kind:
            case "project":
                return self._project(step, path)
            case "client":
                return self._client(step, path)
            case "task":
                used = usage.use_of_task(self.harvest, step.harvest_id or 0, self.run.project_id)
                return (Action.KEEP, f"used by {used}") if used else self._delete_or_archive(step, path)
        return self._delete_or_archive(step, path)

    def _project(self, step: Step, path: str) -> tuple[Action, str]:
        """Archived first, so that nobody can track to it between the look and the deletion."""
        try:
            self._send(step, "PATCH", path, {"is_active": False})
        except HarvestRejected as error:
            text = (
                f"project: Harvest does not archive it ({error.message}). Stop the timers that run on it, and continue."
            )
            raise Blocked(shown("project_in_use", text, field="project", step=step)) from error
        if used := usage.use_of_project(self.harvest, step.harvest_id or 0):
            return Action.ARCHIVE, f"has {used}: archived, not deleted"
        self._send(step, "DELETE", path)
        return Action.REMOVE, "nobody had used it"

    def _client(self, step: Step, path: str) -> tuple[Action, str]:
        others = [
            one for one in usage.projects_of(self.harvest, step.harvest_id or 0) if one["id"] != self.run.project_id
        ]
        if others:
            return Action.KEEP, f"has the project {others[0].get('name')!r}, which this run did not make"
        return self._delete_or_archive(step, path)

    def _delete_or_archive(self, step: Step, path: str) -> tuple[Action, str]:
        """Harvest itself refuses to delete what is in use. Contacts cannot be archived, and stay."""
        try:
            self._send(step, "DELETE", path)
        except HarvestRejected as error:
            if step.kind == "contact":
                return Action.KEEP, error.message
            self._send(step, "PATCH", path, {"is_active": False})
            return Action.ARCHIVE, f"in use: {error.message}"
        return Action.REMOVE, "nobody had used it"

    def _change_back(self, step: Step, path: str) -> None:
        """Field by field, where it still is as the run left it."""
        record, before = self.harvest.get(path), step.before or {}
        left: Json = (step.request or {}).get("body") or {}
        names = {name.rpartition(".")[2]: value for name, value in before.items()}
        back = {name: old for name, old in names.items() if name in left and same(left[name], record.get(name))}
        if back:
            self._send(step, "PATCH", path, back)
        self._note(step, Action.CHANGE, "put back" if back else "changed by somebody since, and left so")

    def _send(self, step: Step, verb: str, path: str, body: Json | None = None) -> None:
        self._steps.send(step, {"verb": verb, "path": path, "body": body})

    def _note(self, step: Step, action: Action, why: str) -> None:
        transitions.note_done(self.run, step, step.harvest_id, action=action, why=why[:500])
