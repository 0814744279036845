"""Undo: of a switch to another timer, and of a deletion."""

from __future__ import annotations

from datetime import date, time, timedelta
from decimal import Decimal
from functools import partial
from typing import Any

from django.utils import timezone

from harvest_bridge.harvest.errors import HarvestNotFound
from harvest_bridge.harvest.operations import (
    create_time_entry,
    delete_time_entry,
    get_time_entry,
    restart_time_entry,
)
from harvest_bridge.harvest.records import ExternalReference, TimeEntry
from timer_widget import state
from timer_widget.account_mode import mode_of, time_fields
from timer_widget.errors import NothingToUndo, NotRunning
from timer_widget.models import IntentKind, IntentStatus, TimerSession
from timer_widget.queries import Harvest, harvest_for, told_state

from . import intents
from .recording import Click, carry_out, check_item, open_entry, record
from .time_writing import begin_at, settled

_WORTH_MOVING = timedelta(seconds=36)  # Harvest keeps hundredths of an hour


def undo_switch(*, session: TimerSession, click: Click) -> dict[str, Any] | None:
    """The earlier timer runs on with the time of the mistaken one, which is deleted.

    Shape: the widget's state. Three writes at most: restart, time, delete; one that fails leaves both entries with
    their time, never less.
    Errors: NotRunning if the mistaken one runs no more, NotYourEntry, EntryLocked, HarvestErrors.
    """
    harvest = harvest_for(session.person)
    intent = record(session.person, IntentKind.UNDO, click)
    if intent.status != IntentStatus.DONE:
        undo = partial(_undo, session, harvest, click)
        carry_out(intent, undo, harvest=harvest, look=lambda: _undone(harvest, click))
    return told_state(session.person)


def undo_deletion(*, session: TimerSession, click: Click) -> dict[str, Any] | None:
    """The entry that this person deleted here, once more: with a new id, and stopped if it ran.

    Shape: the widget's state. Errors: NothingToUndo, ItemNotAllowed, ClickRepeated, HarvestErrors.
    """
    harvest = harvest_for(session.person)
    gone = intents.deletion_of(session.person, click["entry_id"])
    if gone is None:
        raise NothingToUndo("entry_id: no entry with this id was deleted here within the last day.")
    entry = gone.asked["deleted"]
    check_item(session, (entry["reference"] or {}).get("id") or "")
    intent = record(session.person, IntentKind.UNDO, click)
    if intent.status != IntentStatus.DONE:
        carry_out(intent, lambda: _restore(harvest, entry), harvest=harvest, look=lambda: None)
    return told_state(session.person)


def _restore(harvest: Harvest, entry: dict[str, Any]) -> TimeEntry:
    made = harvest.send(
        create_time_entry(
            project_id=entry["project_id"],
            task_id=entry["task_id"],
            spent_date=date.fromisoformat(entry["spent_date"]),
            notes=entry["notes"],
            user_id=harvest.writes_for,
            external_reference=ExternalReference.from_harvest(entry["reference"]) if entry["reference"] else None,
            **_time_of(harvest, entry),
        )
    )
    return settled(harvest, made, lambda: _time_of(harvest, entry))


def _time_of(harvest: Harvest, entry: dict[str, Any]) -> dict[str, Any]:
    started, ended = (
        time.fromisoformat(entry[name]) if entry[name] else None for name in ("started_time", "ended_time")
    )
    return time_fields(
        mode_of(harvest),
        day=date.fromisoformat(entry["spent_date"]),
        now=timezone.now().astimezone(harvest.zone()),
        hours=max(Decimal(entry["hours"]), Decimal("0.01")),
        started=started,
        ended=ended,
    )


def _undo(session: TimerSession, harvest: Harvest, click: Click) -> TimeEntry:
    mistaken = open_entry(session, harvest, click["entry_id"])
    before = open_entry(session, harvest, click["previous_id"])
    if not mistaken.is_running or before.is_running:
        raise NotRunning("entry_id: this switch cannot be undone any more.")
    now = timezone.now()
    mistaken_for = timedelta(seconds=state.seconds_of(mistaken, now))
    entry = harvest.send(restart_time_entry(before.id))
    if mistaken_for >= _WORTH_MOVING:
        already = timedelta(seconds=state.seconds_of(entry, now))
        entry = begin_at(harvest, entry, now - already - mistaken_for)
    harvest.send(delete_time_entry(mistaken.id))
    return entry


def _undone(harvest: Harvest, click: Click) -> TimeEntry | None:
    running = harvest.running_timer()
    try:
        harvest.send(get_time_entry(click["entry_id"]))
    except HarvestNotFound:
        return running
    return None
