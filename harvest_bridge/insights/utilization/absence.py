"""Which time is absence: that on tasks and projects which the host marked."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Q

from .models import UtilizationSettings


@dataclass(frozen=True)
class Absence:
    task_ids: tuple[int, ...]
    project_ids: tuple[int, ...]

    @classmethod
    def of(cls, settings: UtilizationSettings) -> Absence:
        return cls(tuple(settings.absence_task_ids), tuple(settings.absence_project_ids))

    @property
    def condition(self) -> Q | None:
        """None where nothing is marked."""
        found = Q()
        if self.task_ids:
            found |= Q(task_id__in=self.task_ids)
        if self.project_ids:
            found |= Q(project_id__in=self.project_ids)
        return found or None
