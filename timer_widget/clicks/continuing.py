"""A start that continues the entry of the same day, in accounts that count hours.

With start and end times Harvest makes a new entry of every restart, so there each start has an entry of its own.
"""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any, NamedTuple

from harvest_bridge.api import admissions, plain_sql
from harvest_bridge.harvest.errors import HarvestNotFound, HarvestRejected
from harvest_bridge.harvest.operations import get_time_entry, restart_time_entry
from harvest_bridge.harvest.records import TimeEntry
from harvest_bridge.hosts.models import HostApp
from timer_widget import state
from timer_widget.account_mode import Mode, known_mode, learn_mode
from timer_widget.errors import EntryLocked, ItemNotAllowed, NotYourEntry
from timer_widget.models import Intent, IntentKind, IntentStatus, TimerSettings

from .attempt import Attempt
from .confirmation import confirmed
from .entry_creation import EntryFields, is_same_work

_A_DAY = timedelta(hours=30)  # the longest that a date lasts on any clock, and a little


_EARLIER = (IntentKind.START, IntentKind.ADD, IntentStatus.DONE)
_SAME_ITEM = """person_id = %s AND item_id = %s AND group_id = %s AND kind IN (%s, %s) AND status = %s
AND clicked_at >= %s AND harvest_entry_id IS NOT NULL AND id <> %s ORDER BY position DESC"""


class EarlierClick(NamedTuple):
    """A start or an addition that is done: its entry, and what it asked for."""

    entry_id: int
    asked: dict[str, Any]


def earlier_clicks(attempt: Attempt, place: EntryFields) -> list[EarlierClick]:
    """What this person tracked to the same item, project and task within the day, the latest first; none where the host
    app wants an entry for each start."""
    intent = attempt.intent
    if not intent.item_id or known_mode(attempt.harvest) == Mode.CLOCK:
        return []
    if not _continues_entries(attempt.person.host_app):
        return []
    since, own = plain_sql.moment(attempt.moment - _A_DAY), plain_sql.key(Intent, intent.pk)
    values = [intent.person_id, intent.item_id, intent.group_id, *_EARLIER, since, own]
    found = plain_sql.select(Intent, ("harvest_entry_id", "asked"), _SAME_ITEM, values)
    same = {name: place[name] for name in ("project_id", "task_id")}
    return [EarlierClick(entry_id or 0, asked) for entry_id, asked in found if same.items() <= asked.items()]


def _continues_entries(host_app: HostApp) -> bool:
    """Remembered between requests: a timer session's question watches the settings of its host app."""
    return admissions.remembered(
        ("continues entries", host_app.pk), lambda: TimerSettings.of(host_app).continues_entries
    )


def is_the_same(attempt: Attempt, place: EntryFields, entry: TimeEntry | None, earlier: list[EarlierClick]) -> bool:
    """Whether `entry` is one of those, still of this day and place, and the click says nothing new of it."""
    rows = [row for row in earlier if entry is not None and row.entry_id == entry.id]
    if entry is None or not rows or entry.spent_date != place["spent_date"] or not is_same_work(entry, place):
        return False
    item_name = (attempt.asked.get("item") or {}).get("name")
    said = {"", entry.notes or "", item_name or "", *(row.asked.get("notes") or "" for row in rows)}
    return (place["notes"] or "") in said


def entry_to_continue(attempt: Attempt, place: EntryFields, earlier: list[EarlierClick]) -> TimeEntry | None:
    """One read, and only where there was such a click. Errors: the HarvestError tree."""
    if not earlier:
        return None
    try:
        entry = attempt.open_entry(earlier[0].entry_id)
    except (HarvestNotFound, EntryLocked, NotYourEntry, ItemNotAllowed):
        return None
    if not entry.is_running:
        learn_mode(attempt.harvest, Mode.CLOCK if entry.ended_time else Mode.HOURS)
    if entry.is_running or entry.ended_time or not is_the_same(attempt, place, entry, earlier):
        return None
    return entry


def continued(attempt: Attempt, entry: TimeEntry) -> TimeEntry | None:
    """The entry, running again; None where Harvest does not let it. What it held before is noted before the write."""
    facts: dict[str, Any] = {
        "entry_id": entry.id,
        "hours": str(entry.hours),
        "updated_at": state.iso(entry.updated_at),
    }
    attempt.note(continued=facts)
    return _restarted(attempt, entry)


def continued_before(attempt: Attempt) -> TimeEntry | None:
    """The entry that an earlier attempt has continued, also where its answer was lost, or which it was about to.

    Errors: HarvestUnavailable, while a restart that was sent may still arrive.
    """
    facts = attempt.progress.get("continued")
    if not facts:
        return None
    try:
        entry = attempt.harvest.call(get_time_entry(facts["entry_id"]))
    except HarvestNotFound:
        attempt.note(continued=None)
        return None
    if entry.is_running or _has_run_since(entry, facts):
        attempt.note_arrival(restart_time_entry(entry.id))
        attempt.intent.attempted_at = None
        return entry
    if attempt.was_sent:
        attempt.require_silence()
        attempt.intent.attempted_at = None  # it never arrived
    return _restarted(attempt, entry)


def hours_before(attempt: Attempt) -> Decimal | None:
    """What the continued entry held before; None for a start that made its own."""
    facts = attempt.progress.get("continued")
    return Decimal(facts["hours"]) if facts else None


def _restarted(attempt: Attempt, entry: TimeEntry) -> TimeEntry | None:
    try:
        again = attempt.harvest.call(restart_time_entry(entry.id))
    except HarvestRejected:
        # Locked meanwhile, or restarted elsewhere a moment ago.
        now = attempt.harvest.call(get_time_entry(entry.id))
        if now.is_running:
            return now
        attempt.note(continued=None)
        return None
    if again.id != entry.id:
        # The account has changed to start and end times: this is a new entry, of the same project, task and day.
        learn_mode(attempt.harvest, Mode.CLOCK)
        attempt.note(continued=None, entry_id=again.id)
    return confirmed(attempt.harvest, again, lambda now: now.is_running)


def _has_run_since(entry: TimeEntry, facts: dict[str, Any]) -> bool:
    """Restarted, and stopped again by somebody before this was known here."""
    is_changed = state.iso(entry.updated_at) != facts["updated_at"]
    return is_changed and entry.hours > Decimal(facts["hours"])
