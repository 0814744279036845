"""What a click is about, where its request names an entry, a start or a forgotten timer and no item."""

from __future__ import annotations

from typing import Any, NamedTuple

from timer_widget.models import ForgottenTimer, Intent, Person


class ClickItem(NamedTuple):
    """Shape: the host's ids, empty where there are none; `names` of the project and task, where they are known."""

    item_id: str = ""
    group_id: str = ""
    names: dict[str, Any] | None = None


def item_of(person: Person, asked: dict[str, Any], *, item_id: str = "", group_id: str = "") -> ClickItem:
    """`asked` is what the click asks for; an `item_id` that it names counts."""
    if "forgotten_id" in asked:
        return _of_forgotten(person, asked)
    return ClickItem(item_id, group_id) if item_id else _of_entry(person, asked)


def _of_entry(person: Person, asked: dict[str, Any]) -> ClickItem:
    """If a click here made the entry."""
    entry_id, start_key = asked.get("entry_id"), asked.get("start_key")
    if not entry_id and not start_key:
        return ClickItem()
    named = {"harvest_entry_id": entry_id} if entry_id else {"idempotency_key": start_key}
    found = Intent.objects.filter(person=person, **named).exclude(item_id="").order_by("-position")
    return ClickItem(*(found.values_list("item_id", "group_id").first() or ()))


def _of_forgotten(person: Person, asked: dict[str, Any]) -> ClickItem:
    """The names are those of the timer, unless the answer chooses another project and task."""
    rows = ForgottenTimer.objects.filter(person=person, pk=asked["forgotten_id"])
    running = rows.values_list("running", flat=True).first() or {}
    item = running.get("item") or {}
    names = {name: (running.get(name) or {}).get("name") for name in ("project", "task")}
    chosen = asked.get("project_id") or not running
    return ClickItem(item.get("id") or "", item.get("group_id") or "", None if chosen else names)
