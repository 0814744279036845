"""New time entries, under the rules of both account modes (REFERENCE §7.1, §7.6)."""

from __future__ import annotations

from typing import Any

from harvest_bridge.sandbox.assignment import assigned_person, assigned_task, owner_of
from harvest_bridge.sandbox.call import Call
from harvest_bridge.sandbox.entry_forms import DETAILS, refuse_other_mode, required_place
from harvest_bridge.sandbox.errors import unprocessable
from harvest_bridge.sandbox.records import TimeEntry
from harvest_bridge.sandbox.timekeeping import ZERO, hours_between, last_moment_at
from harvest_bridge.sandbox.timers import run


def create_entry(call: Call) -> TimeEntry:
    """A new entry, running unless its time was given. Errors: 403 for somebody else's, 422 with every complaint."""
    account = call.account
    project, task, spent_date = required_place(call.body, account)
    details = DETAILS.changes(call.body, account)
    refuse_other_mode(call)
    user = owner_of(call, project)
    entry = TimeEntry(
        user=user,
        project=project,
        task=task,
        user_assignment=assigned_person(account, user, project),
        task_assignment=assigned_task(account, project, task),
        spent_date=spent_date,
        hours=ZERO,
        notes=details.get("notes"),
        external_reference=details.get("external_reference"),
        **call.fresh("time_entries"),
    )
    if account.company.wants_timestamp_timers:
        _begin_with_times(call, entry, details)
    else:
        _begin_with_hours(call, entry, details)
    return account.time_entries.add(entry)


def _begin_with_hours(call: Call, entry: TimeEntry, details: dict[str, Any]) -> None:
    """No hours, or zero hours, start a timer (REFERENCE §7.1)."""
    if details.get("hours"):
        entry.hours = details["hours"]
    else:
        run(call.account, entry, call.world.clock.now())


def _begin_with_times(call: Call, entry: TimeEntry, details: dict[str, Any]) -> None:
    """Both times make a finished entry; without an end it runs, since `started_time` or since now."""
    started, ended = details.get("started_time"), details.get("ended_time")
    if started is not None and ended is not None:
        entry.started_time, entry.ended_time = started, ended
        entry.hours = hours_between(started, ended)
    elif ended is not None:
        raise unprocessable("Started time can't be blank")
    else:
        now = call.world.clock.now()
        run(call.account, entry, now, since=last_moment_at(started, now, entry.user.timezone) if started else None)
