"""What runs, where Harvest's list of that may be some seconds behind: what clicks did just now is read by its id."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from harvest_bridge.api import plain_sql
from harvest_bridge.harvest.records import TimeEntry
from timer_widget.models import Intent, IntentKind, IntentStatus

from .attempt import Attempt
from .entry_creation import entry_or_none

_BEHIND_FOR = timedelta(seconds=10)
_MOST_CLICKS = 20
_FIELDS = ("kind", "harvest_entry_id", "clicked_at", "outcome", "entry_after")
_LAST_DONE = f"""SELECT id FROM {Intent._meta.db_table} WHERE person_id = %s AND status = %s
ORDER BY position DESC LIMIT {_MOST_CLICKS}"""  # noqa: S608
_DONE_SINCE = f"id IN ({_LAST_DONE}) AND settled_at >= %s ORDER BY position"


@dataclass
class _DoneJustNow:
    """Shape: `begun` is the entry whose timer ought to run since `begun_at`; those that were `ended` ought not.
    `left` is how clicks left their entries, as `snapshot`, None where they do not tell."""

    begun: int | None = None
    begun_at: datetime | None = None
    ended: set[int] = field(default_factory=set)
    left: dict[int | None, dict[str, Any] | None] = field(default_factory=dict)

    def add(
        self, kind: str, entry_id: int | None, clicked_at: datetime, outcome: dict[str, Any], entry_after: Any
    ) -> None:
        stopped = outcome.get("stopped") or {}
        self.left |= {stopped.get("entry_id"): None, entry_id: entry_after}
        self._end(stopped.get("entry_id"), stopped.get("ended_at"))
        self._end(entry_id, outcome.get("ended_at"))
        if entry_id is not None and kind == IntentKind.START and "ended_at" not in outcome:
            self.begun, self.begun_at = entry_id, clicked_at
            self.ended.discard(entry_id)

    def _end(self, entry_id: int | None, ended_at: str | None) -> None:
        """One that a click ended before it began is an earlier run of it."""
        if entry_id is None or ended_at is None:
            return
        if entry_id != self.begun:
            self.ended.add(entry_id)
        elif self.begun_at is None or datetime.fromisoformat(ended_at) > self.begun_at:
            self.begun = None
            self.ended.add(entry_id)


def running_now(attempt: Attempt, listed: TimeEntry | None) -> TimeEntry | None:
    """What runs, given what Harvest lists: the same without a read, where the clicks of the last seconds agree.

    What else was listed of those clicks' entries, and is not as they left it, is read again by whoever needs it.
    Errors: the HarvestError tree.
    """
    done = _done_just_now(attempt)
    attempt.forget_unless(done.left)
    if done.begun is not None and (listed is None or listed.id != done.begun):
        entry = entry_or_none(attempt, done.begun)
        if entry is not None and entry.is_running:
            return entry
    if listed is not None and listed.id in done.ended:
        entry = entry_or_none(attempt, listed.id)
        return entry if entry is not None and entry.is_running else None
    return listed


def _done_just_now(attempt: Attempt) -> _DoneJustNow:
    found = _DoneJustNow()
    since = plain_sql.moment(timezone.now() - _BEHIND_FOR)
    rows = plain_sql.select(Intent, _FIELDS, _DONE_SINCE, [attempt.person.pk, IntentStatus.DONE, since])
    for kind, entry_id, clicked_at, outcome, entry_after in rows:
        found.add(kind, entry_id, clicked_at, outcome or {}, entry_after)
    return found
