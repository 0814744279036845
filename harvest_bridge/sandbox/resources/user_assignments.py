"""Who is assigned to a project, account-wide and per project (REFERENCE §8.9)."""

from __future__ import annotations

from typing import Any

from harvest_bridge.sandbox.call import Answer, Call
from harvest_bridge.sandbox.errors import unprocessable
from harvest_bridge.sandbox.filters import bool_filter, int_filter, updated_since
from harvest_bridge.sandbox.forms import Form, flag, number, reference
from harvest_bridge.sandbox.records import Project, UserAssignment
from harvest_bridge.sandbox.rights import managers
from harvest_bridge.sandbox.routing import Routes
from harvest_bridge.sandbox.shapes.work import user_assignment_shape
from harvest_bridge.sandbox.timezones import zone_for

routes = Routes()
CHANGES = (
    flag("is_active"),
    flag("is_project_manager"),
    flag("use_default_rates"),
    number("hourly_rate"),
    number("budget"),
)
FORM = Form(reference("user_id", lambda account: account.users), *CHANGES)
EDIT = Form(*CHANGES)


def render(call: Call, pair: UserAssignment) -> dict[str, Any]:
    return user_assignment_shape(pair, call.rights, call.world.clock.today(zone_for(pair.user.timezone)))


@routes.get("/user_assignments", may=managers)
def list_user_assignments(call: Call) -> Answer:
    """All projects, archived ones too; a manager sees those of managed projects and of teammates."""
    rights = call.rights
    pairs = call.account.user_assignments.rows()
    return _listed(call, [p for p in pairs if rights.manages(p.project) or rights.leads(p.user)], takes_cursor=True)


@routes.get("/projects/{id}/user_assignments", may=managers)
def list_project_user_assignments(call: Call, project_id: int) -> Answer:
    project = _project(call, project_id)
    pairs = call.account.user_assignments.rows()
    return _listed(call, [pair for pair in pairs if pair.project is project], takes_cursor=False)


@routes.get("/projects/{id}/user_assignments/{id}", may=managers)
def get_user_assignment(call: Call, project_id: int, pair_id: int) -> Answer:
    return Answer(render(call, _pair(call, project_id, pair_id)))


@routes.post("/projects/{id}/user_assignments", may=managers)
def create_user_assignment(call: Call, project_id: int) -> Answer:
    """Managers and administrators lead the project unless the body says otherwise."""
    project = _project(call, project_id)
    values = FORM.new(call.body, call.account)
    user = values["user"]
    if call.account.assignment_of(user, project):
        raise unprocessable("User has already been assigned to this project")
    values.setdefault("is_project_manager", user.access_roles[0] != "member")
    pair = UserAssignment(**call.fresh("user_assignments"), project=project, **values)
    call.account.user_assignments.add(pair)
    return call.created(render(call, pair), pair)


@routes.patch("/projects/{id}/user_assignments/{id}", may=managers)
def update_user_assignment(call: Call, project_id: int, pair_id: int) -> Answer:
    pair = _pair(call, project_id, pair_id)
    call.change(call.account.user_assignments, pair, EDIT.changes(call.body, call.account))
    return Answer(render(call, pair))


@routes.delete("/projects/{id}/user_assignments/{id}", may=managers)
def delete_user_assignment(call: Call, project_id: int, pair_id: int) -> Answer:
    """Only without time entries and expenses."""
    pair = _pair(call, project_id, pair_id)
    tracked = [*call.account.time_entries.of_project(project_id), *call.account.expenses]
    if any(one.user_assignment is pair for one in tracked):
        raise unprocessable("This user assignment is not removable. It still has time entries and/or expenses.")
    call.account.user_assignments.remove(pair)
    return call.deleted(render(call, pair))


def _project(call: Call, project_id: int) -> Project:
    return call.find(call.account.projects, project_id, visible=call.rights.manages)


def _pair(call: Call, project_id: int, pair_id: int) -> UserAssignment:
    project = _project(call, project_id)
    return call.find(call.account.user_assignments, pair_id, visible=lambda pair: pair.project is project)


def _listed(call: Call, rows: list[UserAssignment], *, takes_cursor: bool) -> Answer:
    user_id, is_active = int_filter(call.query, "user_id"), bool_filter(call.query, "is_active")
    if user_id is not None:
        rows = [pair for pair in rows if pair.user.id == user_id]
    if is_active is not None:
        rows = [pair for pair in rows if pair.is_active is is_active]
    chosen = updated_since(rows, call.query)
    return call.listing("user_assignments", chosen, lambda pair: render(call, pair), takes_cursor=takes_cursor)
