"""What a person can track to (REFERENCE §8.3): active assignments to active projects, with their tasks."""

from __future__ import annotations

from collections.abc import Sequence

from harvest_bridge.sandbox.call import Answer, Call
from harvest_bridge.sandbox.errors import forbidden
from harvest_bridge.sandbox.filters import updated_since
from harvest_bridge.sandbox.records import User, UserAssignment
from harvest_bridge.sandbox.routing import Routes
from harvest_bridge.sandbox.shapes.work import project_assignment_shape
from harvest_bridge.sandbox.timezones import zone_for

routes = Routes()


@routes.get("/users/me/project_assignments")
def list_my_project_assignments(call: Call) -> Answer:
    return _listed(call, _assignments_of(call, call.person), takes_cursor=False)


@routes.get("/users/{id}/project_assignments")
def list_project_assignments(call: Call, user_id: int) -> Answer:
    user = call.find(call.account.users, user_id)
    if user is not call.person and not call.rights.leads(user):
        raise forbidden()
    return _listed(call, updated_since(_assignments_of(call, user), call.query), takes_cursor=True)


def _assignments_of(call: Call, user: User) -> list[UserAssignment]:
    pairs = call.account.user_assignments.rows()
    return [pair for pair in pairs if pair.user is user and pair.is_active and pair.project.is_active]


def _listed(call: Call, rows: Sequence[UserAssignment], *, takes_cursor: bool) -> Answer:
    def render(pair: UserAssignment) -> dict[str, object]:
        today = call.world.clock.today(zone_for(pair.user.timezone))
        tasks = [one for one in call.account.task_assignments if one.project is pair.project]
        return project_assignment_shape(pair, tasks, call.rights, today)

    return call.listing("project_assignments", rows, render, takes_cursor=takes_cursor)
