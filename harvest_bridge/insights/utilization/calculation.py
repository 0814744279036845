"""Puts tracked time and capacity together: figures for every group and stretch of days of a question."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from operator import add, mul

from harvest_bridge.connections.models import Connection
from harvest_bridge.insights.records.days import day_number, stretches
from harvest_bridge.insights.records.people import Person, people_of
from harvest_bridge.insights.records.projects import Project, projects_of
from harvest_bridge.mirror.models import Mirror

from . import tracked
from .absence import Absence
from .capacity import Capacities, Part, goal_in, hours_in
from .employment import Presence, presences_of
from .groups import Group, Groups
from .measures import Cells, Figures, Room, added
from .models import UtilizationSettings
from .query_parameters import Question
from .terms import TermsBook

# Of one person or group, hours by bucket: tracked, billable, absence, billable absence.
Buckets = dict[int, tuple[int, ...]]
_NOTHING = (0, 0, 0, 0)


class Line:
    """One group; `people` are those whose capacity it has. Figures are worked out when they are asked for."""

    def __init__(self, group: Group, people: Mapping[int, Buckets], sum_up: Callable[[Mapping[int, Buckets]], Cells]):
        self.group, self._hours, self._sum_up = group, people, sum_up

    @property
    def people(self) -> list[int]:
        return sorted(self._hours)

    @cached_property
    def cells(self) -> Cells:
        """For each stretch, in their order."""
        return self._sum_up(self._hours)

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
        self._rooms: dict[int, list[Room]] = {}
        self._shared: dict[tuple[int, ...], list[Room]] = {}
        self.parts: dict[int, list[Part]] = {}
        self.unknown_people: set[int] = set()
        self._groups_hours = self._filled()

    @property
    def without_capacity(self) -> list[int]:
        return sorted(one for one, parts in self.parts.items() if not parts)

    @property
    def lines(self) -> list[Line]:
        """Not kept: a line knows its sheet, and what knew each other would stay until the garbage collector comes."""
        lines = [Line(group, people, self._sum_up) for group, people in self._groups_hours.items()]
        return sorted(lines, key=lambda line: ((line.group.name or "").casefold(), line.group.id))

    @property
    def total(self) -> Line:
        """Everybody once: by project, whose people count in each, capacity is not the sum of the lines."""
        return Line(Group("all", None), self._of_everybody, self._sum_up)

    def _filled(self) -> dict[Group, dict[int, Buckets]]:
        """By project everybody's hours are kept twice: by the project, and whole."""
        hours: dict[Group, dict[int, Buckets]] = {}
        self._of_everybody: dict[int, Buckets] = {}
        places: dict[tuple[int, int], list[Buckets]] = {}
        absence = Absence.of(self.facts.settings)
        for user_id, group, bucket, *given in tracked.sums(self.facts.mirror, self.question, absence, self._off):
            place = places.get((user_id, group))
            if place is None:
                place = places[user_id, group] = self._place(user_id, group, hours)
            for buckets in place:
                before = buckets.get(bucket)
                buckets[bucket] = tuple(given) if before is None else tuple(map(add, before, given))
        if self._groups.is_of_people:
            for person in self._present():
                self._place(person, 0, hours)
        for person in self._of_everybody:
            self.parts[person] = self._parts_of(person)
        return hours

    def _place(self, user_id: int, project_id: int, hours: dict[Group, dict[int, Buckets]]) -> list[Buckets]:
        """Where hours of this person on this project are counted; nowhere, where they are not asked for."""
        if not self._is_of_clients(project_id):
            return []
        if user_id not in self.facts.people:
            self.unknown_people.add(user_id)
        if not self._is_asked_for(user_id):
            return []
        whole = self._of_everybody.setdefault(user_id, {})
        people = hours.setdefault(self._groups.of(user_id, project_id), {})
        if self._groups.is_of_people:
            people[user_id] = whole
            return [whole]
        return [whole, people.setdefault(user_id, {})]

    def _is_of_clients(self, project_id: int) -> bool:
        """By the filter that chooses clients."""
        if not self.question.client_ids:
            return True
        project = self.facts.projects.get(project_id)
        return project is not None and project.client_id in self.question.client_ids

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

    def _sum_up(self, people: Mapping[int, Buckets]) -> Cells:
        """Of these people together, for each stretch."""
        idle = [buckets for one, buckets in people.items() if not self.parts[one]]
        busy = [buckets for one, buckets in people.items() if self.parts[one]]
        rooms = self._rooms_of([one for one in people if self.parts[one]])
        idle_hours, hours = self._hours_of(idle), self._hours_of([*busy, *idle])
        return [Figures._make((*h, *room, *i)) for h, room, i in zip(hours, rooms, idle_hours, strict=True)]

    def _hours_of(self, each: list[Buckets]) -> list[tuple[int, ...]]:
        if not each:
            return [_NOTHING] * len(self.stretches)
        if len(each) == 1:
            return [each[0].get(one.key, _NOTHING) for one in self.stretches]
        found = ([buckets[one.key] for buckets in each if one.key in buckets] for one in self.stretches)
        return [tuple(map(sum, zip(*hours, strict=True))) if hours else _NOTHING for hours in found]

    def _rooms_of(self, people: list[int]) -> Sequence[tuple[int, ...]]:
        """Capacity of these people together. Many have the very same list, which is added up once."""
        if len(people) == 1:
            return self._room_of(people[0])
        counts: Counter[int] = Counter()
        lists: dict[int, list[Room]] = {}
        for rooms in map(self._room_of, people):
            counts[id(rooms)] += 1
            lists[id(rooms)] = rooms
        times = [counts[one] for one in lists]
        if not times:
            return [Room()] * len(self.stretches)
        return [
            tuple(sum(map(mul, column, times)) for column in zip(*cells, strict=True))
            for cells in zip(*lists.values(), strict=True)
        ]

    def _room_of(self, person: int) -> list[Room]:
        if person not in self._rooms:
            self._rooms[person] = self._new_rooms(person)
        return self._rooms[person]

    def _new_rooms(self, one: int) -> list[Room]:
        parts = self.parts[one]
        off: dict[int, int] = defaultdict(int)
        for place, hours in self._absence_of(one, parts):
            off[self._stretch_at(place)] += hours
        rooms = self._shared_rooms(parts)
        if not off:
            return rooms
        return [room._replace(off=off[number]) if number in off else room for number, room in enumerate(rooms)]

    def _parts_of(self, one: int) -> list[Part]:
        person, presence = self.facts.people.get(one), self.facts.presences.get(one)
        if person is None or presence is None:
            return []
        return self._capacities.parts(self.facts.book.spans(person, self._first, self._last), presence)

    def _shared_rooms(self, parts: list[Part]) -> list[Room]:
        """People with the same terms on the same days share them."""
        key = tuple(number for part in parts for number in (id(part.gross), part.target, part.first, part.last))
        if key not in self._shared:
            self._shared[key] = [self._room(parts, place) for place in self._places]
        return self._shared[key]

    def _room(self, parts: list[Part], place: tuple[int, int]) -> Room:
        return Room(
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
        for day, hours, _ in self._off.get(one, ()):
            place = day - self._first
            yield place, min(hours, hours_in(parts, (place, place), net=True))

    def _stretch_at(self, place: int) -> int:
        low, high = 0, len(self._places) - 1
        while low < high:
            middle = (low + high) // 2
            low, high = (middle + 1, high) if self._places[middle][1] < place else (low, middle)
        return low
