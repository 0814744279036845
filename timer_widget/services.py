"""What clicks are answered, and the way to a Harvest account."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.utils import timezone

from harvest_bridge.api.outages import best_effort
from harvest_bridge.connections.services import create_link_token, forget_older_links
from harvest_bridge.crypto.tokens import new_token
from harvest_bridge.harvest.operations import get_time_entry
from harvest_bridge.harvest.records import TimeEntry

from . import item_totals, state
from .access import harvest_for
from .clicks.decisions import decide, waiting_click
from .clicks.external_references import NO_ITEM
from .clicks.recording import Click, Taken, take
from .models import IntentKind, IntentStatus, TimerSession
from .projects.offered import check_offered
from .queries import state_after_click, state_with_running, stored_state
from .unsettled_clicks import serialize_click

PROOF_PREFIX = "hb_link_proof_"
LINK_LIFE = timedelta(hours=1)
MOST_LINKS = 10  # somebody may have begun in several windows


def click_timer(*, session: TimerSession, kind: IntentKind, click: Click) -> tuple[dict[str, Any], int]:
    """Do what a click asks for, or keep it until it can be done.

    Shape: the answer and its status: 202 with `{"state", "click"}` while it is pending; else `{"state"}`, with
    `stopped` after a start and with `entry` after a change of an entry. The same click again answers the same.
    Errors: NotLinked, MustLinkAgain, ItemNotAllowed, ClickRepeated, ClickFailed, and what Harvest refuses for good.
    """
    taken = take(session, kind, click)
    if taken.is_pending:
        return {"state": best_effort(lambda: stored_state(session.person)), "click": serialize_click(taken.intent)}, 202
    return _ANSWERS.get(kind, _changed)(session, taken), 201 if kind in _MAKES else 200


def decide_on_click(*, session: TimerSession, asked: dict[str, Any]) -> tuple[dict[str, Any], int]:
    """Shape: as `click_timer`. Errors: NoSuchClick, InvalidRequest, and why it cannot be done again."""
    place: dict[str, int] = {name: asked[name] for name in ("project_id", "task_id") if name in asked}
    intent = waiting_click(session.person, key=asked["key"], decision=asked["decision"])
    if asked["decision"] == "change":
        check_offered(session.person, **place)
    taken = decide(intent, asked["decision"], place=place, ended_at=asked.get("ended_at"))
    if taken.intent.status == IntentStatus.PENDING:
        return {"state": best_effort(lambda: stored_state(session.person)), "click": serialize_click(taken.intent)}, 202
    told = _state(session, taken) if taken.done else None
    return {"state": told or best_effort(lambda: stored_state(session.person))}, 200


def _started(session: TimerSession, taken: Taken) -> dict[str, Any]:
    stopped = taken.done.stopped if taken.done else None
    is_resumed = "hours_before" in (taken.intent.outcome or {})
    return {"state": _state(session, taken), "stopped": state.serialize_stopped(stopped), "resumed": is_resumed}


def _stopped(session: TimerSession, taken: Taken) -> dict[str, Any]:
    return {"state": _state(session, taken)}


def _changed(session: TimerSession, taken: Taken) -> dict[str, Any]:
    entry = taken.done.entry if taken.done else _entry_again(session, taken)
    return {
        "state": _state(session, taken),
        "entry": None if entry is None else state.serialize_entry(entry, now=timezone.now()),
    }


def _entry_again(session: TimerSession, taken: Taken) -> TimeEntry | None:
    entry_id = taken.intent.harvest_entry_id
    if entry_id is None or taken.intent.kind == IntentKind.DELETE:
        return None
    return best_effort(lambda: harvest_for(session.person).call(get_time_entry(entry_id)))


def _state(session: TimerSession, taken: Taken) -> dict[str, Any] | None:
    """What runs is known from the deed itself where that tells; the state is None where it cannot be read now.

    So is the item's total, from what was read before and what the deed has changed; None where that is not known.
    """
    person, done = session.person, taken.done
    if done is not None and done.is_running_known:
        harvest, entry_id = done.harvest or harvest_for(person), taken.intent.harvest_entry_id
        told = best_effort(lambda: state_with_running(person, harvest, done.running, entry_id=entry_id))
    else:
        told = state_after_click(person, leaves_running=done is not None and done.leaves_running)
    moved = done.moved if done is not None else {}
    if told is not None and moved is not None:
        told["item"] = best_effort(lambda: _total(taken, moved, told))
    return told


def _total(taken: Taken, moved: dict[str, int], told: dict[str, Any]) -> dict[str, Any] | None:
    person, item = taken.intent.person, taken.intent.asked.get("item") or NO_ITEM
    harvest = (taken.done and taken.done.harvest) or harvest_for(person)
    ids = {"item_id": item["id"], "group_id": item["group_id"]}
    return item_totals.after_click(harvest, moved, **ids, version=told["version"], running=told["running"])


_ANSWERS = {
    IntentKind.START: _started,
    IntentKind.STOP: _stopped,
    IntentKind.UNDO: _stopped,
    IntentKind.ANSWER: _stopped,
}
_MAKES = {IntentKind.START, IntentKind.ADD}


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
