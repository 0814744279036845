"""Start, stop, edit: an intent first, then one write to Harvest, then what came of it.

A `click` is what the serializers validated: `idempotency_key`, `clicked_at` and what was asked for.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from harvest_bridge.connections.services import create_link_token
from harvest_bridge.errors import BridgeError
from harvest_bridge.harvest.errors import HarvestOutcomeUnknown, HarvestRejected
from harvest_bridge.harvest.operations import create_time_entry, get_time_entry, stop_time_entry, update_time_entry
from harvest_bridge.harvest.records import ExternalReference, TimeEntry

from . import intents, state
from .errors import ItemNotAllowed, NotYourEntry
from .models import Intent, IntentKind, IntentStatus, Person, TimerSession
from .queries import Harvest, harvest_for, state_of, state_with

Click = dict[str, Any]
Attempt = Callable[[], TimeEntry | None]


def start_timer(*, session: TimerSession, click: Click) -> dict[str, Any]:
    """Start a timer on an item; a running one is stopped by Harvest and keeps its time.

    Shape: `{"state": …, "stopped": … | None}`. The same click again answers the same, without a second entry.
    Errors: NotLinked, MustLinkAgain, ItemNotAllowed, ClickRepeated and the HarvestError tree.
    """
    person, item = session.person, click["item"]
    _check_item(session, item["id"])
    harvest = harvest_for(person)
    intent = _record(person, IntentKind.START, click, item=item)
    if intent.status == IntentStatus.DONE:
        return {"state": state_of(person, item_id=item["id"], group_id=item["group_id"]), "stopped": None}
    before: TimeEntry | None = None

    def attempt() -> TimeEntry:
        nonlocal before
        before = harvest.running_timer()
        return _start(harvest, click)

    entry = _carry_out(intent, attempt, look=lambda: _started_since(harvest, before))
    shown = state_with(person, harvest, entry, item_id=item["id"], group_id=item["group_id"])
    return {"state": shown, "stopped": state.shown_stopped(before)}


def stop_timer(*, session: TimerSession, click: Click) -> dict[str, Any]:
    """Stop the person's running timer. One that has stopped already is what was wanted.

    Shape: the widget's state.
    Errors: NotLinked, MustLinkAgain, ItemNotAllowed, ClickRepeated and the HarvestError tree.
    """
    person, entry_id = session.person, click["entry_id"]
    item = click["item"] or {"id": "", "group_id": ""}
    harvest = harvest_for(person)
    intent = _record(person, IntentKind.STOP, click, item=item)
    running: TimeEntry | None = None

    def attempt() -> TimeEntry | None:
        nonlocal running
        running = harvest.running_timer()
        if running is None or running.id != entry_id:
            return None
        _check_entry(session, running)
        return _stop(harvest, entry_id)

    if intent.status != IntentStatus.DONE:
        _carry_out(intent, attempt, look=lambda: _stopped(harvest, entry_id))
    still = running if running and running.id != entry_id else None
    return state_with(person, harvest, still, item_id=item["id"], group_id=item["group_id"])


def edit_entry(*, session: TimerSession, click: Click) -> dict[str, Any]:
    """Change the notes of one of the person's own entries; a running one goes on running.

    Shape: the widget's state. Errors: as `stop_timer`, and NotYourEntry.
    """
    person, entry_id, notes = session.person, click["entry_id"], click["notes"]
    harvest = harvest_for(person)
    entry = harvest.send(get_time_entry(entry_id))
    if entry.user is None or entry.user.id != harvest.connection.harvest_user_id:
        raise NotYourEntry("entry_id: this time entry belongs to somebody else.")
    _check_entry(session, entry)
    intent = _record(person, IntentKind.EDIT, click, item={"id": "", "group_id": ""})
    if intent.status != IntentStatus.DONE:
        _carry_out(
            intent,
            lambda: harvest.send(update_time_entry(entry_id, notes=notes)),
            look=lambda: _with_notes(harvest, entry_id, notes),
        )
    return state_of(person)


def connect(*, person: Person) -> str:
    """A link token with which this person links a Harvest account of their own."""
    return create_link_token(host_app=person.host_app, tenant_id=person.tenant_id, user_id=person.user_id)


def _carry_out(intent: Intent, attempt: Attempt, *, look: Attempt) -> TimeEntry | None:
    """Do it and write down what came of it. After a lost answer, `look` tells whether it was done after all."""
    try:
        entry = attempt()
    except HarvestOutcomeUnknown as lost:
        entry = _look(intent, look, lost)
    except BridgeError as error:
        intents.settle_failure(intent, error)
        raise
    intents.settle(intent, entry_id=entry.id if entry else None)
    return entry


def _look(intent: Intent, look: Attempt, lost: HarvestOutcomeUnknown) -> TimeEntry:
    try:
        found = look()
    except BridgeError as error:
        intents.leave_pending(intent, lost)
        raise lost from error
    if found is None:
        intents.settle_failure(intent, lost)
        raise lost
    return found


def _start(harvest: Harvest, click: Click) -> TimeEntry:
    item = click["item"]
    reference = ExternalReference(
        id=item["id"],
        group_id=item["group_id"] or None,
        account_id=item["account_id"] or None,
        permalink=item["permalink"] or None,
    )
    return harvest.send(
        create_time_entry(
            project_id=click["project_id"],
            task_id=click["task_id"],
            spent_date=harvest.today(),
            notes=click["notes"] or None,
            external_reference=reference,
        )
    )


def _started_since(harvest: Harvest, before: TimeEntry | None) -> TimeEntry | None:
    """The running timer, if it is not the one that ran before."""
    running = harvest.running_timer()
    return running if running and (before is None or running.id != before.id) else None


def _stop(harvest: Harvest, entry_id: int) -> TimeEntry | None:
    try:
        return harvest.send(stop_time_entry(entry_id))
    except HarvestRejected:
        # Stopped a moment ago, in Harvest or in another tab: just what was wanted.
        stopped = _stopped(harvest, entry_id)
        if stopped is None:
            raise
        return stopped


def _stopped(harvest: Harvest, entry_id: int) -> TimeEntry | None:
    entry = harvest.send(get_time_entry(entry_id))
    return None if entry.is_running else entry


def _with_notes(harvest: Harvest, entry_id: int, notes: str) -> TimeEntry | None:
    entry = harvest.send(get_time_entry(entry_id))
    return entry if (entry.notes or "") == notes else None


def _record(person: Person, kind: IntentKind, click: Click, *, item: dict[str, Any]) -> Intent:
    asked = {name: value for name, value in click.items() if name not in ("idempotency_key", "clicked_at")}
    return intents.record(
        person=person,
        kind=kind,
        idempotency_key=click["idempotency_key"],
        clicked_at=click["clicked_at"],
        asked=asked,
        item_id=item["id"],
        group_id=item["group_id"],
    )


def _check_entry(session: TimerSession, entry: TimeEntry) -> None:
    _check_item(session, entry.external_reference.id if entry.external_reference else "")


def _check_item(session: TimerSession, item_id: str) -> None:
    if not session.may_time(item_id):
        raise ItemNotAllowed("item: the host's token does not cover this item.")
