"""Records a click, carries it out once, and records its outcome.

A `click` is what the serializers validated: `idempotency_key`, `clicked_at` and what was asked for.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, TypeVar

from django.core.serializers.json import DjangoJSONEncoder

from harvest_bridge.api.outages import OUTAGES, outage_of
from harvest_bridge.connections.models import Connection
from harvest_bridge.errors import BridgeError
from harvest_bridge.harvest.errors import HarvestOutcomeUnknown
from harvest_bridge.harvest.operations import get_time_entry
from harvest_bridge.harvest.records import TimeEntry
from timer_widget import events
from timer_widget.entry_locks import lock_of
from timer_widget.errors import EntryLocked, ItemNotAllowed, NotYourEntry
from timer_widget.models import Intent, IntentKind, Person, TimerSession
from timer_widget.normal_form import normal_id
from timer_widget.queries import Harvest

from . import intents

Click = dict[str, Any]
E = TypeVar("E", TimeEntry, "TimeEntry | None")
Look = Callable[[], "TimeEntry | None"]
NO_ITEM: dict[str, Any] = {"id": "", "group_id": ""}  # time without a reference


def record(person: Person, kind: IntentKind, click: Click, *, item: dict[str, Any] | None = None) -> Intent:
    """Commit the click, or find it done. Errors: ClickRepeated."""
    asked = {name: value for name, value in click.items() if name not in ("idempotency_key", "clicked_at")}
    item = item or NO_ITEM
    return intents.record(
        person=person,
        kind=kind,
        idempotency_key=click["idempotency_key"],
        clicked_at=click["clicked_at"],
        asked=json.loads(json.dumps(asked, cls=DjangoJSONEncoder)),
        item_id=item["id"],
        group_id=item["group_id"],
    )


def carry_out(
    intent: Intent, attempt: Callable[[], E], *, harvest: Harvest, look: Look, stopped: Look = lambda: None
) -> E:
    """Do it and write down what came of it. After a lost answer, `look` tells whether it was done after all.

    `stopped` is the timer that ended for it, for what hosts are told.
    """
    connection = harvest.connection
    try:
        entry: E = attempt()
    except HarvestOutcomeUnknown as lost:
        entry = _look(intent, connection, look, lost)
    except (BridgeError, *OUTAGES) as error:
        known = error if isinstance(error, BridgeError) else outage_of(error)
        if known is None:
            raise
        _settle_failure(intent, connection, known)
        raise known from error
    deed = events.Deed(connection, entry, stopped)
    intents.settle(intent, entry_id=entry.id if entry else None, tell=lambda: events.tell_deed(intent, deed))
    return entry


def own_entry(session: TimerSession, harvest: Harvest, entry_id: int) -> TimeEntry:
    """One of the person's own entries. Errors: NotYourEntry, ItemNotAllowed, HarvestNotFound."""
    entry = harvest.send(get_time_entry(entry_id))
    if entry.user is None or entry.user.id != harvest.user_id:
        raise NotYourEntry("entry_id: this time entry belongs to somebody else.")
    check_entry(session, entry)
    return entry


def open_entry(session: TimerSession, harvest: Harvest, entry_id: int) -> TimeEntry:
    """The same, if it can be changed. Errors: as `own_entry`, and EntryLocked with Harvest's reason."""
    entry = own_entry(session, harvest, entry_id)
    lock = lock_of(entry)
    if lock:
        raise EntryLocked(f"entry_id: {lock['message']}", reason=lock["reason"])
    return entry


def check_entry(session: TimerSession, entry: TimeEntry) -> None:
    check_item(session, normal_id(entry.external_reference.id) if entry.external_reference else "")


def check_item(session: TimerSession, item_id: str) -> None:
    """Errors: ItemNotAllowed."""
    if not session.may_time(item_id):
        raise ItemNotAllowed("item: the host's token does not cover this item.")


def _settle_failure(intent: Intent, connection: Connection, error: BridgeError) -> None:
    intents.settle_failure(intent, error, tell=lambda: events.tell_failure(intent, connection, error))


def _look(intent: Intent, connection: Connection, look: Look, lost: HarvestOutcomeUnknown) -> TimeEntry:
    try:
        found = look()
    except (BridgeError, *OUTAGES) as error:
        intents.leave_pending(intent, lost)
        raise lost from error
    if found is None:
        _settle_failure(intent, connection, lost)
        raise lost
    return found
