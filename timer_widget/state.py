"""What the widget shows, computed from Harvest's entries. Pure: entries and `now` in, JSON out."""

from __future__ import annotations

from datetime import datetime, time
from decimal import Decimal
from functools import lru_cache
from typing import Any

from harvest_bridge.harvest.records import ExternalReference, Named, TimeEntry
from timer_widget.normalization import normalize_id

from .entry_locks import lock_of


def serialize_running(entry: TimeEntry | None, *, is_ours: bool) -> dict[str, Any] | None:
    """The running timer. Its item is named only to the host app that it belongs to.

    Units: elapsed seconds are `seconds_before + (now - started_at)`.
    """
    if entry is None or not entry.is_running:
        return None
    return {
        "entry_id": entry.id,
        "item": serialize_item(entry.external_reference) if is_ours else None,
        "client": _named(entry.client),
        "project": _named(entry.project),
        "task": _named(entry.task),
        "notes": entry.notes,
        "started_at": iso(entry.timer_started_at or entry.created_at),
        "seconds_before": _seconds_before(entry),
    }


def serialize_stopped(entry: TimeEntry | None) -> dict[str, Any] | None:
    """An entry that ended because another timer began."""
    if entry is None:
        return None
    return {
        "entry_id": entry.id,
        "project": _named(entry.project),
        "task": _named(entry.task),
        "hours": str(entry.hours),
    }


def serialize_entry(entry: TimeEntry, *, now: datetime) -> dict[str, Any]:
    """One of the person's own entries, in our own frames alone. `lock` says why it cannot be changed."""
    return {
        "entry_id": entry.id,
        "spent_date": entry.spent_date.isoformat(),
        "client": _named(entry.client),
        "project": _named(entry.project),
        "task": _named(entry.task),
        "notes": entry.notes,
        "hours": str(entry.hours),
        "seconds": seconds_of(entry, now),
        "started_time": clock_time(entry.started_time),
        "ended_time": clock_time(entry.ended_time),
        "is_running": entry.is_running,
        "has_item": entry.external_reference is not None,
        "lock": lock_of(entry),
    }


def clock_time(text: str | None) -> str | None:
    """Harvest's wall clock, `2:05pm` or `14:05`, as `14:05`."""
    found = time_on_clock(text)
    return None if found is None else found.strftime("%H:%M")


@lru_cache(maxsize=2 * 24 * 60)  # every minute of the day, in both ways of writing it
def time_on_clock(text: str | None) -> time | None:
    said = (text or "").strip().lower().replace(" ", "")
    for pattern in ("%H:%M", "%I:%M%p"):
        try:
            return datetime.strptime(said, pattern).time()
        except ValueError:
            continue
    return None


def seconds_of(entry: TimeEntry, now: datetime) -> int:
    if not entry.is_running or entry.timer_started_at is None:
        return _seconds(entry.hours)
    return _seconds_before(entry) + max(0, int((now - entry.timer_started_at).total_seconds()))


def refers_to(entry: TimeEntry, item_id: str, group_id: str | None) -> bool:
    """Same item and same group, in normal form; no group and an empty group are the same (widget.md A5)."""
    reference = entry.external_reference
    if reference is None:
        return False
    return normalize_id(reference.id) == item_id and normalize_id(reference.group_id) == (group_id or "")


def iso(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat().replace("+00:00", "Z")


def _seconds_before(entry: TimeEntry) -> int:
    return _seconds(entry.hours_without_timer or Decimal(0))


def _seconds(hours: Decimal) -> int:
    return round(hours * 3600)


def serialize_item(reference: ExternalReference | None) -> dict[str, Any] | None:
    if reference is None:
        return None
    ids = {name: normalize_id(getattr(reference, name)) or None for name in ("id", "group_id", "account_id")}
    return {**ids, "permalink": reference.permalink}


def _named(record: Named | None) -> dict[str, Any]:
    return {"id": record.id, "name": record.name} if record else {"id": None, "name": ""}
