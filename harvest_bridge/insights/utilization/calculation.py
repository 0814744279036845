"""Puts tracked time and capacity together: figures for every group and stretch of days of a question."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from harvest_bridge.connections.models import Connection
from harvest_bridge.insights.records.days import day_number, stretches
from harvest_bridge.insights.records.people import Person, people_of
from harvest_bridge.insights.records.projects import Project, projects_of
from harvest_bridge.mirror.models import Mirror

from . import tracked
from .absence import Absence
from .capacity import Capacities, Part, goal_in, hours_in
from .employment import Presence, presences_of
from .figures import Figures, added
from .groups import Group, Groups
from .models import UtilizationSettings
from .query_parameters import Question
from .terms import TermsBook
from .tracked import Tracked

Buckets = dict[int, tuple[int, ...]]
_NOTHING = (0, 0, 0, 0)
_EMPTY = Figures()


@dataclass
class Line:
    """One group. `cells` has its figures for each stretch, in their order; `people` are those whose capacity it has."""

    group: Group
    cells: list[Figures] = field(default_factory=list)
    people: list[int] = field(default_factory=list)

    @cached_property
    def total(self) -> Figures:
        return added(self.cells)


@dataclass(frozen=True)
class Facts:
    """What a question stands on beside the entries."""

    mirror: Mirror
    settings: UtilizationSettings
    people: Mapping[int, Person]
    projects: Mapping[int, Project]
    book: TermsBook
    presences: Mapping[int, Presence]

    @classmethod
    def of(cls, connection: Connection, mirror: Mirror, settings: UtilizationSettings) -> Facts:
        people = people_of(mirror)
        return cls(
            mirror,
            settings,
            people,
            projects_of(mirror),
            TermsBook(connection, settings),
            presences_of(connection, mirror, people),
        )


class Sheet:
    """Shape: `lines` by group, `total` of everybody once, `without_capacity` who has none."""

    def __init__(self, question: Question, facts: Facts) -> None:
        self.question, self.facts = question, facts
        self.stretches = stretches(question.first, question.last, question.interval)
        self._first = day_number(question.first)
        self._last = day_number(question.last)
        self._places = [(one.first - self._first, one.last - self._first) for one in self.stretches]
        self._capacities = Capacities(self._first, self._last)
        self._groups = Groups(question.by, facts.mirror, facts.people, facts.projects)
        self._off = tracked.absence_by_day(facts.mirror, question, Absence.of(facts.settings))
        self._capacity_cells: dict[int, list[Figures]] = {}
        self._shared: dict[tuple[int, int], list[Figures]] = {}
        self.parts: dict[int, list[Part]] = {}
        self.unknown_people: set[int] = set()
        self.lines = self._filled()

    @property
    def without_capacity(self) -> list[int]:
        return sorted(one for one, parts in self.parts.items() if not parts)

    @cached_property
    def total(self) -> Line:
        """Everybody once: by project, whose people count in each, capacity is not the sum of the lines."""
        if self._groups.is_of_people:
            cells = [added(list(cells)) for cells in zip(*(line.cells for line in self.lines), strict=True)]
            people = sorted(one for line in self.lines for one in line.people)
            return Line(Group("all", None), cells or [Figures()] * len(self.stretches), people)
        worked = [[cell._replace(gross=0, net=0, off=0, goal=0) for cell in line.cells] for line in self.lines]
        people = sorted({one for line in self.lines for one in line.people})
        together = [*worked, *(self._capacity_of(one) for one in people)]
        cells = [added(list(cells)) for cells in zip(*together, strict=True)]
        return Line(Group("all", None), cells or [Figures()] * len(self.stretches), people)

    def _filled(self) -> list[Line]:
        hours: dict[Group, dict[int, Buckets]] = defaultdict(lambda: defaultdict(dict))
        for row in self._wanted(tracked.sums(self.facts.mirror, self.question, Absence.of(self.facts.settings))):
            group = self._groups.of(row.user_id, row.group)
            buckets = hours[group][row.user_id]
            before, given = buckets.get(row.bucket), row[3:]
            buckets[row.bucket] = given if before is None else tuple(map(sum, zip(before, given, strict=True)))
        if self._groups.is_of_people:
            for person in self._present():
                hours[self._groups.of(person)].setdefault(person, {})
        lines = [self._line(group, people) for group, people in hours.items()]
        return sorted(lines, key=lambda line: ((line.group.name or "").casefold(), line.group.id))

    def _wanted(self, rows: Iterable[Tracked]) -> Iterable[Tracked]:
        clients = set(self.question.client_ids)
        for row in rows:
            if clients:
                project = self.facts.projects.get(row.group)
                if project is None or project.client_id not in clients:
                    continue
            if row.user_id not in self.facts.people:
                self.unknown_people.add(row.user_id)
            if self._is_asked_for(row.user_id):
                yield row

    def _is_asked_for(self, user_id: int) -> bool:
        """By the filters that choose people."""
        asked, person = self.question, self.facts.people.get(user_id)
        if asked.user_ids and user_id not in asked.user_ids:
            return False
        if asked.role and (person is None or asked.role not in person.roles):
            return False
        return asked.is_contractor is None or (person is not None and person.is_contractor is asked.is_contractor)

    def _present(self) -> Iterable[int]:
        """Who was there on a day of the range, whether they tracked or not."""
        for one, presence in self.facts.presences.items():
            if presence.first <= self._last and presence.last >= self._first and self._is_asked_for(one):
                yield one

    def _line(self, group: Group, people: Mapping[int, Buckets]) -> Line:
        if len(people) == 1:
            [(one, buckets)] = people.items()
            return Line(group, self._cells(one, buckets), [one])
        each = [self._cells(one, buckets) for one, buckets in people.items()]
        return Line(group, [added(list(cells)) for cells in zip(*each, strict=True)], sorted(people))

    def _cells(self, person: int, buckets: Buckets) -> list[Figures]:
        capacity = self._capacity_of(person)
        each = [buckets.get(one.key, _NOTHING) for one in self.stretches]
        if not self.parts[person]:
            return [Figures._make((*hours, 0, 0, 0, 0, *hours)) for hours in each]
        return [Figures._make((*hours, *cell[4:])) for hours, cell in zip(each, capacity, strict=True)]

    def _capacity_of(self, person: int) -> list[Figures]:
        if person not in self._capacity_cells:
            self._capacity_cells[person] = self._new_capacity(person)
        return self._capacity_cells[person]

    def _new_capacity(self, one: int) -> list[Figures]:
        person, presence = self.facts.people.get(one), self.facts.presences.get(one)
        parts: list[Part] = []
        if person is not None and presence is not None:
            parts = self._capacities.parts(self.facts.book.spans(person, self._first, self._last), presence)
        self.parts[one] = parts
        off: dict[int, int] = defaultdict(int)
        for place, hours in self._absence_of(one, parts):
            off[self._stretch_at(place)] += hours
        cells = self._gross_cells(parts)
        for number, hours in off.items():
            cells[number] = cells[number]._replace(off=hours)
        return cells

    def _gross_cells(self, parts: list[Part]) -> list[Figures]:
        """Stretches that lie whole within somebody's only part are those of everybody with the same terms."""
        if len(parts) != 1:
            return [self._cell(parts, place) for place in self._places]
        [part] = parts
        shared, places = self._shared_cells(part), self._places
        first, last = self._stretch_at(part.first), self._stretch_at(part.last)
        cells = [_EMPTY] * first + shared[first : last + 1] + [_EMPTY] * (len(places) - last - 1)
        for number in {first, last}:
            cells[number] = self._cell(parts, places[number])
        return cells

    def _shared_cells(self, part: Part) -> list[Figures]:
        key = (id(part.gross), part.target)
        if key not in self._shared:
            whole = [Part(0, self._last - self._first, part.gross, part.net, part.target)]
            self._shared[key] = [self._cell(whole, place) for place in self._places]
        return self._shared[key]

    def _cell(self, parts: list[Part], place: tuple[int, int]) -> Figures:
        return Figures(
            gross=hours_in(parts, place, net=False),
            net=hours_in(parts, place, net=True),
            goal=goal_in(parts, place, net=self.question.method.less_holidays),
        )

    def absence_between(self, one: int, first: int, last: int) -> int:
        """What absence takes of a person's capacity, from the first to the last of these days."""
        places = range(first - self._first, last - self._first + 1)
        return sum(hours for place, hours in self._absence_of(one, self.parts.get(one, [])) if place in places)

    def capacity_between(self, one: int, first: int, last: int) -> int:
        """Without public holidays and absence."""
        place = (first - self._first, last - self._first)
        return hours_in(self.parts.get(one, []), place, net=True) - self.absence_between(one, first, last)

    def _absence_of(self, one: int, parts: list[Part]) -> Iterable[tuple[int, int]]:
        """By day; a day's absence takes no more than that day has."""
        for day, hours in self._off.get(one, ()):
            place = day - self._first
            yield place, min(hours, hours_in(parts, (place, place), net=True))

    def _stretch_at(self, place: int) -> int:
        low, high = 0, len(self._places) - 1
        while low < high:
            middle = (low + high) // 2
            low, high = (middle + 1, high) if self._places[middle][1] < place else (low, middle)
        return low
