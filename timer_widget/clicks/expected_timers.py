"""What runs once a click that waits is done: of an undone switch and of a corrected start, as far as clicks tell."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from timer_widget import state
from timer_widget.models import IntentKind, Person

from .click_items import item_of
from .runs import EntryRuns
from .work_times import hours_of


def expected_timer(
    person: Person, kind: IntentKind, asked: dict[str, Any], clicked_at: datetime
) -> dict[str, Any] | None:
    """Shape: `{"item", "since"}`, since when it would have run without a pause; None for any other click."""
    if kind == IntentKind.UNDO and asked.get("previous_id"):
        since = _before_switch(person, asked, clicked_at)
        return _shown(person, asked["previous_id"], since)
    if kind == IntentKind.MOVE and asked.get("entry_id"):
        before = EntryRuns(person.pk, asked["entry_id"]).latest.hours_before
        since = datetime.fromisoformat(asked["started_at"]) - timedelta(hours=float(before or 0))
        return _shown(person, asked["entry_id"], since)
    return None


def _before_switch(person: Person, asked: dict[str, Any], clicked_at: datetime) -> datetime:
    """The earlier timer has the time of both."""
    mistaken = EntryRuns(person.pk, asked["entry_id"]).latest
    runs = EntryRuns(person.pk, asked["previous_id"])
    runs.read_ends()
    last = runs.latest
    held = runs.hours_before(last) + hours_of((last.ended_at or last.began_at) - last.began_at)
    return (mistaken.started_at or clicked_at) - timedelta(hours=float(held))


def _shown(person: Person, entry_id: int, since: datetime) -> dict[str, Any]:
    about = item_of(person, {"entry_id": entry_id})
    item = {"id": about.item_id, "group_id": about.group_id or None} if about.item_id else None
    return {"item": item, "since": state.iso(since)}
