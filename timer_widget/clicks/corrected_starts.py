"""Corrects the start of a run that is over by the time that the correction comes."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

from harvest_bridge.harvest.operations import update_time_entry
from harvest_bridge.harvest.records import TimeEntry

from .attempt import Attempt
from .confirmation import change_entry, shows
from .runs import EntryRuns
from .shortening import end_of, is_as_clicked
from .work_times import fits_a_clock, hours_between


def correct_start(attempt: Attempt, entry: TimeEntry, started_at: datetime) -> TimeEntry | None:
    """The entry, with the run that went on at the click begun at `started_at`.

    None where nothing ran then, where the entry was continued since, or where something else has changed its time.
    Errors: the HarvestError tree.
    """
    runs = EntryRuns(attempt.person.pk, entry.id)
    runs.read_ends()
    run = runs.latest
    ended_at = run.ended_at = end_of(attempt, entry, runs, run)
    if entry.is_running or ended_at is None or not run.clicks:
        return None
    went_on = run.began_at <= attempt.moment <= ended_at
    if not went_on or started_at >= ended_at or not fits_a_clock(started_at, ended_at):
        return None
    fields = _fields(attempt, entry, started_at, ended_at, runs.hours_before(run))
    if attempt.was_sent and shows(entry, fields):
        attempt.note_arrival(update_time_entry(entry.id))
        return entry
    return change_entry(attempt.harvest, entry, **fields) if is_as_clicked(attempt, entry, runs, run) else None


def _fields(
    attempt: Attempt, entry: TimeEntry, started_at: datetime, ended_at: datetime, before: Decimal
) -> dict[str, Any]:
    """As a correction gives them to a timer that runs."""
    if not entry.ended_time:
        return {"hours": hours_between(started_at, ended_at, before=before)}
    local = started_at.astimezone(attempt.harvest.zone())
    return {"spent_date": local.date(), "started_time": local.time()}
