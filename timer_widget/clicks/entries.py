"""Time without a timer: add it, change it, delete it; and the start of a timer that was pressed too late."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from harvest_bridge.harvest.errors import HarvestMalformed, HarvestNotFound
from harvest_bridge.harvest.operations import (
    create_time_entry,
    delete_time_entry,
    get_time_entry,
    list_time_entries,
    update_time_entry,
)
from harvest_bridge.harvest.records import TimeEntry
from timer_widget import state
from timer_widget.account_mode import Mode, fields_of, mode_of, time_fields
from timer_widget.errors import NotRunning, StartOutOfReach
from timer_widget.models import IntentKind, IntentStatus, TimerSession
from timer_widget.queries import Harvest, harvest_for, told_state

from .recording import NO_ITEM, Click, carry_out, check_item, open_entry, record
from .references import reference_to
from .time_writing import begin_at, settled, shows_time, write_time

_LONGEST = timedelta(hours=24)
_PLACE = ("project_id", "task_id", "spent_date", "notes")


def add_entry(*, session: TimerSession, click: Click) -> dict[str, Any]:
    """Time that was worked already, on any day; what runs goes on running.

    Shape: `{"state", "entry"}`; here and below the state is None where it cannot be read once the deed is done.
    Errors: NotLinked, MustLinkAgain, ItemNotAllowed, ClickRepeated, HarvestErrors.
    """
    person, item = session.person, click["item"] or NO_ITEM
    check_item(session, item["id"])
    harvest = harvest_for(person)
    fields = _time_fields(harvest, click)
    intent = record(person, IntentKind.ADD, click, item=item)
    place = {name: click[name] for name in _PLACE} | {"notes": click["notes"] or None}
    reference = reference_to(item)
    if intent.status == IntentStatus.DONE:
        entry = harvest.send(get_time_entry(intent.harvest_entry_id or 0))
    else:
        entry = carry_out(
            intent,
            lambda: settled(
                harvest,
                harvest.send(
                    create_time_entry(**place, **fields, user_id=harvest.writes_for, external_reference=reference)
                ),
                lambda: _time_fields(harvest, click),
            ),
            harvest=harvest,
            look=lambda: _added(harvest, click, since=intent.created_at),
        )
    return _answer(session, entry, item)


def edit_entry(*, session: TimerSession, click: Click) -> dict[str, Any]:
    """Change what is given of one of the person's own entries; a running one goes on running.

    Shape: `{"state", "entry"}`. Errors: as `add_entry`, and NotYourEntry, EntryLocked.
    """
    harvest = harvest_for(session.person)
    before = open_entry(session, harvest, click["entry_id"])
    intent = record(session.person, IntentKind.EDIT, click)
    if intent.status == IntentStatus.DONE:
        return _answer(session, before)
    entry = carry_out(
        intent, lambda: _edit(harvest, before, click), harvest=harvest, look=lambda: _changed(harvest, before)
    )
    return _answer(session, entry)


def delete_entry(*, session: TimerSession, click: Click) -> dict[str, Any]:
    """Delete one of the person's own entries. One that is gone already is what was wanted.

    Shape: `{"state", "entry"}`: the entry as it was; None if it was gone. `undo` brings it back.
    Errors: as `edit_entry`.
    """
    harvest = harvest_for(session.person)
    try:
        before = open_entry(session, harvest, click["entry_id"])
    except HarvestNotFound:
        return {"state": told_state(session.person), "entry": None}
    intent = record(session.person, IntentKind.DELETE, click | {"deleted": _again(before)})

    def attempt() -> TimeEntry:
        harvest.send(delete_time_entry(before.id))
        return before

    carry_out(intent, attempt, harvest=harvest, look=lambda: before if _is_gone(harvest, before.id) else None)
    return _answer(session, before)


def move_start(*, session: TimerSession, click: Click) -> dict[str, Any]:
    """The running timer as if it had begun at `started_at`: pressed too late, or too early.

    Shape: `{"state", "entry"}`. Units: whole minutes where the account counts start and end times, else 36 seconds.
    Errors: as `edit_entry`, and NotRunning, StartOutOfReach.
    """
    harvest = harvest_for(session.person)
    before = open_entry(session, harvest, click["entry_id"])
    if not before.is_running:
        raise NotRunning("entry_id: this timer does not run any more.")
    started_at = click["started_at"]
    if not timezone.now() - _LONGEST <= started_at <= timezone.now() + timedelta(minutes=1):
        raise StartOutOfReach("started_at: choose a moment within the last 24 hours.")
    intent = record(session.person, IntentKind.MOVE, click)
    if intent.status == IntentStatus.DONE:
        return _answer(session, before)
    entry = carry_out(
        intent, lambda: begin_at(harvest, before, started_at), harvest=harvest, look=lambda: _changed(harvest, before)
    )
    return _answer(session, entry)


def _edit(harvest: Harvest, before: TimeEntry, click: Click) -> TimeEntry:
    place = {name: click[name] for name in _PLACE if name in click}
    time = _time_fields(harvest, {"spent_date": before.spent_date, **click}, Mode.UNKNOWN)
    if not time:
        return harvest.send(update_time_entry(before.id, **place))
    known, has_times = mode_of(harvest), click.get("started_time") is not None
    return write_time(
        harvest,
        lambda mode: harvest.send(update_time_entry(before.id, **place, **fields_of(mode, time))),
        lambda mode, entry: shows_time(mode, entry, time, by_times=has_times and mode == known),
    )


def _time_fields(harvest: Harvest, click: Click, mode: Mode | None = None) -> dict[str, Any]:
    hours, started, ended = (click.get(name) for name in ("hours", "started_time", "ended_time"))
    if hours is None and started is None:
        return {}
    now = timezone.now().astimezone(harvest.zone())
    day = click["spent_date"]
    return time_fields(mode or mode_of(harvest), day=day, now=now, hours=hours, started=started, ended=ended)


def _answer(session: TimerSession, entry: TimeEntry, item: dict[str, Any] | None = None) -> dict[str, Any]:
    wanted = {"item_id": item["id"], "group_id": item["group_id"]} if item else {}
    return {"state": told_state(session.person, **wanted), "entry": state.shown_entry(entry, now=timezone.now())}


def _added(harvest: Harvest, click: Click, *, since: datetime) -> TimeEntry | None:
    """The entry that this click made, though its answer was lost: one of its item and day, made since the click.

    Errors: HarvestMalformed, besides those of `send`.
    """
    item_id = (click["item"] or NO_ITEM)["id"]
    page = harvest.send(
        list_time_entries(
            user_id=harvest.user_id,
            external_reference_id=item_id or None,
            from_date=click["spent_date"],
            to_date=click["spent_date"],
        )
    )
    if page.unreadable:
        raise HarvestMalformed("Harvest sent a time entry that cannot be read; it may be the one that was made.")
    begun = since - timedelta(seconds=2)  # Harvest's clock counts whole seconds
    made = [entry for entry in page.items if entry.created_at and entry.created_at >= begun]
    return next((entry for entry in made if item_id or _is_alike(entry, click)), None)


def _is_alike(entry: TimeEntry, click: Click) -> bool:
    """Without a reference, the place tells."""
    place = (entry.project.id if entry.project else None, entry.task.id if entry.task else None)
    return entry.external_reference is None and place == (click["project_id"], click["task_id"])


def _changed(harvest: Harvest, before: TimeEntry) -> TimeEntry | None:
    entry = harvest.send(get_time_entry(before.id))
    return entry if _written(entry) != _written(before) else None


def _written(entry: TimeEntry) -> tuple[Any, ...]:
    """What people write; the hours of a running timer change by themselves."""
    place = (entry.project, entry.task, entry.spent_date, entry.notes)
    return (*place, entry.hours_without_timer, entry.timer_started_at, entry.started_time, entry.ended_time)


def _again(entry: TimeEntry) -> dict[str, Any]:
    """All that it takes to make this entry once more (`undoing.py`)."""
    return {
        "project_id": entry.project.id if entry.project else None,
        "task_id": entry.task.id if entry.task else None,
        "spent_date": entry.spent_date,
        "notes": entry.notes,
        "hours": entry.hours,
        "started_time": state.clock_time(entry.started_time),
        "ended_time": state.clock_time(entry.ended_time),
        "reference": entry.external_reference.to_harvest() if entry.external_reference else None,
    }


def _is_gone(harvest: Harvest, entry_id: int) -> bool:
    try:
        harvest.send(get_time_entry(entry_id))
    except HarvestNotFound:
        return True
    return False
