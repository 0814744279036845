"""GET /insights/utilization: one page of groups with their figures, the whole, and what is missing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from django.utils import timezone

from harvest_bridge.connections.models import Connection
from harvest_bridge.insights.coverage import Coverage, coverage_of
from harvest_bridge.insights.records.days import date_of, day_number
from harvest_bridge.mirror.models import Mirror, Record

from .bands import Limits
from .calculation import Facts, Line, Sheet
from .capacity_history import note_capacities
from .measures import FigureSerializer
from .models import UtilizationSettings
from .query_parameters import By, Question


class Report:
    """The answer to one question, from which pages are shown.

    Errors: MirrorRequired, StreamNotComplete, RangeNotMirrored.
    """

    def __init__(self, connection: Connection, question: Question) -> None:
        self.question, self.connection = question, connection
        definition = question.method.definition
        needs = [*definition.needs, *(["teammates"] if question.by is By.TEAM else [])]
        self.coverage: Coverage = coverage_of(connection, needs=needs, uses=definition.uses, first_day=question.first)
        self.settings = settings_of(connection)
        self.facts = facts_of(connection, self.coverage.mirror, self.settings)
        self.sheet = Sheet(question, self.facts)
        self._show = FigureSerializer(question.method, Limits.of(self.settings))
        self._ranges = [(date_of(one.first), date_of(one.last)) for one in self.sheet.stretches]

    @property
    def lines(self) -> Sequence[Line]:
        return self.sheet.lines

    def serialize(self, line: Line) -> dict[str, Any]:
        """One group with its stretches, if it was asked for an interval."""
        row: dict[str, Any] = {"id": line.group.id, "name": line.group.name, **self._people(line)}
        return {**row, **self._figures(line), "entries": self.entries_link(line)}

    def total(self) -> dict[str, Any]:
        total = self.sheet.total
        return {"people": len(total.people), **self._figures(total)}

    def missing(self) -> dict[str, int]:
        seen = self.sheet.total.people
        presences = self.facts.presences
        guessed = [one for one in seen if (found := presences.get(one)) and found.is_start_guessed]
        return {
            "people_without_capacity": len(self.sheet.without_capacity),
            "people_unknown": len(self.sheet.unknown_people),
            "people_with_guessed_start": len(guessed),
        }

    def without_capacity(self) -> list[dict[str, Any]]:
        return [self._reason(one) for one in self.sheet.without_capacity]

    def running(self) -> int:
        """Timers in it that run, and are counted up to `as_of`."""
        return running_entries(self.coverage.mirror, self.question)

    def entries_link(self, line: Line) -> str:
        asked = self.question
        narrowed = {**asked.filters(), **_narrowing(asked.by, line)}
        return "/insights/entries?" + urlencode(
            {"from": asked.first.isoformat(), "to": asked.last.isoformat(), **narrowed}
        )

    def _figures(self, line: Line) -> dict[str, Any]:
        row = self._show.explained(line.total)
        if self.question.interval:
            row["intervals"] = [
                {"from": first, "to": last, **self._show.figures(cell)}
                for (first, last), cell in zip(self._ranges, line.cells, strict=True)
            ]
        return row

    def _people(self, line: Line) -> dict[str, Any]:
        if self.question.by is not By.PERSON:
            return {"people": len(line.people)}
        [one] = line.people
        person, presence = self.facts.people.get(one), self.facts.presences.get(one)
        return {
            "roles": list(person.roles) if person else None,
            "is_contractor": person.is_contractor if person else None,
            "is_active": person.is_active if person else None,
            "is_employment_guessed": bool(presence and (presence.is_start_guessed or presence.is_end_guessed)),
        }

    def _reason(self, one: int) -> dict[str, Any]:
        person = self.facts.people.get(one)
        if person is None:
            return {"user_id": one, "name": None, "reason": "unknown_person"}
        spans = self.facts.book.spans(person, self.sheet.stretches[0].first, self.sheet.stretches[-1].last)
        has_terms = any(span.terms.weekly_seconds for span in spans)
        reason = "not_employed_in_range" if has_terms else "no_weekly_capacity"
        return {"user_id": one, "name": person.name, "reason": reason}


def facts_of(connection: Connection, mirror: Mirror, settings: UtilizationSettings) -> Facts:
    facts = Facts.of(connection, mirror, settings)
    if note_capacities(connection, facts.people.values(), now=timezone.now()):
        return Facts.of(connection, mirror, settings)
    return facts


def settings_of(connection: Connection) -> UtilizationSettings:
    """The account's, or those that hold for whoever set none."""
    found = UtilizationSettings.objects.filter(connection=connection).first()
    return found or UtilizationSettings(connection=connection)


def running_entries(mirror: Mirror, question: Question) -> int:
    rows = Record.objects.filter(mirror=mirror, stream__resource="time_entries", is_running=True, deleted_at=None)
    return rows.filter(day__gte=day_number(question.first), day__lte=day_number(question.last)).count()


def _narrowing(by: By, line: Line) -> dict[str, str]:
    """The filter that leaves just this group's entries."""
    match by:
        case By.PROJECT:
            return {"project_id": line.group.id}
        case By.CLIENT:
            return {"client_id": line.group.id} if line.group.id != "none" else {}
    return {"user_id": ",".join(map(str, line.people))}
