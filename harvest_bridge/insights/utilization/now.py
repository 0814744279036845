"""GET /insights/utilization/now: who works on what, how full today and this week are, and what is left of them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from typing import Any

import msgspec

from harvest_bridge.connections.models import Connection
from harvest_bridge.insights.coverage import Coverage, coverage_of
from harvest_bridge.insights.records.days import date_of, day_number, week_number
from harvest_bridge.insights.records.people import Person
from harvest_bridge.insights.records.raw_rows import Named
from harvest_bridge.insights.rounding import HoursText, ShareText
from harvest_bridge.mirror.models import Mirror, Record

from .bands import Limits
from .calculation import Line, Sheet
from .definitions import METHODS, OURS
from .query_parameters import By, Question
from .report import facts_of, settings_of
from .weeks import load_of


class _Entry(msgspec.Struct):
    id: int
    hours: Decimal = Decimal(0)
    timer_started_at: datetime | None = None
    user: Named | None = None
    project: Named | None = None
    client: Named | None = None
    task: Named | None = None
    notes: str | None = None


class Now:
    """Of one moment. Errors: MirrorRequired, StreamNotComplete."""

    def __init__(self, connection: Connection, *, now: datetime) -> None:
        self.now = now
        self.coverage: Coverage = coverage_of(connection, needs=("users", "time_entries"), uses=("projects", "clients"))
        self._limits = Limits.of(settings_of(connection))
        self._facts = facts_of(connection, self.coverage.mirror, settings_of(connection))
        self._sheet = Sheet(_this_week(now), self._facts)
        self._running = running_by_person(self.coverage.mirror)
        self._hours, self._shares = HoursText(), ShareText()

    @property
    def running(self) -> int:
        return len(self._running)

    def lines(self) -> list[Line]:
        """Who is there today, or has a timer running."""
        return [line for line in self._sheet.lines if self._is_here(line)]

    def serialize(self, line: Line) -> dict[str, Any]:
        [one] = line.people
        person = self._facts.people[one]
        today = day_number(person.day_at(self.now))
        return {
            "user_id": one,
            "name": person.name,
            "timezone": person.timezone or None,
            "running": self._running.get(one),
            "today": {"date": date_of(today), **self._between(line, one, today, today)},
            "week": self._week(line, one, today),
        }

    def _week(self, line: Line, one: int, today: int) -> dict[str, Any]:
        week = week_number(today)
        first, last = week * 7 - 3, week * 7 + 3
        cells = [cell for stretch, cell in self._cells(line) if first <= stretch <= last]
        whole = type(cells[0])(*map(sum, zip(*cells, strict=True)))
        load = load_of(self._sheet, self._limits, one, whole, week=week, today=today)
        return {
            "from": date_of(first),
            "to": date_of(last),
            **self._between(line, one, first, last),
            "target": self._shares[load.goal, load.gross * 10_000],
            "band": load.band,
        }

    def _between(self, line: Line, one: int, first: int, last: int) -> dict[str, Any]:
        worked = sum(c.tracked - c.absence for day, c in self._cells(line) if first <= day <= last)
        absence = sum(c.absence for day, c in self._cells(line) if first <= day <= last)
        has_capacity = bool(self._sheet.parts.get(one))
        capacity = self._sheet.capacity_between(one, first, last)
        return {
            "worked_hours": self._hours[worked],
            "absence_hours": self._hours[absence],
            "capacity_hours": self._hours[capacity] if has_capacity else None,
            "left_hours": self._hours[capacity - worked] if has_capacity else None,
            "utilization": self._shares[worked, capacity],
        }

    def _cells(self, line: Line) -> Iterator[tuple[int, Any]]:
        for stretch, cell in zip(self._sheet.stretches, line.cells, strict=True):
            yield stretch.first, cell

    def _is_here(self, line: Line) -> bool:
        [one] = line.people
        person: Person | None = self._facts.people.get(one)
        if person is None:
            return False
        presence, today = self._facts.presences[one], day_number(person.day_at(self.now))
        return one in self._running or (person.is_active and presence.first <= today <= presence.last)


def running_by_person(mirror: Mirror) -> dict[int, dict[str, Any]]:
    """The timers that run, by whose they are."""
    rows = Record.objects.filter(mirror=mirror, stream__resource="time_entries", is_running=True, deleted_at=None)
    found = {}
    for raw in rows.values_list("raw", flat=True):
        try:
            entry = msgspec.json.decode(raw, type=_Entry)
        except msgspec.ValidationError:
            continue
        if entry.user:
            found[entry.user.id] = _serialize_entry(entry)
    return found


def _serialize_entry(entry: _Entry) -> dict[str, Any]:
    return {
        "time_entry_id": entry.id,
        "started_at": entry.timer_started_at,
        "hours": str(entry.hours),
        **{
            name: {"id": part.id, "name": part.name} if part else None
            for name, part in (("client", entry.client), ("project", entry.project), ("task", entry.task))
        },
        "notes": entry.notes,
    }


def _this_week(now: datetime) -> Question:
    """By day, wherever in the world it is yesterday or tomorrow."""
    today = day_number(now.date())
    first, last = week_number(today - 1) * 7 - 3, week_number(today + 1) * 7 + 3
    return Question(first=date_of(first), last=date_of(last), by=By.PERSON, interval="day", method=METHODS[OURS])
