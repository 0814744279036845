"""Changing time entries: everything is checked first, so that a refused change changes nothing (REFERENCE §7.7)."""

from __future__ import annotations

from typing import Any

from harvest_bridge.sandbox.assignment import assigned_person, assigned_task
from harvest_bridge.sandbox.call import Call
from harvest_bridge.sandbox.entry_forms import DETAILS, PLACE, refuse_other_mode
from harvest_bridge.sandbox.errors import Refusal, forbidden, unprocessable
from harvest_bridge.sandbox.locks import lock_reason
from harvest_bridge.sandbox.records import TimeEntry
from harvest_bridge.sandbox.timekeeping import hours_between, last_moment_at


def update_entry(call: Call, entry: TimeEntry) -> None:
    """Errors: 422. Of a locked entry an administrator can still change notes and time, the rest is dropped."""
    locked = lock_reason(entry)
    if locked is not None and not call.rights.is_administrator:
        raise forbidden() if call.switches.locked_edit == "403" else unprocessable(locked)
    refuse_other_mode(call)
    details = DETAILS.changes(call.body, call.account)
    values: dict[str, Any] = {name: details[name] for name in ("notes", "external_reference") if name in details}
    if locked is None:
        values |= _moved(call, entry)
    if call.account.company.wants_timestamp_timers:
        values |= _times(call, entry, details)
    elif details.get("hours") is not None:
        values |= _hours(call, entry, details)
    if locked is not None and call.switches.admin_edit_approval == "reset" and _differs(entry, values):
        values["approval_status"] = "unsubmitted"
    call.change(call.account.time_entries, entry, values)


def _differs(entry: TimeEntry, values: dict[str, Any]) -> bool:
    return any(getattr(entry, name) != value for name, value in values.items())


def _moved(call: Call, entry: TimeEntry) -> dict[str, Any]:
    """To another project, task or day. Errors: 422, or a task that is not on the project is left out, by switch."""
    place = PLACE.changes(call.body, call.account)
    project, task = place.get("project", entry.project), place.get("task", entry.task)
    if (project, task) == (entry.project, entry.task):
        return place
    try:
        place["user_assignment"] = assigned_person(call.account, entry.user, project)
        place["task_assignment"] = assigned_task(call.account, project, task)
    except Refusal:
        if call.switches.unassigned_task_patch == "422":
            raise
        return {name: value for name, value in place.items() if name == "spent_date"}
    return place


def _hours(call: Call, entry: TimeEntry, details: dict[str, Any]) -> dict[str, Any]:
    """Of a running timer this sets the base; it runs on from now."""
    values = {"hours": details["hours"]}
    return {**values, "timer_started_at": call.world.clock.now()} if entry.is_running else values


def _times(call: Call, entry: TimeEntry, details: dict[str, Any]) -> dict[str, Any]:
    """A new start moves a running timer's beginning; an end stops it."""
    started, ended = details.get("started_time"), details.get("ended_time")
    if started is None and ended is None:
        return {}
    if entry.is_running and ended is None and started is not None:
        since = last_moment_at(started, call.world.clock.now(), entry.user.timezone)
        return {"started_time": started, "timer_started_at": since}
    started, ended = started or entry.started_time, ended or entry.ended_time
    values = {"started_time": started, "ended_time": ended, "timer_started_at": None}
    return {**values, "hours": hours_between(started, ended)} if started and ended else values
