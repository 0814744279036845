"""A click as its person sees it. Pure."""

from __future__ import annotations

from typing import Any

from timer_widget.models import Intent, IntentKind, IntentStatus
from timer_widget.state import iso

_LINK = {"needs_reauth", "connection_required"}
_OF_PLACE = (IntentKind.START, IntentKind.ADD, IntentKind.EDIT)


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
