"""People and what they can track to (REFERENCE §8.2, §8.3)."""

from __future__ import annotations

from harvest_bridge.sandbox.call import Answer, Call
from harvest_bridge.sandbox.errors import forbidden
from harvest_bridge.sandbox.filters import bool_filter, updated_since
from harvest_bridge.sandbox.records import User, UserAssignment
from harvest_bridge.sandbox.rights import managers
from harvest_bridge.sandbox.routing import Routes
from harvest_bridge.sandbox.shapes.people import user_shape
from harvest_bridge.sandbox.shapes.work import project_assignment_shape
from harvest_bridge.sandbox.timezones import zone_for

routes = Routes()


def render_user(call: Call, user: User) -> dict[str, object]:
    today = call.world.clock.today(zone_for(user.timezone))
    return user_shape(user, call.account.roles, call.rights, today)


@routes.get("/users", may=managers)
def list_users(call: Call) -> Answer:
    """A manager sees those assigned as teammates."""
    rows = [user for user in call.account.users.rows() if call.rights.leads(user)]
    is_active = bool_filter(call.query, "is_active")
    if is_active is not None:
        rows = [user for user in rows if user.is_active is is_active]
    return call.listing("users", updated_since(rows, call.query), lambda user: render_user(call, user))


@routes.get("/users/me")
def get_me(call: Call) -> Answer:
    return Answer(render_user(call, call.person))


@routes.get("/users/{id}", may=managers)
def get_user(call: Call, user_id: int) -> Answer:
    return Answer(render_user(call, call.find(call.account.users, user_id, visible=call.rights.leads)))


@routes.get("/users/me/project_assignments")
def list_my_project_assignments(call: Call) -> Answer:
    return _project_assignments(call, _assignments_of(call, call.person), takes_cursor=False)


@routes.get("/users/{id}/project_assignments")
def list_project_assignments(call: Call, user_id: int) -> Answer:
    user = call.find(call.account.users, user_id)
    if user is not call.person and not call.rights.leads(user):
        raise forbidden()
    rows = updated_since(_assignments_of(call, user), call.query)
    return _project_assignments(call, list(rows), takes_cursor=True)


def _assignments_of(call: Call, user: User) -> list[UserAssignment]:
    """Active ones only, of active projects."""
    pairs = call.account.user_assignments.rows()
    return [pair for pair in pairs if pair.user is user and pair.is_active and pair.project.is_active]


def _project_assignments(call: Call, rows: list[UserAssignment], *, takes_cursor: bool) -> Answer:
    def render(pair: UserAssignment) -> dict[str, object]:
        today = call.world.clock.today(zone_for(pair.user.timezone))
        tasks = [one for one in call.account.task_assignments if one.project is pair.project]
        return project_assignment_shape(pair, tasks, call.rights, today)

    return call.listing("project_assignments", rows, render, takes_cursor=takes_cursor)
