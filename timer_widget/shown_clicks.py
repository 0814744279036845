"""Clicks as their person sees them: what waits, what failed, and what was told of those that are done."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.db.models import Q
from django.utils import timezone

from .models import Intent, IntentKind, IntentStatus, Person
from .state import iso

# A new project is made while its form waits for it, or not at all.
QUEUED = [kind for kind in IntentKind if kind != IntentKind.PROJECT]
_TOLD_FOR = timedelta(minutes=10)

_LINK = {"needs_reauth", "connection_required"}
_OF_PLACE = (IntentKind.START, IntentKind.ADD, IntentKind.EDIT)


def clicks_of(person: Person) -> dict[str, list[dict[str, Any]]]:
    """Shape: `{"clicks", "notices"}`: those that are not settled, oldest first, and what the latest others came to."""
    told = Q(status=IntentStatus.DONE, kind=IntentKind.STOP, settled_at__gte=timezone.now() - _TOLD_FOR)
    waiting = Q(status=IntentStatus.PENDING) | Q(status=IntentStatus.FAILED, needs_decision=True)
    rows = list(Intent.objects.filter(told | waiting, person=person, kind__in=QUEUED).order_by("position"))
    return {
        "clicks": [shown_click(row) for row in rows if row.status != IntentStatus.DONE],
        "notices": [shown_notice(row) for row in rows if "note" in (row.outcome or {}) and row.status == "done"],
    }


def shown_notice(intent: Intent) -> dict[str, Any]:
    """What a click came to that its person would not expect, such as a stop of what had stopped."""
    said = (intent.outcome or {})["note"]
    entry_id = intent.harvest_entry_id or intent.asked.get("entry_id")
    return {"key": intent.idempotency_key, "kind": intent.kind, "entry_id": entry_id, **said}


def shown_click(intent: Intent) -> dict[str, Any]:
    """Names are the host page's own, which we do not keep: ids alone."""
    asked, said = intent.asked, intent.outcome or {}
    is_failed = intent.status == IntentStatus.FAILED
    return {
        "key": intent.idempotency_key,
        "kind": intent.kind,
        "item": {"id": intent.item_id, "group_id": intent.group_id or None} if intent.item_id else None,
        "entry_id": asked.get("entry_id") or intent.harvest_entry_id,
        "start_key": intent.start_key or None,
        "clicked_at": iso(intent.clicked_at),
        "status": intent.status,
        "code": said.get("code"),
        "message": said.get("message"),
        "choices": choices_of(intent) if is_failed else [],
        "project": _named(asked, "project"),
        "task": _named(asked, "task"),
        "notes": asked.get("notes"),
    }


def choices_of(intent: Intent) -> list[str]:
    """What its person can do about a click that failed."""
    code = (intent.outcome or {}).get("code")
    if code in _LINK:
        return ["connect", "retry", "copy", "drop"]
    can_change = intent.kind in _OF_PLACE and code != "entry_locked"
    return [*(["change"] if can_change else []), "retry", "copy", "drop"]


def _named(asked: dict[str, Any], what: str) -> dict[str, Any] | None:
    found = asked.get(f"{what}_id")
    return {"id": found, "name": asked.get(f"{what}_name") or ""} if found else None
