"""What the clicks of the last seconds did, which Harvest's answers may not show yet."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.utils import timezone

from harvest_bridge.api import plain_sql
from harvest_bridge.harvest.records import TimeEntry
from timer_widget.models import Intent, IntentKind, IntentStatus

_BEHIND_FOR = timedelta(seconds=10)
_MOST_CLICKS = 20
_FIELDS = ("kind", "harvest_entry_id", "clicked_at", "outcome", "entry_after")
_LAST_DONE = f"""SELECT id FROM {Intent._meta.db_table} WHERE person_id = %s AND status = %s
ORDER BY position DESC LIMIT {_MOST_CLICKS}"""  # noqa: S608
_DONE_SINCE = f"id IN ({_LAST_DONE}) AND settled_at >= %s ORDER BY position"


@dataclass
class LastClicks:
    """Shape: `begun` is the entry whose timer ought to run since `begun_at`, and held `hours_before` where it was
    continued; those that were `ended` ought not to run.
    `left` is how clicks left their entries, as `snapshot`, None where they do not tell; `updated_at` is when, as
    Harvest told it."""

    begun: int | None = None
    begun_at: datetime | None = None
    hours_before: Decimal | None = None
    ended: set[int] = field(default_factory=set)
    left: dict[int | None, dict[str, Any] | None] = field(default_factory=dict)
    updated_at: dict[int, datetime] = field(default_factory=dict)

    def add(
        self, kind: str, entry_id: int | None, clicked_at: datetime, outcome: dict[str, Any], entry_after: Any
    ) -> None:
        stopped = outcome.get("stopped") or {}
        self.left |= {stopped.get("entry_id"): None, entry_id: entry_after}
        self._end(stopped.get("entry_id"), stopped.get("ended_at"))
        if entry_id is not None and outcome.get("updated_at"):
            self.updated_at[entry_id] = datetime.fromisoformat(outcome["updated_at"])
        if entry_after and entry_after.get("started_at"):
            self.ended.discard(entry_id or 0)  # a later run goes on
        else:
            self._end(entry_id, outcome.get("ended_at"))
        begins = kind == IntentKind.START or (kind == IntentKind.UNDO and "started_at" in outcome)
        if entry_id is not None and begins and "ended_at" not in outcome:
            self.begun, self.begun_at = entry_id, clicked_at
            self.hours_before = Decimal(outcome["hours_before"]) if "hours_before" in outcome else None
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

    def were_after(self, entry: TimeEntry) -> bool:
        """Whether the last of them on the entry was later than what Harvest shows, by what it said of both."""
        last = self.updated_at.get(entry.id)
        return last is not None and entry.updated_at is not None and entry.updated_at < last

    def contradict(self, entry: TimeEntry) -> bool:
        """Whether it is shown running though a click ended it, or as it was before a click let it run again.

        Harvest tells whole seconds, so that `updated_at` may be the same before and after.
        """
        if entry.is_running:
            return entry.id in self.ended
        return entry.id == self.begun and entry.hours == self.hours_before


def last_clicks(person_id: int) -> LastClicks:
    found = LastClicks()
    since = plain_sql.moment(timezone.now() - _BEHIND_FOR)
    rows = plain_sql.select(Intent, _FIELDS, _DONE_SINCE, [person_id, IntentStatus.DONE, since])
    for kind, entry_id, clicked_at, outcome, entry_after in rows:
        found.add(kind, entry_id, clicked_at, outcome or {}, entry_after)
    return found
