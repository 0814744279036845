"""What a click does to time entries, as far as its own calls tell, so that totals need not be read again."""

from __future__ import annotations

from typing import Any

from harvest_bridge.harvest.operations import Operation
from harvest_bridge.harvest.records import TimeEntry
from timer_widget.item_totals import by_item, stopped_seconds


class Changes:
    """Shape: `is_known` is false once something happened that the calls do not tell, such as a lost answer."""

    def __init__(self, *, is_known: bool) -> None:
        self.is_known = is_known
        self._before: dict[int, TimeEntry | None] = {}
        self._now: dict[int, TimeEntry | None] = {}

    def saw(self, operation: Operation[Any], answer: Any) -> None:
        if operation.verb == "DELETE":
            self._wrote(int(operation.path.rpartition("/")[2]), None)
        for entry in _entries_in(answer):
            if operation.verb == "GET":
                self._before.setdefault(entry.id, entry)
                self._now.setdefault(entry.id, entry)
                if answer is entry:  # read by its id, after a write perhaps; lists may be a moment behind
                    self._now[entry.id] = entry
            else:
                if operation.verb == "POST":
                    self._before.setdefault(entry.id, None)
                self._wrote(entry.id, entry)

    def _wrote(self, entry_id: int, entry: TimeEntry | None) -> None:
        self.is_known = self.is_known and entry_id in self._before
        self._now[entry_id] = entry

    def seconds_moved(self, stopped: TimeEntry | None) -> dict[str, int] | None:
        """By item, of entries that do not run; `stopped` is the timer that Harvest ended by itself for the click."""
        if not self.is_known:
            return None
        before = by_item(filter(None, self._before.values()), stopped_seconds)
        after = by_item(filter(None, self._now.values()), stopped_seconds)
        if stopped is not None and stopped.is_running:
            ended = by_item([stopped], lambda entry: round(entry.hours * 3600))
            after |= {key: after.get(key, 0) + seconds for key, seconds in ended.items()}
        moved = {key: after.get(key, 0) - before.get(key, 0) for key in before.keys() | after.keys()}
        return {key: seconds for key, seconds in moved.items() if seconds}


def _entries_in(answer: Any) -> list[TimeEntry]:
    answers = [answer] if isinstance(answer, TimeEntry) else getattr(answer, "items", None)
    return [each for each in answers if isinstance(each, TimeEntry)] if isinstance(answers, list | tuple) else []
