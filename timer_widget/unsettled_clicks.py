"""Clicks as their person sees them: the pending, those that failed, and the notices of those that are done."""

from __future__ import annotations

from typing import Any

from django.db.models import Q
from django.utils import timezone

from .attention import NOTICE_SHOWN_FOR, WITH_NOTICES
from .errors import SwitchUndone
from .expiry import needs_end
from .models import Intent, IntentKind, IntentStatus, Person
from .state import iso

# A new project is created while its form waits for it, or not at all; it is never queued.
IS_QUEUED = ~Q(kind=IntentKind.PROJECT)
_LINK = {"needs_reauth", "connection_required"}
_OF_PLACE = (IntentKind.START, IntentKind.ADD, IntentKind.EDIT)


def unsettled_clicks(person: Person) -> dict[str, list[dict[str, Any]]]:
    """Shape: `{"clicks", "notices"}`: the unsettled clicks, oldest first, and the notices of those settled lately."""
    told = Q(status=IntentStatus.DONE, kind__in=WITH_NOTICES, settled_at__gte=timezone.now() - NOTICE_SHOWN_FOR)
    told &= Q(outcome__has_key="note")
    waiting = Q(status=IntentStatus.PENDING) | Q(status=IntentStatus.FAILED, needs_decision=True)
    rows = list(Intent.objects.filter(told | waiting, IS_QUEUED, person=person).order_by("position"))
    return {
        "clicks": [serialize_click(row) for row in rows if row.status != IntentStatus.DONE],
        "notices": [serialize_notice(row) for row in rows if row.status == IntentStatus.DONE],
    }


def serialize_notice(intent: Intent) -> dict[str, Any]:
    """An outcome that the person would not expect, such as a stop of a timer that had stopped already.

    Shape: `project` and `task` are names, `item` ids; each None if unknown.
    """
    said = (intent.outcome or {})["note"]
    entry_id = intent.harvest_entry_id or intent.asked.get("entry_id")
    about = {"project": None, "task": None, "item": _item(intent)}
    return {"key": intent.idempotency_key, "kind": intent.kind, "entry_id": entry_id, **about, **said}


def serialize_click(intent: Intent) -> dict[str, Any]:
    """Project and task by the names that they had when they were last listed; None if they never were."""
    asked, said = intent.asked, intent.outcome or {}
    is_failed = intent.status == IntentStatus.FAILED
    return {
        "key": intent.idempotency_key,
        "kind": intent.kind,
        "answer": asked.get("answer"),
        "is_automatic": intent.is_automatic,
        "forgotten_id": asked.get("forgotten_id"),
        "item": _item(intent),
        "entry_id": asked.get("entry_id") or intent.harvest_entry_id,
        "start_key": intent.start_key or None,
        "clicked_at": iso(intent.clicked_at),
        "status": intent.status,
        "code": said.get("code"),
        "message": said.get("message"),
        "choices": choices_of(intent) if is_failed else [],
        "project": _named(intent, "project"),
        "task": _named(intent, "task"),
        "notes": asked.get("notes"),
        "shows": None if is_failed else intent.progress.get("shows"),
    }


def choices_of(intent: Intent) -> list[str]:
    """What the person can do about a click that failed."""
    code = (intent.outcome or {}).get("code")
    if code in _LINK:
        return ["connect", "retry", "copy", "drop"]
    if needs_end(intent):
        return ["end", "drop"]
    if code == SwitchUndone.code:
        return ["copy", "drop"]
    can_change = intent.kind in _OF_PLACE and code != "entry_locked"
    return [*(["change"] if can_change else []), "retry", "copy", "drop"]


def _item(intent: Intent) -> dict[str, Any] | None:
    return {"id": intent.item_id, "group_id": intent.group_id or None} if intent.item_id else None


def _named(intent: Intent, what: str) -> dict[str, Any] | None:
    found = intent.asked.get(f"{what}_id")
    return {"id": found, "name": (intent.names or {}).get(what)} if found else None
