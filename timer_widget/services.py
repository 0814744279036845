"""Start and stop: an intent first, then one write to Harvest, then what came of it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from harvest_bridge.connections.services import create_link_token, forget_older_links
from harvest_bridge.crypto.tokens import new_token
from harvest_bridge.harvest.errors import HarvestRejected
from harvest_bridge.harvest.operations import create_time_entry, get_time_entry, stop_time_entry
from harvest_bridge.harvest.records import TimeEntry

from . import state
from .clicks.recording import NO_ITEM, Click, carry_out, check_entry, check_item, record
from .clicks.references import reference_to
from .models import IntentKind, IntentStatus, TimerSession
from .queries import Harvest, harvest_for, state_with, told_state

PROOF_PREFIX = "hb_link_proof_"
LINK_LIFE = timedelta(hours=1)
MOST_LINKS = 10  # somebody may have begun in several windows


def start_timer(*, session: TimerSession, click: Click) -> dict[str, Any]:
    """Start a timer on an item; a running one is stopped by Harvest and keeps its time.

    Shape: `{"state": …, "stopped": … | None}`. The same click again answers the same, without a second entry.
    Errors: NotLinked, MustLinkAgain, ItemNotAllowed, ClickRepeated and the HarvestError tree.
    """
    person, item = session.person, click["item"] or NO_ITEM
    check_item(session, item["id"])
    harvest = harvest_for(person)
    intent = record(person, IntentKind.START, click, item=item)
    if intent.status == IntentStatus.DONE:
        return {"state": told_state(person, item_id=item["id"], group_id=item["group_id"]), "stopped": None}
    before: TimeEntry | None = None

    def attempt() -> TimeEntry:
        nonlocal before
        before = harvest.running_timer()
        return _start(harvest, click)

    entry = carry_out(
        intent, attempt, harvest=harvest, look=lambda: _started_since(harvest, before), stopped=lambda: before
    )
    shown = state_with(person, harvest, entry, item_id=item["id"], group_id=item["group_id"])
    return {"state": shown, "stopped": state.shown_stopped(before)}


def stop_timer(*, session: TimerSession, click: Click) -> dict[str, Any]:
    """Stop the person's running timer. One that has stopped already is what was wanted.

    Shape: the widget's state.
    Errors: NotLinked, MustLinkAgain, ItemNotAllowed, ClickRepeated and the HarvestError tree.
    """
    person, entry_id = session.person, click["entry_id"]
    item = click["item"] or NO_ITEM
    harvest = harvest_for(person)
    intent = record(person, IntentKind.STOP, click, item=item)
    running: TimeEntry | None = None

    def attempt() -> TimeEntry | None:
        nonlocal running
        running = harvest.running_timer()
        if running is None or running.id != entry_id:
            return None
        check_entry(session, running)
        return _stop(harvest, entry_id)

    if intent.status != IntentStatus.DONE:
        carry_out(intent, attempt, harvest=harvest, look=lambda: _stopped(harvest, entry_id))
    still = running if running and running.id != entry_id else None
    return state_with(person, harvest, still, item_id=item["id"], group_id=item["group_id"])


def connect(*, session: TimerSession) -> tuple[str, str]:
    """A link token for a Harvest account of this person's own, and the proof of the browser that asked.

    The proof stays in the memory of the panel: the window that it opens gets it from there, and no other browser can.
    """
    person = session.person
    proof = new_token(PROOF_PREFIX)
    text = create_link_token(
        host_app=person.host_app,
        tenant_id=person.tenant_id,
        user_id=person.user_id,
        user_name=f"{person.name} <{person.email}>" if person.name and person.email else person.name or person.email,
        widget_key=session.widget_key,
        proof=proof,
        life=LINK_LIFE,
    )
    forget_older_links(host_app=person.host_app, tenant_id=person.tenant_id, user_id=person.user_id, keep=MOST_LINKS)
    return text, proof


def _start(harvest: Harvest, click: Click) -> TimeEntry:
    return harvest.send(
        create_time_entry(
            project_id=click["project_id"],
            task_id=click["task_id"],
            spent_date=harvest.today(),
            notes=click["notes"] or None,
            user_id=harvest.writes_for,
            external_reference=reference_to(click["item"] or NO_ITEM),
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
