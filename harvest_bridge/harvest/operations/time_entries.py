"""Time entries and their timers.

An account counts hours, or start and end times; fields of the other mode are ignored without a word, so `hours`, or
`started_time` and `ended_time`, are for callers who know the mode (REFERENCE §7.1).
"""

from __future__ import annotations

from datetime import date, datetime, time
from decimal import Decimal

from msgspec import UNSET, UnsetType

from harvest_bridge.harvest.operations.ids import record_id
from harvest_bridge.harvest.operations.operation import Operation
from harvest_bridge.harvest.pages import Page, Position, page_of, paged
from harvest_bridge.harvest.records import ExternalReference, TimeEntry

_PATH = "/v2/time_entries"


def list_time_entries(
    position: Position | None = None,
    *,
    per_page: int | None = None,
    user_id: int | None = None,
    client_id: int | None = None,
    project_id: int | None = None,
    task_id: int | None = None,
    external_reference_id: str | None = None,
    is_billed: bool | None = None,
    is_running: bool | None = None,
    approval_status: str | None = None,
    updated_since: datetime | None = None,
    from_date: date | None = None,
    to_date: date | None = None,
) -> Operation[Page[TimeEntry]]:
    """One page of time entries.

    Shape: by `spent_date`, newest first. An administrator's list holds the whole company: give `user_id` for a
    person's own. The running timer is found by `is_running`, never by today's date.
    Units: dates are inclusive; `updated_since` is exclusive, at one-second resolution.
    Source: Harvest API v2, Time Entries, "List all time entries".
    """
    filters = {
        "user_id": user_id,
        "client_id": client_id,
        "project_id": project_id,
        "task_id": task_id,
        "external_reference_id": external_reference_id,
        "is_billed": is_billed,
        "is_running": is_running,
        "approval_status": approval_status,
        "updated_since": updated_since,
        "from": from_date,
        "to": to_date,
    }
    read = page_of("time_entries", TimeEntry.from_harvest)
    return Operation("GET", _PATH, read, paged(position, per_page, **filters))


def get_time_entry(entry_id: int | str) -> Operation[TimeEntry]:
    """One time entry. Errors: HarvestNotFound. Source: Time Entries, "Retrieve a time entry"."""
    return Operation("GET", f"{_PATH}/{record_id(entry_id)}", TimeEntry.from_harvest)


def create_time_entry(
    *,
    project_id: int,
    task_id: int,
    spent_date: date,
    notes: str | None = None,
    user_id: int | None = None,
    external_reference: ExternalReference | None = None,
    hours: Decimal | None = None,
    started_time: time | None = None,
    ended_time: time | None = None,
) -> Operation[TimeEntry]:
    """Start a timer; the person's other running timer stops and keeps its time, without a sign in the answer.

    Shape: without hours and without times, which is what starts a timer in either account mode; with `hours` above
    nothing, or with both times, an entry that does not run.
    Units: `spent_date` is today in the time zone of the person's profile, the times are on the clock there.
    Errors: HarvestRejected (422: not assigned, archived), HarvestOutcomeUnknown.
    Source: Harvest API v2, Time Entries, "Create a time entry"; our REFERENCE §7.1.
    """
    body = {
        "project_id": project_id,
        "task_id": task_id,
        "spent_date": spent_date,
        "notes": notes,
        "user_id": user_id,
        "external_reference": external_reference.to_harvest() if external_reference else None,
        "hours": None if hours is None else float(hours),
        "started_time": _wall(started_time),
        "ended_time": _wall(ended_time),
    }
    return Operation("POST", _PATH, TimeEntry.from_harvest, body={k: v for k, v in body.items() if v is not None})


def update_time_entry(
    entry_id: int | str,
    *,
    project_id: int | UnsetType = UNSET,
    task_id: int | UnsetType = UNSET,
    spent_date: date | UnsetType = UNSET,
    notes: str | UnsetType | None = UNSET,
    external_reference: ExternalReference | UnsetType = UNSET,
    hours: Decimal | UnsetType = UNSET,
    started_time: time | UnsetType = UNSET,
    ended_time: time | UnsetType = UNSET,
) -> Operation[TimeEntry]:
    """Change what is given and leave the rest; a running timer goes on running.

    Units: `hours` of a running timer are what it has up to now; the times are on the clock of the person's profile.
    Errors: HarvestNotFound, HarvestRejected (422), HarvestForbidden (locked), HarvestOutcomeUnknown.
    Source: Harvest API v2, Time Entries, "Update a time entry".
    """
    changes = {
        "project_id": project_id,
        "task_id": task_id,
        "spent_date": spent_date,
        "notes": notes,
        "external_reference": (
            external_reference.to_harvest() if isinstance(external_reference, ExternalReference) else UNSET
        ),
        "hours": float(hours) if isinstance(hours, Decimal) else UNSET,
        "started_time": _wall(started_time) if isinstance(started_time, time) else UNSET,
        "ended_time": _wall(ended_time) if isinstance(ended_time, time) else UNSET,
    }
    body = {name: value for name, value in changes.items() if value is not UNSET}
    return Operation("PATCH", f"{_PATH}/{record_id(entry_id)}", TimeEntry.from_harvest, body=body)


def stop_time_entry(entry_id: int | str) -> Operation[TimeEntry]:
    """Stop a running timer and return it stopped.

    Shape: PATCH without a body -> one time entry.
    Units: `hours` is exact decimal hours (`Decimal("0.25")` is fifteen minutes).
    Errors: HarvestNotFound, HarvestRejected (422: already stopped), HarvestForbidden.
    Source: Harvest API v2, Time Entries, "Stop a running time entry".
    """
    return Operation("PATCH", f"{_PATH}/{record_id(entry_id)}/stop", TimeEntry.from_harvest)


def restart_time_entry(entry_id: int | str) -> Operation[TimeEntry]:
    """Start a stopped entry again.

    Shape: in duration mode the same entry, in timestamp mode a new one with the old date: take id and date from the
    answer.
    Errors: HarvestNotFound, HarvestRejected (422: already running, locked).
    Source: Harvest API v2, Time Entries, "Restart a stopped time entry".
    """
    return Operation("PATCH", f"{_PATH}/{record_id(entry_id)}/restart", TimeEntry.from_harvest)


def delete_time_entry(entry_id: int | str) -> Operation[None]:
    """Delete an entry; whether Harvest sends back the deleted one varies, so nothing is read.

    Errors: HarvestNotFound, HarvestRejected (422), HarvestForbidden (closed, archived).
    Source: Harvest API v2, Time Entries, "Delete a time entry".
    """
    return Operation("DELETE", f"{_PATH}/{record_id(entry_id)}", lambda _: None)


def _wall(moment: time | None) -> str | None:
    return None if moment is None else f"{moment:%H:%M}"
