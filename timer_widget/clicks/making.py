"""New entries: made once, whatever becomes of the answers."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

from harvest_bridge.harvest.errors import HarvestMalformed, HarvestNotFound
from harvest_bridge.harvest.operations import create_time_entry, get_time_entry, list_time_entries
from harvest_bridge.harvest.records import ExternalReference, TimeEntry
from timer_widget.normal_form import normal_id

from .attempt import Attempt
from .timeline import entries_made_here

# By how much Harvest's clock may be behind ours.
_CLOCKS_APART = timedelta(seconds=30)

Place = dict[str, Any]


def place_of(asked: dict[str, Any], day: date, reference: ExternalReference | None) -> Place:
    """Where time goes: what every entry has, whichever way its time is given."""
    return {
        "project_id": asked["project_id"],
        "task_id": asked["task_id"],
        "spent_date": day,
        "notes": asked["notes"] or None,
        "external_reference": reference,
    }


def made_before(attempt: Attempt, place: Place, *, slot: str = "entry_id") -> TimeEntry | None:
    """The entry that an earlier attempt made, also where its answer was lost. `slot` is where its id is noted.

    Errors: HarvestUnavailable, while one that was sent may still arrive.
    """
    known = attempt.progress.get(slot)
    if known is not None:
        return entry_if_there(attempt, known)
    if not attempt.was_sent or not attempt.progress.get("creates", True):
        return None
    found = _found(attempt, place)
    if found is None:
        attempt.require_silence()
        attempt.intent.attempted_at = None  # it never arrived
    else:
        attempt.note(**{slot: found.id})
    return found


def make(
    attempt: Attempt, place: Place, fields: Callable[[], dict[str, Any]] = dict, *, slot: str = "entry_id"
) -> TimeEntry:
    """Errors: the HarvestError tree."""
    harvest = attempt.harvest
    attempt.note(creates=True)
    made = harvest.call(create_time_entry(**place, **fields(), user_id=harvest.writes_for))
    attempt.note(**{slot: made.id})
    return made


def entry_if_there(attempt: Attempt, entry_id: int) -> TimeEntry | None:
    """None where Harvest has it no more. Errors: the HarvestError tree."""
    try:
        return attempt.harvest.call(get_time_entry(entry_id))
    except HarvestNotFound:
        return None


def _found(attempt: Attempt, place: Place) -> TimeEntry | None:
    """By reference, person and moment. Errors: HarvestMalformed, besides those of `call`."""
    reference, since = place["external_reference"], attempt.intent.attempted_at or attempt.moment
    page = attempt.harvest.call(
        list_time_entries(
            user_id=attempt.harvest.user_id,
            external_reference_id=reference.id if reference else None,
            from_date=place["spent_date"],
            to_date=place["spent_date"],
        )
    )
    if page.unreadable:
        raise HarvestMalformed("Harvest sent a time entry that cannot be read; it may be the one that was made.")
    fresh = [entry for entry in page.items if is_alike(entry, place) and _is_since(entry, since - _CLOCKS_APART)]
    others = entries_made_here(attempt.person, [entry.id for entry in fresh]) | set(attempt.progress.get("known", ()))
    return min((entry for entry in fresh if entry.id not in others), key=lambda entry: entry.id, default=None)


def _is_since(entry: TimeEntry, since: datetime) -> bool:
    return entry.created_at is not None and entry.created_at >= since


def is_alike(entry: TimeEntry, place: Place) -> bool:
    """The same project and task, and the same item of the host's."""
    kept = (entry.project.id if entry.project else None, entry.task.id if entry.task else None)
    return kept == (place["project_id"], place["task_id"]) and _key(entry.external_reference) == _key(
        place["external_reference"]
    )


def _key(reference: ExternalReference | None) -> tuple[str, str] | None:
    return None if reference is None else (normal_id(reference.id), normal_id(reference.group_id))
