"""Who can track what where, and for whom (REFERENCE §7.6)."""

from __future__ import annotations

from harvest_bridge.sandbox.account import Account
from harvest_bridge.sandbox.call import Call
from harvest_bridge.sandbox.errors import forbidden, unprocessable
from harvest_bridge.sandbox.fields import as_int
from harvest_bridge.sandbox.records import Project, Task, TaskAssignment, User, UserAssignment


def owner_of(call: Call, project: Project) -> User:
    """The caller, or whoever `user_id` names. Errors: 403 without the right to, unless the switch says ignore."""
    wanted = as_int(call.body.get("user_id"))
    if wanted is None or wanted == call.person.id:
        return call.person
    user = call.account.users.get(wanted)
    if user is None and call.rights.is_administrator:
        raise unprocessable("User must exist")
    if user is not None and call.rights.tracks_for(user, project):
        return user
    if call.switches.foreign_user_id == "ignore":
        return call.person
    raise forbidden()


def assigned_person(account: Account, user: User, project: Project) -> UserAssignment:
    """Errors: 422 unless the person is on the project and nothing is archived."""
    if not (project.is_active and project.client.is_active):
        raise unprocessable("Project is archived")
    if not user.is_active:
        raise unprocessable("User is archived")
    pair = account.assignment_of(user, project)
    if pair is None or not pair.is_active:
        raise unprocessable("User isn't assigned to the project")
    return pair


def assigned_task(account: Account, project: Project, task: Task) -> TaskAssignment:
    """Errors: 422 unless the task is on the project and not archived."""
    pair = account.task_on(project, task)
    if pair is None:
        raise unprocessable("Task isn't assigned to the project")
    if not (pair.is_active and task.is_active):
        raise unprocessable("Task is archived")
    return pair
