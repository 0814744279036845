"""What becomes of a click that failed: its person decides, or an operator."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from timer_widget.errors import NoSuchClick
from timer_widget.models import Intent, IntentKind, IntentStatus, Person

from . import intents
from .recording import Taken, carried_out

_WITH_A_PLACE = (IntentKind.START, IntentKind.ADD, IntentKind.EDIT)


def decide(person: Person, *, key: str, decision: str, place: dict[str, int]) -> Taken:
    """`retry` it, `change` its project and task and do it, or `drop` it.

    Errors: NoSuchClick for one that waits for no decision; what cannot be done, in which case it waits again.
    """
    waiting = Intent.objects.select_related("person__host_app").filter(person=person, needs_decision=True)
    intent = waiting.filter(idempotency_key=key, status=IntentStatus.FAILED).first()
    if intent is None or (decision == "change" and intent.kind not in _WITH_A_PLACE):
        raise NoSuchClick("key: no click with this key waits for this decision.")
    if decision == "drop":
        intents.discard(intent)
        return Taken(intent)
    if not retry(intent, place=place if decision == "change" else {}):
        raise NoSuchClick("key: somebody else has decided on this click.")
    return carried_out(intent, is_told=False)


def retry(intent: Intent, *, place: dict[str, int] | None = None, **changes: Any) -> bool:
    """Back into its person's queue; whether it waited for that."""
    if place:
        changes["asked"] = {**intent.asked, **place}
    return intents.try_again(intent, now=timezone.now(), **changes)
