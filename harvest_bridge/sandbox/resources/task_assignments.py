"""Which tasks a project has, account-wide and per project (REFERENCE §8.9)."""

from __future__ import annotations

from harvest_bridge.sandbox.call import Answer, Call
from harvest_bridge.sandbox.errors import unprocessable
from harvest_bridge.sandbox.filters import bool_filter, updated_since
from harvest_bridge.sandbox.forms import Form, flag, number, reference
from harvest_bridge.sandbox.projects import starting_rate
from harvest_bridge.sandbox.records import Project, TaskAssignment
from harvest_bridge.sandbox.rights import managers
from harvest_bridge.sandbox.routing import Routes
from harvest_bridge.sandbox.shapes.work import task_assignment_shape

routes = Routes()
CHANGES = (flag("is_active"), flag("billable"), number("hourly_rate"), number("budget"))
FORM = Form(reference("task_id", lambda account: account.tasks), *CHANGES)
EDIT = Form(*CHANGES)


@routes.get("/task_assignments", may=managers)
def list_task_assignments(call: Call) -> Answer:
    """All projects, archived ones too; a manager sees those of managed projects."""
    pairs = call.account.task_assignments.rows()
    return _listed(call, [pair for pair in pairs if call.rights.manages(pair.project)], takes_cursor=True)


@routes.get("/projects/{id}/task_assignments", may=managers)
def list_project_task_assignments(call: Call, project_id: int) -> Answer:
    project = _project(call, project_id)
    pairs = call.account.task_assignments.rows()
    return _listed(call, [pair for pair in pairs if pair.project is project], takes_cursor=False)


@routes.get("/projects/{id}/task_assignments/{id}", may=managers)
def get_task_assignment(call: Call, project_id: int, pair_id: int) -> Answer:
    return Answer(task_assignment_shape(_pair(call, project_id, pair_id), call.rights))


@routes.post("/projects/{id}/task_assignments", may=managers)
def create_task_assignment(call: Call, project_id: int) -> Answer:
    """Billable as the task is by default, as recorded in 2021."""
    project = _project(call, project_id)
    values = FORM.new(call.body, call.account)
    task = values["task"]
    if call.account.task_on(project, task):
        raise unprocessable("Task has already been assigned to this project")
    values = {"billable": task.billable_by_default, "hourly_rate": starting_rate(project), **values}
    pair = TaskAssignment(**call.fresh("task_assignments"), project=project, **values)
    call.account.task_assignments.add(pair)
    return call.created(task_assignment_shape(pair, call.rights), pair)


@routes.patch("/projects/{id}/task_assignments/{id}", may=managers)
def update_task_assignment(call: Call, project_id: int, pair_id: int) -> Answer:
    pair = _pair(call, project_id, pair_id)
    call.change(call.account.task_assignments, pair, EDIT.changes(call.body, call.account))
    return Answer(task_assignment_shape(pair, call.rights))


@routes.delete("/projects/{id}/task_assignments/{id}", may=managers)
def delete_task_assignment(call: Call, project_id: int, pair_id: int) -> Answer:
    """Only without time entries."""
    pair = _pair(call, project_id, pair_id)
    if any(entry.task_assignment is pair for entry in call.account.time_entries.of_project(project_id)):
        raise unprocessable("This task assignment is not removable. It still has time entries.")
    call.account.task_assignments.remove(pair)
    return call.deleted(task_assignment_shape(pair, call.rights))


def _project(call: Call, project_id: int) -> Project:
    return call.find(call.account.projects, project_id, visible=call.rights.manages)


def _pair(call: Call, project_id: int, pair_id: int) -> TaskAssignment:
    project = _project(call, project_id)
    return call.find(call.account.task_assignments, pair_id, visible=lambda pair: pair.project is project)


def _listed(call: Call, rows: list[TaskAssignment], *, takes_cursor: bool) -> Answer:
    is_active = bool_filter(call.query, "is_active")
    if is_active is not None:
        rows = [pair for pair in rows if pair.is_active is is_active]
    chosen = updated_since(rows, call.query)
    return call.listing(
        "task_assignments", chosen, lambda pair: task_assignment_shape(pair, call.rights), takes_cursor=takes_cursor
    )
