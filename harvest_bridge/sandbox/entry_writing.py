"""Creating and changing time entries, under the rules of both account modes (REFERENCE §7.1, §7.6, §7.7)."""

from __future__ import annotations

from typing import Any

from harvest_bridge.sandbox.call import Call
from harvest_bridge.sandbox.errors import Refusal, forbidden, unprocessable
from harvest_bridge.sandbox.fields import CENT, as_date, as_decimal, as_int, as_text, as_time
from harvest_bridge.sandbox.locks import lock_reason
from harvest_bridge.sandbox.records import (
    ExternalReference,
    Project,
    Task,
    TaskAssignment,
    TimeEntry,
    User,
    UserAssignment,
)
from harvest_bridge.sandbox.timekeeping import ZERO, hours_between, last_moment_at
from harvest_bridge.sandbox.timers import run

MAX_NOTES = 16_777_215
REFERENCE_KEYS = ("id", "group_id", "account_id", "permalink")


def create_entry(call: Call) -> TimeEntry:
    """A new entry, running unless its time was given. Errors: 403 for somebody else's, 422 with every complaint."""
    body, account = call.body, call.account
    project, task, spent_date = _required(call)
    user = _owner(call, project)
    user_assignment, task_assignment = _assigned(call, user, project, task)
    stamp = call.stamp()
    entry = TimeEntry(
        id=account.ids.next("time_entries"),
        created_at=stamp,
        updated_at=stamp,
        user=user,
        project=project,
        task=task,
        user_assignment=user_assignment,
        task_assignment=task_assignment,
        spent_date=spent_date,
        hours=ZERO,
        notes=_notes(body),
        external_reference=_reference(body.get("external_reference")),
    )
    _refuse_other_mode(call)
    if account.company.wants_timestamp_timers:
        _begin_with_times(call, entry)
    else:
        _begin_with_hours(call, entry)
    return account.time_entries.add(entry)


def update_entry(call: Call, entry: TimeEntry) -> None:
    """Errors: 422. Of a locked entry an administrator can still change notes and time, the rest is dropped."""
    locked = lock_reason(entry)
    if locked is not None and not call.rights.is_administrator:
        raise forbidden() if call.switches.locked_edit == "403" else unprocessable(locked)
    _refuse_other_mode(call)
    if locked is None:
        _move(call, entry)
    body = call.body
    if "notes" in body:
        entry.notes = _notes(body)
    if "external_reference" in body:
        entry.external_reference = _reference(body["external_reference"])
    if call.account.company.wants_timestamp_timers:
        _change_times(call, entry)
    elif "hours" in body:
        _change_hours(call, entry)
    entry.updated_at = call.stamp()
    call.account.time_entries.touch(entry)


def _required(call: Call) -> tuple[Project, Task, Any]:
    """Errors: one 422 that lists all that is missing, in the recorded words (REFERENCE §5.2)."""
    body = call.body
    project = call.account.projects.get(as_int(body.get("project_id")))
    task = call.account.tasks.get(as_int(body.get("task_id")))
    spent_date = as_date(body.get("spent_date"))
    complaints = []
    if task is None:
        complaints.append("Task must exist")
    if project is None:
        complaints.append("Project must exist")
    if project is None:
        complaints.append("Project can't be blank")
    if task is None:
        complaints.append("Task can't be blank")
    if not body.get("spent_date"):
        complaints.append("Spent date can't be blank")
    if spent_date is None:
        complaints.append("Spent date is not a valid date")
    if project is None or task is None or spent_date is None:
        raise unprocessable(*complaints)
    return project, task, spent_date


def _owner(call: Call, project: Project) -> User:
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


def _assigned(call: Call, user: User, project: Project, task: Task) -> tuple[UserAssignment, TaskAssignment]:
    """Errors: 422 unless person and task are on the project and nothing is archived (REFERENCE §7.6)."""
    if not (project.is_active and project.client.is_active):
        raise unprocessable("Project is archived")
    if not user.is_active:
        raise unprocessable("User is archived")
    person_pair = call.account.assignment_of(user, project)
    if person_pair is None or not person_pair.is_active:
        raise unprocessable("User isn't assigned to the project")
    return person_pair, _assigned_task(call, project, task)


def _assigned_task(call: Call, project: Project, task: Task) -> TaskAssignment:
    pair = call.account.task_on(project, task)
    if pair is None:
        raise unprocessable("Task isn't assigned to the project")
    if not (pair.is_active and task.is_active):
        raise unprocessable("Task is archived")
    return pair


def _begin_with_hours(call: Call, entry: TimeEntry) -> None:
    """No hours, or zero hours, start a timer (REFERENCE §7.1)."""
    hours = _hours(call.body)
    if hours:
        entry.hours = hours
    else:
        run(call.account, entry, call.world.clock.now())


def _begin_with_times(call: Call, entry: TimeEntry) -> None:
    """Both times make a finished entry; without an end it runs, since `started_time` or since now."""
    started, ended = _time(call.body, "started_time"), _time(call.body, "ended_time")
    if started is not None and ended is not None:
        entry.started_time, entry.ended_time = started, ended
        entry.hours = hours_between(started, ended)
    elif ended is not None:
        raise unprocessable("Started time can't be blank")
    else:
        now = call.world.clock.now()
        run(call.account, entry, now, since=last_moment_at(started, now, entry.user.timezone) if started else None)


def _change_hours(call: Call, entry: TimeEntry) -> None:
    """Of a running timer this sets the base; it runs on from now."""
    hours = _hours(call.body)
    entry.hours = ZERO if hours is None else hours
    if entry.is_running:
        entry.timer_started_at = call.world.clock.now()


def _change_times(call: Call, entry: TimeEntry) -> None:
    started, ended = _time(call.body, "started_time"), _time(call.body, "ended_time")
    if started is not None:
        entry.started_time = started
    if entry.is_running and ended is None:
        if started is not None:
            entry.timer_started_at = last_moment_at(started, call.world.clock.now(), entry.user.timezone)
        return
    if ended is not None:
        entry.ended_time, entry.timer_started_at = ended, None
    if (started or ended) and entry.started_time and entry.ended_time:
        entry.hours = hours_between(entry.started_time, entry.ended_time)


def _move(call: Call, entry: TimeEntry) -> None:
    """To another project, task or day. Errors: 422; the entry is unchanged then."""
    body = call.body
    spent_date = as_date(body["spent_date"]) if "spent_date" in body else entry.spent_date
    if spent_date is None:
        raise unprocessable("Spent date is not a valid date")
    project = _changed(call.account.projects.get, body, "project_id", entry.project, "Project must exist")
    task = _changed(call.account.tasks.get, body, "task_id", entry.task, "Task must exist")
    if (project, task) != (entry.project, entry.task):
        try:
            entry.user_assignment, entry.task_assignment = _assigned(call, entry.user, project, task)
            entry.project, entry.task = project, task
        except Refusal:
            if call.switches.unassigned_task_patch == "422":
                raise
    entry.spent_date = spent_date


def _changed(get: Any, body: Any, name: str, current: Any, complaint: str) -> Any:
    if name not in body:
        return current
    found = get(as_int(body[name]))
    if found is None:
        raise unprocessable(complaint)
    return found


def _refuse_other_mode(call: Call) -> None:
    """Fields of the other mode are silently ignored, unless the switch says otherwise (REFERENCE §7.1, unconfirmed)."""
    if call.switches.mode_mismatch != "422":
        return
    foreign = ("hours",) if call.account.company.wants_timestamp_timers else ("started_time", "ended_time")
    if any(call.body.get(name) is not None for name in foreign):
        raise unprocessable(f"{foreign[0].replace('_', ' ').capitalize()} is not used by this account")


def _hours(body: Any) -> Any:
    hours = as_decimal(body.get("hours"))
    if hours is not None and hours < 0:
        raise unprocessable("Hours must be greater than or equal to 0")
    return None if hours is None else hours.quantize(CENT)


def _time(body: Any, name: str) -> Any:
    if not body.get(name):
        return None
    moment = as_time(body[name])
    if moment is None:
        raise unprocessable(f"{name.replace('_', ' ').capitalize()} is not a valid time")
    return moment


def _notes(body: Any) -> str | None:
    notes = as_text(body.get("notes"))
    if notes is not None and len(notes) > MAX_NOTES:
        raise unprocessable(f"Notes is too long (maximum is {MAX_NOTES} characters)")
    return notes


def _reference(value: Any) -> ExternalReference | None:
    """All parts are text, whatever was sent; nothing but blanks is no reference."""
    if not isinstance(value, dict):
        return None
    parts = {key: as_text(value.get(key)) or None for key in REFERENCE_KEYS}
    return ExternalReference(**parts) if any(parts.values()) else None
