"""What became of an entry after a click that comes late: runs that began since, and changes that were clicked since.

Both stay as they are: a click never takes from what is newer.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.utils import timezone

from harvest_bridge.api import plain_sql
from harvest_bridge.harvest.records import TimeEntry
from timer_widget import state
from timer_widget.models import Intent, IntentKind, IntentStatus

from .attempt import Attempt
from .confirmation import change_entry
from .notices import names_of, notice_for
from .runs import EntryRuns, Run
from .time_writing import begin_at
from .work_times import LEAST_HOURS, PROMPT

_TIME = ("hours", "started_time", "ended_time")
_CHANGED_TOGETHER = ({*_TIME, "started_at"}, {"project_id", "task_id"})
_CHANGES_SINCE = """person_id = %s AND status = %s AND harvest_entry_id = %s AND kind IN (%s, %s) AND clicked_at > %s
ORDER BY clicked_at"""


@dataclass(frozen=True)
class LaterRuns:
    """Of an entry that was continued. Shape: it held `hours_before` when the first of them began."""

    hours_before: Decimal
    latest: Run


def changed_later(entry: TimeEntry) -> dict[str, Any]:
    """What a click comes to that leaves a later change as it is."""
    return {"note": notice_for("changed_later", names_of(entry), "{} was changed after this click; that stays.")}


def started_again(entry: TimeEntry) -> dict[str, Any]:
    """What a click comes to that leaves a later run as it is."""
    words = "{} was started again after this click; the time from then on stays."
    return {"note": notice_for("started_again", names_of(entry), words)}


def still_asked(attempt: Attempt, entry_id: int) -> dict[str, Any]:
    """What the click asks for and no later one has changed."""
    changed = set(_changed_since(attempt, entry_id))
    changed |= {name for together in _CHANGED_TOGETHER if together & changed for name in together}
    return {name: value for name, value in attempt.asked.items() if name not in changed}


def is_changed_since(attempt: Attempt, entry_id: int) -> bool:
    return bool(_changed_since(attempt, entry_id))


def _changed_since(attempt: Attempt, entry_id: int) -> dict[str, datetime]:
    """Which fields of the entry were changed by later clicks that are done, and when last."""
    if not attempt.is_late:
        return {}
    about = [attempt.person.pk, IntentStatus.DONE, entry_id, IntentKind.EDIT, IntentKind.MOVE]
    since = plain_sql.moment(attempt.intent.clicked_at)
    rows = plain_sql.select(Intent, ("asked", "clicked_at"), _CHANGES_SINCE, [*about, since])
    about_entry = {"entry_id", "start_key"}
    return {name: at for asked, at in rows for name in asked.keys() - about_entry if asked[name] is not None}


def time_said_since(attempt: Attempt, entry_id: int) -> datetime | None:
    """When a later click said what time the entry has; its start alone, corrected, is no such thing."""
    changed = _changed_since(attempt, entry_id)
    return max((changed[name] for name in _TIME if name in changed), default=None)


def runs_begun_since(attempt: Attempt, entry: TimeEntry) -> LaterRuns | None:
    """Those that began after the click, here or in Harvest itself; None for none."""
    runs = runs_of(attempt, entry)
    if not attempt.is_late:
        return None
    later = (run for run in runs.all if run.began_at > attempt.intent.clicked_at + PROMPT)
    first = next((run.hours_before for run in later if run.hours_before is not None), None)
    return None if first is None else LaterRuns(first, runs.latest)


def runs_of(attempt: Attempt, entry: TimeEntry) -> EntryRuns:
    seen = _as_first_seen(attempt, entry)
    named = datetime.fromisoformat(seen["started_at"]) if seen["started_at"] else None
    held = Decimal(seen["hours"]) if entry.is_running else None
    return EntryRuns(attempt.person.pk, entry.id, named=named, held=held)


def _as_first_seen(attempt: Attempt, entry: TimeEntry) -> dict[str, Any]:
    """Its start and the hours before it, as they were until the click itself changed the entry, which moves both."""
    seen: dict[str, Any] | None = attempt.progress.get("seen")
    is_changed = str(attempt.progress.get("sent")).startswith("PATCH")
    if seen is None or seen["entry_id"] != entry.id or not is_changed:
        hours = entry.hours_without_timer or Decimal(0)
        seen = {"entry_id": entry.id, "started_at": state.iso(entry.timer_started_at), "hours": str(hours)}
        attempt.note(seen=seen)
    return seen


def ran_on_since(attempt: Attempt, entry: TimeEntry) -> timedelta:
    """How long after the click the run went on that was going on at it, where clicks know that it has ended since."""
    if entry.is_running or not attempt.is_late:
        return timedelta()
    runs = EntryRuns(attempt.person.pk, entry.id)
    runs.read_ends()
    run, moment = runs.latest, attempt.intent.clicked_at
    return run.ended_at - moment if run.ended_at and run.began_at <= moment < run.ended_at else timedelta()


def write_hours_before(
    attempt: Attempt, entry: TimeEntry, later: LaterRuns, hours: Decimal
) -> tuple[TimeEntry, dict[str, Any]]:
    """The entry with `hours` before the later runs, which stay as they are; and what is to be kept of that.

    What is written is noted first, so that an attempt that is repeated adds or takes nothing twice.
    """
    added = hours - later.hours_before
    if entry.is_running:
        began = timezone.now() - timedelta(seconds=state.seconds_of(entry, timezone.now()))
        said = attempt.progress.get("begins_at") or (began - timedelta(hours=float(added))).isoformat()
        attempt.note(begins_at=said)
        written = begin_at(attempt.harvest, entry, datetime.fromisoformat(said))
    else:
        said = attempt.progress.get("whole_hours") or str(max(LEAST_HOURS, entry.hours + added))
        attempt.note(whole_hours=said)
        written = change_entry(attempt.harvest, entry, hours=Decimal(said))
    before = max(Decimal(0), (later.latest.hours_before or Decimal(0)) + added)
    starts = {*later.latest.starts, *filter(None, [entry.timer_started_at, written.timer_started_at])}
    kept = {"started_at": state.iso(later.latest.began_at), "hours_before": str(before)}
    return written, kept | {"runs": sorted(str(state.iso(each)) for each in starts)}
