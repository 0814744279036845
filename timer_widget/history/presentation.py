"""A click as its history shows it. Pure: rows in, JSON out."""

from __future__ import annotations

from typing import Any

from timer_widget.clicks.snapshots import FIELDS
from timer_widget.decision_models import Decision
from timer_widget.devices import parts_of
from timer_widget.models import Intent, IntentKind, IntentStatus, Person
from timer_widget.state import iso

# What a change of an entry does not tell of itself.
_FOLLOWS = {"client"}


def serialize_event(click: Intent, *, seen_by: Person) -> dict[str, Any]:
    """Shape: docs/widget.md. Of somebody else's click it names neither device nor decisions."""
    said, entry, is_own = click.outcome or {}, entry_of(click), click.person_id == seen_by.pk
    return {
        "id": str(click.pk),
        "kind": click.kind,
        **answer_of(click),
        "clicked_at": iso(click.clicked_at),
        "settled_at": iso(click.settled_at),
        "status": click.status,
        "carried_out_by": click.carried_out_by or None,
        "person": {"id": click.person.user_id, "name": str(click.person)},
        "is_own": is_own,
        "from": from_where(click) if is_own else None,
        "item": {"id": click.item_id, "group_id": click.group_id or None} if click.item_id else None,
        "entry_id": click.harvest_entry_id,
        **{name: entry.get(name) for name in ("client", "project", "task", "spent_date", "hours", "notes")},
        "changes": changes_of(click),
        "code": said.get("note", said).get("code"),
        "message": said.get("note", said).get("message"),
        "decisions": [_shown_decision(each) for each in click.decisions.all()] if is_own else [],
    }


def entry_of(click: Intent) -> dict[str, Any]:
    """The entry as the click left it, or as it was deleted; of one that is not done, what was asked for."""
    known: dict[str, Any] | None = click.entry_after or click.entry_before
    if known is not None:
        return known
    names, asked = click.names or {}, click.asked
    return {name: names.get(name, asked.get(name)) for name in ("project", "task", "spent_date", "hours", "notes")}


def changes_of(click: Intent) -> list[dict[str, Any]]:
    """What a change made of the entry. Shape: `{"field", "before", "after"}`."""
    before, after = click.entry_before, click.entry_after
    if click.status != IntentStatus.DONE or not before or not after:
        return []
    told = [name for name in FIELDS if name not in _FOLLOWS and before.get(name) != after.get(name)]
    return [{"field": name, "before": before.get(name), "after": after.get(name)} for name in told]


def answer_of(click: Intent) -> dict[str, Any]:
    """Of an answer on a forgotten timer which one it was, whether the bridge gave it by itself (a stop), and the end of
    the time that was worked; null and false of every other click."""
    if click.kind != IntentKind.ANSWER:
        return {"answer": None, "is_automatic": False, "ended_at": None}
    said = click.outcome or {}
    ended_at = said.get("ended_at") or click.progress.get("ends_at") or click.asked.get("stop_at")
    return {"answer": click.asked.get("answer"), "is_automatic": click.is_automatic, "ended_at": ended_at}


def from_where(click: Intent) -> dict[str, Any]:
    """Shape: `page` is the address that the item's time links back to."""
    page = (click.asked.get("item") or {}).get("permalink")
    return {
        "origin": click.origin or None,
        "device": click.device or None,
        **parts_of(click.device),
        "page": page or None,
    }


def _shown_decision(decision: Decision) -> dict[str, Any]:
    said = decision.outcome or {}
    return {
        "at": iso(decision.at),
        "by": decision.by,
        "decision": decision.decision,
        "code": said.get("code"),
        "message": said.get("message"),
    }
