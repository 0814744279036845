"""Who and what is assigned to a project, account-wide and per project (REFERENCE §8.9)."""

from __future__ import annotations

from typing import TypeVar

from harvest_bridge.sandbox.call import Answer, Call
from harvest_bridge.sandbox.filters import bool_filter, int_filter, updated_since
from harvest_bridge.sandbox.records import Project, TaskAssignment, UserAssignment
from harvest_bridge.sandbox.rights import managers
from harvest_bridge.sandbox.routing import Routes
from harvest_bridge.sandbox.shapes.work import task_assignment_shape, user_assignment_shape
from harvest_bridge.sandbox.timezones import zone_for

routes = Routes()
Pair = TypeVar("Pair", UserAssignment, TaskAssignment)


def render_user_assignment(call: Call, pair: UserAssignment) -> dict[str, object]:
    return user_assignment_shape(pair, call.rights, call.world.clock.today(zone_for(pair.user.timezone)))


@routes.get("/user_assignments", may=managers)
def list_user_assignments(call: Call) -> Answer:
    return _list_user_assignments(call, None)


@routes.get("/projects/{id}/user_assignments", may=managers)
def list_project_user_assignments(call: Call, project_id: int) -> Answer:
    return _list_user_assignments(call, _project(call, project_id))


@routes.get("/projects/{id}/user_assignments/{id}", may=managers)
def get_user_assignment(call: Call, project_id: int, pair_id: int) -> Answer:
    project = _project(call, project_id)
    pair = call.find(call.account.user_assignments, pair_id, visible=lambda one: one.project is project)
    return Answer(render_user_assignment(call, pair))


@routes.get("/task_assignments", may=managers)
def list_task_assignments(call: Call) -> Answer:
    return _list_task_assignments(call, None)


@routes.get("/projects/{id}/task_assignments", may=managers)
def list_project_task_assignments(call: Call, project_id: int) -> Answer:
    return _list_task_assignments(call, _project(call, project_id))


@routes.get("/projects/{id}/task_assignments/{id}", may=managers)
def get_task_assignment(call: Call, project_id: int, pair_id: int) -> Answer:
    project = _project(call, project_id)
    pair = call.find(call.account.task_assignments, pair_id, visible=lambda one: one.project is project)
    return Answer(task_assignment_shape(pair, call.rights))


def _project(call: Call, project_id: int) -> Project:
    return call.find(call.account.projects, project_id, visible=call.rights.manages)


def _list_user_assignments(call: Call, project: Project | None) -> Answer:
    pairs = call.account.user_assignments.rows()
    rows = [p for p in _filtered(call, pairs, project) if call.rights.manages(p.project) or call.rights.leads(p.user)]
    user_id = int_filter(call.query, "user_id")
    if user_id is not None:
        rows = [pair for pair in rows if pair.user.id == user_id]
    return call.listing(
        "user_assignments", rows, lambda pair: render_user_assignment(call, pair), takes_cursor=project is None
    )


def _list_task_assignments(call: Call, project: Project | None) -> Answer:
    pairs = call.account.task_assignments.rows()
    rows = [pair for pair in _filtered(call, pairs, project) if call.rights.manages(pair.project)]
    return call.listing(
        "task_assignments", rows, lambda pair: task_assignment_shape(pair, call.rights), takes_cursor=project is None
    )


def _filtered(call: Call, pairs: list[Pair], project: Project | None) -> list[Pair]:
    is_active = bool_filter(call.query, "is_active")
    rows = [
        pair
        for pair in pairs
        if (project is None or pair.project is project) and (is_active is None or pair.is_active is is_active)
    ]
    return list(updated_since(rows, call.query))
