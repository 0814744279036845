"""Which line an amount belongs to, and what that line is called."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from harvest_bridge.insights.records.days import date_of
from harvest_bridge.insights.records.people import people_of
from harvest_bridge.insights.records.projects import Project, client_names, task_names
from harvest_bridge.mirror.models import Mirror

from .query_parameters import By

NONE = "none"


@dataclass(frozen=True, slots=True)
class Name:
    """Shape: `id` is Harvest's, or a month such as `2026-11`; `none` is what belongs to none. `more` goes beside it."""

    id: str
    name: str | None
    more: Mapping[str, object] = field(default_factory=dict)


class Names:
    def __init__(self, by: By, mirror: Mirror, projects: Mapping[int, Project]) -> None:
        self._by, self._projects = by, projects
        self._of_keys: dict[int, str] = {}
        self._clients = client_names(mirror) if by is By.CLIENT else {}
        if by is By.TASK:
            self._of_keys = task_names(mirror)
        elif by is By.PERSON:
            self._of_keys = {one.id: one.name for one in people_of(mirror).values()}

    def of(self, project_id: int, key: int, day: int) -> Name:
        """`key` is a task or a person, 0 for what has none: expenses by task, the fee of a project without hours."""
        match self._by:
            case By.PROJECT:
                return self._project(project_id)
            case By.CLIENT:
                project = self._projects.get(project_id)
                return self._client(project.client_id if project else None)
            case By.MONTH:
                return Name(f"{date_of(day):%Y-%m}", f"{date_of(day):%B %Y}")
        return Name(str(key), self._of_keys.get(key)) if key else Name(NONE, None)

    def of_invoice(self, project_id: int | None, client_id: int | None, day: int) -> Name:
        if self._by is By.CLIENT:
            return self._client(client_id)
        if self._by is By.PROJECT:
            return self._project(project_id) if project_id else Name(NONE, None)
        return self.of(project_id or 0, 0, day)

    def _project(self, project_id: int) -> Name:
        project = self._projects.get(project_id)
        if project is None:
            return Name(str(project_id), None)
        more = {"client_id": project.client_id, "client_name": project.client_name, "is_active": project.is_active}
        return Name(str(project_id), project.name, {**more, "is_fixed_fee": project.is_fixed_fee})

    def _client(self, client_id: int | None) -> Name:
        if client_id is None:
            return Name(NONE, None)
        if name := self._clients.get(client_id):
            return Name(str(client_id), name)
        mine = (one.client_name for one in self._projects.values() if one.client_id == client_id)
        return Name(str(client_id), next(mine, None))
