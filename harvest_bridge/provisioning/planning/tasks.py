"""The tasks of a deal, and their assignment to its project."""

from __future__ import annotations

from typing import Any

from harvest_bridge.provisioning.models import Action

from .account import Account
from .links import Kept
from .matching import match
from .names import exact, normal
from .plan import Call, Draft, Problem
from .rights import refusal
from .values import changes

Json = dict[str, Any]
_PATH = "/v2/tasks"


def task_key(wanted: Json) -> str:
    return f"{wanted['id']}" if wanted.get("id") is not None else normal(str(wanted["name"]))


def plan_tasks(account: Account, wanted: list[Json], project: Draft, kept: Kept) -> list[Draft]:
    there = _assigned(account, project) if wanted else {}
    found: list[Draft] = []
    seen: set[object] = set()
    for place, one in enumerate(wanted):
        task = _task(account, one, place, kept)
        identity = task.harvest_id or task.key
        if identity in seen:
            task.action, task.call = Action.BLOCKED, None
            task.problem = Problem("given_twice", task.field, f"{task.field}: this task is in the list twice.")
        seen.add(identity)
        found += [task] if task.problem else [task, _assignment(account, one, task, project, there)]
    if any(draft.kind in ("task_assignment", "rates") for draft in found):
        call = _reading(project) if _are_others_there(project, found) else None
        found.append(Draft("check_tasks", "check:tasks", "Tasks of the project", Action.READ, call=call))
    return found


def _are_others_there(project: Draft, drafts: list[Draft]) -> bool:
    """Whether assignments are there, or come to be, that the run does not make: of these no answer of Harvest tells."""
    return project.harvest_id is not None or any(draft.action == Action.ATTACHED for draft in drafts)


def _reading(project: Draft) -> Call:
    return Call("GET", f"/v2/projects/{project.harvest_id or '{project}'}/task_assignments")


def _assigned(account: Account, project: Draft) -> dict[int, Json]:
    """By the id of the task. Of a project that is there; the others have none yet."""
    if project.harvest_id is None:
        return {}
    rows = account.listed(f"/v2/projects/{project.harvest_id}/task_assignments", "task_assignments")
    return {int(row["task"]["id"]): row for row in rows if row.get("task")}


def _task(account: Account, wanted: Json, place: int, kept: Kept) -> Draft:
    field, key = f"tasks[{place}]", f"task:{task_key(wanted)}"
    found = match("task", account.tasks, wanted, kept=kept.by_key.get(key), field=field)
    draft = Draft("task", key, str(wanted.get("name") or ""), Action.CREATE, field, found.why, problem=found.problem)
    if found.problem is not None:
        draft.action = Action.BLOCKED
    elif found.record is not None:
        _use(account, found.record, draft)
    elif wanted.get("must_exist"):
        text = f"{field}.name: there is no task {wanted['name']!r}, and it is not to be made (must_exist)."
        draft.action, draft.problem = Action.BLOCKED, Problem("unknown_task", f"{field}.name", text)
    else:
        body = {"name": wanted["name"], "is_default": False}
        body |= {} if wanted.get("billable") is None else {"billable_by_default": wanted["billable"]}
        draft.call = Call("POST", _PATH, body)
        draft.known = [int(row["id"]) for row in exact(wanted["name"], account.tasks)]
        draft.problem = refusal(account, "POST", _PATH, field)
    return draft


def _use(account: Account, record: Json, draft: Draft) -> None:
    draft.title, draft.harvest_id, draft.action = str(record.get("name") or ""), int(record["id"]), Action.REUSE
    if not record.get("is_active", True):
        path = f"{_PATH}/{record['id']}"
        draft.action, draft.call = Action.CHANGE, Call("PATCH", path, {"is_active": True})
        draft.fields = [{"field": "is_active", "from": False, "to": True}]
        draft.problem = refusal(account, "PATCH", path, draft.field)


def assignment_of(wanted: Json) -> Json:
    """The fields of a task assignment that a deal gives."""
    return {name: wanted[name] for name in ("billable", "hourly_rate", "budget") if wanted.get(name) is not None}


def _assignment(account: Account, wanted: Json, task: Draft, project: Draft, there: dict[int, Json]) -> Draft:
    key = task.key.replace("task:", "task_assignment:", 1)
    base = f"/v2/projects/{project.harvest_id or '{project}'}/task_assignments"
    body = {"task_id": task.harvest_id or f"{{{task.key}}}", **assignment_of(wanted)}
    draft = Draft("task_assignment", key, task.title, Action.CREATE, task.field, call=Call("POST", base, body))
    draft.subject = task.harvest_id or task.key
    row = there.get(task.harvest_id or 0)
    if row is not None:
        _use_assignment(wanted, row, base, draft)
    elif _attaches_itself(account, task, project):
        _attached(account, wanted, task, base, draft)
    return draft


def _use_assignment(wanted: Json, row: Json, base: str, draft: Draft) -> None:
    given = assignment_of(wanted) | ({} if row.get("is_active", True) else {"is_active": True})
    draft.harvest_id, draft.fields = int(row["id"]), changes(given, row)
    draft.action, draft.why, draft.call = Action.REUSE, "on the project already", None
    if draft.fields:
        draft.kind, draft.action = "rates", Action.CHANGE
        draft.call = Call("PATCH", f"{base}/{row['id']}", {one["field"]: one["to"] for one in draft.fields})


def _attaches_itself(account: Account, task: Draft, project: Draft) -> bool:
    """Default tasks are put on new projects by Harvest."""
    record = next((one for one in account.tasks if one["id"] == task.harvest_id), None)
    is_there = record is not None and record.get("is_default") and record.get("is_active", True)
    return bool(is_there and project.harvest_id is None)


def _attached(account: Account, wanted: Json, task: Draft, base: str, draft: Draft) -> None:
    """It will have the task's own `billable` and no budget; of rates it has none that were asked for."""
    record = next(one for one in account.tasks if one["id"] == task.harvest_id)
    expected = {"billable": record.get("billable_by_default"), "hourly_rate": None, "budget": None}
    draft.kind, draft.action, draft.why = "rates", Action.ATTACHED, "a default task: Harvest puts it on new projects"
    draft.fields = changes(assignment_of(wanted), expected)
    body = {one["field"]: one["to"] for one in draft.fields}
    draft.fallback, draft.call = draft.call, Call("PATCH", f"{base}/{{{draft.key}}}", body) if body else None
