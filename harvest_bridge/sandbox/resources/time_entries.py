"""Time entries: list, read, delete, and the timer's verbs (REFERENCE §7, §8.11)."""

from __future__ import annotations

from typing import Any

from harvest_bridge.sandbox.call import Answer, Call
from harvest_bridge.sandbox.entries import latest_day_first
from harvest_bridge.sandbox.entry_creation import create_entry
from harvest_bridge.sandbox.entry_filters import filtered_entries
from harvest_bridge.sandbox.entry_update import update_entry
from harvest_bridge.sandbox.errors import forbidden, unprocessable
from harvest_bridge.sandbox.locks import lock_reason
from harvest_bridge.sandbox.records import TimeEntry
from harvest_bridge.sandbox.routing import Routes
from harvest_bridge.sandbox.shapes.time import time_entry_shape
from harvest_bridge.sandbox.timers import halt, resume
from harvest_bridge.sandbox.timezones import zone_for

routes = Routes()


def render_entry(call: Call, entry: TimeEntry) -> dict[str, Any]:
    return time_entry_shape(entry, call.account.company, call.rights, call.world.clock.now())


@routes.get("/time_entries")
def list_time_entries(call: Call) -> Answer:
    company, rights, now = call.account.company, call.rights, call.world.clock.now()
    _age_running(call)
    return call.listing(
        "time_entries",
        filtered_entries(call),
        lambda entry: time_entry_shape(entry, company, rights, now),
        next_by=call.switches.time_entries_next,
        order=latest_day_first,
    )


@routes.get("/time_entries/{id}")
def get_time_entry(call: Call, entry_id: int) -> Answer:
    _age_running(call)
    return Answer(render_entry(call, _visible(call, entry_id)))


@routes.post("/time_entries")
def create_time_entry(call: Call) -> Answer:
    entry = create_entry(call)
    return call.created(render_entry(call, entry), entry)


@routes.patch("/time_entries/{id}")
def update_time_entry(call: Call, entry_id: int) -> Answer:
    entry = _writable(call, entry_id)
    update_entry(call, entry)
    return Answer(render_entry(call, entry))


@routes.patch("/time_entries/{id}/stop")
def stop_time_entry(call: Call, entry_id: int) -> Answer:
    entry = _writable(call, entry_id)
    if not entry.is_running:
        raise unprocessable("can't stop a stopped timer")
    halt(call.account, entry, call.world.clock.now())
    return Answer(render_entry(call, entry))


@routes.patch("/time_entries/{id}/restart")
def restart_time_entry(call: Call, entry_id: int) -> Answer:
    entry = _writable(call, entry_id)
    if entry.is_running:
        raise unprocessable("can't restart a running timer")
    if lock_reason(entry) is not None:
        raise unprocessable("can't restart a locked timer")
    if _is_of_earlier_day(call, entry) and call.switches.restart_earlier_day == "422":
        raise unprocessable("can't restart a timer of an earlier day")
    return Answer(render_entry(call, resume(call.account, entry, call.world.clock.now())))


@routes.delete("/time_entries/{id}/external_reference")
def delete_external_reference(call: Call, entry_id: int) -> Answer:
    entry = _writable(call, entry_id)
    call.change(call.account.time_entries, entry, {"external_reference": None})
    return call.deleted(render_entry(call, entry))


@routes.delete("/time_entries/{id}")
def delete_time_entry(call: Call, entry_id: int) -> Answer:
    """Only while it is open and nothing around it archived; an administrator may delete closed ones."""
    entry = _writable(call, entry_id)
    reason = lock_reason(entry)
    if reason is not None and not (call.rights.is_administrator and entry.approval_status == "approved"):
        raise unprocessable(reason)
    shape = render_entry(call, entry)
    call.account.time_entries.remove(entry)
    return call.deleted(shape)


def _age_running(call: Call) -> None:
    """Whether `updated_at` of a running entry moves along with its hours is a switch (REFERENCE §14, 10)."""
    if call.switches.running_updated_at == "move":
        for entry in call.account.time_entries.running():
            entry.updated_at = call.stamp()


def _visible(call: Call, entry_id: int) -> TimeEntry:
    return call.find(call.account.time_entries, entry_id, visible=call.rights.sees)


def _writable(call: Call, entry_id: int) -> TimeEntry:
    entry = _visible(call, entry_id)
    if not call.rights.tracks_for(entry.user, entry.project):
        raise forbidden()
    return entry


def _is_of_earlier_day(call: Call, entry: TimeEntry) -> bool:
    duration_mode = not call.account.company.wants_timestamp_timers
    return duration_mode and entry.spent_date < call.world.clock.today(zone_for(entry.user.timezone))
