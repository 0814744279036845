"""The time entries of one account, found quickly by person, project and outside item."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from harvest_bridge.sandbox.records import TimeEntry
from harvest_bridge.sandbox.tables import Table


def latest_day_first(entry: TimeEntry) -> tuple[int, int]:
    """By the day worked, newest first, then newest created first (REFERENCE §4.3)."""
    return (-entry.spent_date.toordinal(), -entry.id)


class EntryTable(Table[TimeEntry]):
    """A Table with an index per question that timers ask; `touch` must follow every change of an entry."""

    def __init__(self) -> None:
        super().__init__(latest_day_first)
        self._indexes: dict[str, defaultdict[Any, dict[int, TimeEntry]]] = {
            name: defaultdict(dict) for name in ("user", "project", "reference", "running", "day")
        }
        self._places: dict[int, tuple[Any, ...]] = {}

    def of_user(self, user_id: int) -> list[TimeEntry]:
        return list(self._indexes["user"].get(user_id, {}).values())

    def of_project(self, project_id: int) -> list[TimeEntry]:
        return list(self._indexes["project"].get(project_id, {}).values())

    def of_reference(self, reference_id: str) -> list[TimeEntry]:
        return list(self._indexes["reference"].get(reference_id, {}).values())

    def running(self) -> list[TimeEntry]:
        return [entry for entries in self._indexes["running"].values() for entry in entries.values()]

    def running_of(self, user_id: int) -> TimeEntry | None:
        """The person's one running timer (REFERENCE §7.3)."""
        return next(iter(self._indexes["running"].get(user_id, {}).values()), None)

    def add(self, record: TimeEntry) -> TimeEntry:
        self._index(record)
        return super().add(record)

    def remove(self, record: TimeEntry) -> None:
        self._unindex(record)
        super().remove(record)

    def touch(self, record: TimeEntry) -> None:
        before, now = self._places[record.id], self._place(record)
        if before != now:
            self._unindex(record)
            self._index(record)
        if before[-1] != now[-1]:
            super().touch(record)

    def _place(self, entry: TimeEntry) -> tuple[Any, ...]:
        reference = entry.external_reference
        return (
            entry.user.id,
            entry.project.id,
            reference.id if reference else None,
            entry.user.id if entry.is_running else None,
            entry.spent_date,
        )

    def _index(self, entry: TimeEntry) -> None:
        place = self._places[entry.id] = self._place(entry)
        for index, key in zip(self._indexes.values(), place, strict=True):
            if key is not None:
                index[key][entry.id] = entry

    def _unindex(self, entry: TimeEntry) -> None:
        for index, key in zip(self._indexes.values(), self._places.pop(entry.id), strict=True):
            if key is not None:
                del index[key][entry.id]
