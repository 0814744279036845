"""Which group each person or project counts in. Each in exactly one, so that groups add up to the whole."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from harvest_bridge.insights.records.people import Person
from harvest_bridge.insights.records.projects import Project
from harvest_bridge.mirror.models import Mirror
from harvest_bridge.mirror.queries import records_of
from harvest_bridge.mirror.record_ids import teammate_id

from .query_parameters import By

_NOBODY = "none"


@dataclass(frozen=True, slots=True)
class Group:
    """Shape: `id` is Harvest's of a person, project or client; of roles and teams it is their names or managers' ids,
    joined by a comma where somebody has several. `name` is None where Harvest does not tell it."""

    id: str
    name: str | None


class Groups:
    """`of(user_id, project_id)` is the group that counts these hours."""

    def __init__(self, by: By, mirror: Mirror, people: Mapping[int, Person], projects: Mapping[int, Project]) -> None:
        self._by, self._people, self._projects = by, people, projects
        self._managers = _managers_of(mirror) if by is By.TEAM else {}
        self._known: dict[tuple[int, int], Group] = {}

    def of(self, user_id: int, project_id: int = 0) -> Group:
        key = (user_id, 0) if self.is_of_people else (0, project_id)
        if key not in self._known:
            self._known[key] = self._find(user_id, project_id)
        return self._known[key]

    @property
    def is_of_people(self) -> bool:
        return self._by not in (By.PROJECT, By.CLIENT)

    def _find(self, user_id: int, project_id: int) -> Group:
        person, project = self._people.get(user_id), self._projects.get(project_id)
        match self._by:
            case By.PERSON:
                return Group(str(user_id), person.name if person else None)
            case By.ROLE:
                roles = sorted(person.roles) if person else []
                return Group(",".join(roles) or _NOBODY, ", ".join(roles) or "No role")
            case By.TEAM:
                return self._team(self._managers.get(user_id, ()))
            case By.PROJECT:
                return Group(str(project_id), project.name if project else None)
        if project is None or project.client_id is None:
            return Group(_NOBODY, None)
        return Group(str(project.client_id), project.client_name or None)

    def _team(self, managers: tuple[int, ...]) -> Group:
        names = [self._people[one].name if one in self._people else str(one) for one in managers]
        return Group(",".join(map(str, managers)) or _NOBODY, ", ".join(names) or "No team")


def _managers_of(mirror: Mirror) -> dict[int, tuple[int, ...]]:
    """Who is whose teammate in Harvest: the managers of each person."""
    found: dict[int, set[int]] = defaultdict(set)
    rows = records_of(mirror, "teammates").filter(deleted_at=None).order_by()
    for manager, teammate in rows.values_list("parent_id", "harvest_id"):
        if manager is not None:
            found[teammate_id(teammate, manager)].add(manager)
    return {person: tuple(sorted(managers)) for person, managers in found.items()}
