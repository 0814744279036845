"""Creates an entry exactly once: before it is sent again, the entry of an earlier attempt is looked for in Harvest."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

from harvest_bridge.harvest.errors import HarvestMalformed, HarvestNotFound
from harvest_bridge.harvest.operations import create_time_entry, get_time_entry, list_time_entries
from harvest_bridge.harvest.records import ExternalReference, TimeEntry
from timer_widget.account_mode import Mode, mode_of
from timer_widget.normalization import normalize_id

from .attempt import Attempt
from .timeline import entries_made_here

# By how much Harvest's clock may be behind ours.
_CLOCKS_APART = timedelta(seconds=30)

EntryFields = dict[str, Any]


def entry_fields(asked: dict[str, Any], day: date, reference: ExternalReference | None) -> EntryFields:
    """What every new entry has, whichever way its time is given."""
    return {
        "project_id": asked["project_id"],
        "task_id": asked["task_id"],
        "spent_date": day,
        "notes": asked["notes"] or None,
        "external_reference": reference,
    }


def find_created_entry(attempt: Attempt, place: EntryFields, *, slot: str = "entry_id") -> TimeEntry | None:
    """The entry that an earlier attempt created, also where the answer was lost. `slot` names its id in `progress`.

    Errors: HarvestUnavailable, while a request that was sent may still arrive.
    """
    known = attempt.progress.get(slot)
    if known is not None:
        return entry_or_none(attempt, known)
    if not attempt.was_sent or not attempt.progress.get("creates", True):
        return None
    found = _found(attempt, place)
    if found is None:
        attempt.require_silence()
        attempt.intent.attempted_at = None  # it never arrived
    else:
        attempt.note_arrival(create_time_entry(**place))
        attempt.note(**{slot: found.id})
    return found


def create_entry(
    attempt: Attempt,
    place: EntryFields,
    fields: Callable[[Mode], dict[str, Any]] | None = None,
    *,
    slot: str = "entry_id",
) -> TimeEntry:
    """`fields` are those of its time of one mode; without them a timer starts. Errors: the HarvestError tree."""
    harvest = attempt.harvest
    attempt.note(creates=True)
    time = fields(mode_of(harvest)) if fields else {}
    made = harvest.call(create_time_entry(**place, **time, user_id=harvest.writes_for))
    attempt.note(**{slot: made.id})
    return made


def entry_or_none(attempt: Attempt, entry_id: int) -> TimeEntry | None:
    """None if it was deleted in Harvest. Errors: the HarvestError tree."""
    try:
        return attempt.harvest.call(get_time_entry(entry_id))
    except HarvestNotFound:
        return None


def _found(attempt: Attempt, place: EntryFields) -> TimeEntry | None:
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
    fresh = [entry for entry in page.items if is_same_work(entry, place) and _is_since(entry, since - _CLOCKS_APART)]
    others = entries_made_here(attempt.person, [entry.id for entry in fresh]) | set(attempt.progress.get("known", ()))
    return min((entry for entry in fresh if entry.id not in others), key=lambda entry: entry.id, default=None)


def _is_since(entry: TimeEntry, since: datetime) -> bool:
    return entry.created_at is not None and entry.created_at >= since


def is_same_work(entry: TimeEntry, place: EntryFields) -> bool:
    """The same project and task, and the same item of the host's."""
    kept = (entry.project.id if entry.project else None, entry.task.id if entry.task else None)
    return kept == (place["project_id"], place["task_id"]) and _key(entry.external_reference) == _key(
        place["external_reference"]
    )


def _key(reference: ExternalReference | None) -> tuple[str, str] | None:
    return None if reference is None else (normalize_id(reference.id), normalize_id(reference.group_id))
