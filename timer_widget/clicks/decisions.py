"""What becomes of a click that failed: its person decides, or an operator."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from harvest_bridge.api.errors import InvalidRequest
from timer_widget.decision_models import Decision, DecisionBy, DecisionKind
from timer_widget.errors import NoSuchClick
from timer_widget.expiry import needs_end
from timer_widget.models import Intent, IntentKind, IntentStatus, Person

from . import intents
from .recording import Taken, carried_out

WITH_A_PLACE = (IntentKind.START, IntentKind.ADD, IntentKind.EDIT)


def waiting_click(person: Person, *, key: str, decision: str) -> Intent:
    """Errors: NoSuchClick for one that waits for no decision, or not for this one."""
    waiting = Intent.objects.select_related("person__host_app").filter(person=person, needs_decision=True)
    intent = waiting.filter(idempotency_key=key, status=IntentStatus.FAILED).first()
    if intent is None or (decision == "change" and intent.kind not in WITH_A_PLACE):
        raise NoSuchClick("key: no click with this key waits for this decision.")
    return intent


def decide(intent: Intent, decision: str, *, place: dict[str, int], ended_at: datetime | None = None) -> Taken:
    """`retry` it, `change` its project and task and do it, or `drop` it. `ended_at` is the end of a start.

    Errors: NoSuchClick; InvalidRequest for an end that is missing or none; what cannot be done, in which case it waits
    again.
    """
    if decision == "drop":
        drop(intent)
        return Taken(intent)
    changes: dict[str, Any] = {} if ended_at is None else {"ended_at": _checked_end(intent, ended_at)}
    if needs_end(intent) and not changes:
        raise InvalidRequest("ended_at: this start lies too far back; say when its work ended.")
    if not retry(intent, place=place if decision == "change" else {}, **changes):
        raise NoSuchClick("key: somebody else has decided on this click.")
    return carried_out(intent, is_told=False)


def retry(intent: Intent, *, place: dict[str, int] | None = None, operator: str = "", **changes: Any) -> bool:
    """Back into its person's queue; whether it waited for that."""
    if place:
        changes["asked"] = {**intent.asked, **place}
        changes["names"] = None
    decision = DecisionKind.CHANGE if changes else DecisionKind.RETRY
    note = _new(intent, decision, operator, changes=_changed(intent, changes))
    with transaction.atomic():
        is_ours = intents.try_again(intent, now=timezone.now(), **changes)
        if is_ours:
            note.save()
    return is_ours


def drop(intent: Intent, *, operator: str = "") -> bool:
    """Nobody carries it out any more; whether it could be dropped."""
    note = _new(intent, DecisionKind.DROP, operator)
    with transaction.atomic():
        is_ours = intents.discard(intent)
        if is_ours:
            note.save()
    return is_ours


def _new(intent: Intent, decision: DecisionKind, operator: str, changes: dict[str, Any] | None = None) -> Decision:
    by = DecisionBy.OPERATOR if operator else DecisionBy.PERSON
    return Decision(
        intent=intent, by=by, operator=operator, decision=decision, changes=changes or None, outcome=intent.outcome
    )


def _changed(intent: Intent, changes: dict[str, Any]) -> dict[str, Any]:
    """By field, what is new of what was asked for, and of the moments."""
    asked = changes.get("asked", intent.asked)
    new = {name: value for name, value in asked.items() if value != intent.asked.get(name)}
    moments = {name: changes[name] for name in ("clicked_at", "ended_at") if name in changes}
    return new | {name: at.isoformat() for name, at in moments.items() if at != getattr(intent, name)}


def _checked_end(intent: Intent, ended_at: datetime) -> datetime:
    """Errors: InvalidRequest."""
    if intent.kind != IntentKind.START:
        raise InvalidRequest("ended_at: only a start has an end; leave it out.")
    if not intent.clicked_at < ended_at <= timezone.now():
        raise InvalidRequest("ended_at: choose a moment after the start and not in the future.")
    return ended_at
