"""Names of projects and tasks, as they were listed last: for clicks that wait, while Harvest cannot be asked."""

from __future__ import annotations

from typing import Any

from django.core.cache import caches

from .access import Harvest, access_of
from .models import Intent

_SECONDS = 72 * 3600

Names = dict[int, dict[str, Any]]


def remember(harvest: Harvest, projects: list[dict[str, Any]]) -> None:
    names: Names = {
        each["id"]: {"name": each["name"], "tasks": {task["id"]: task["name"] for task in each["tasks"]}}
        for each in projects
    }
    caches["answers"].set(_key(harvest), names, _SECONDS)


def remembered(harvest: Harvest) -> Names | None:
    """By project id: `{"name", "tasks": {task id: name}}`. None where nothing was listed within three days."""
    names: Names | None = caches["answers"].get(_key(harvest))
    return names


def note_names(intent: Intent) -> None:
    """Keep with a click what its project and task are called, as long as that is known."""
    asked = intent.asked
    if intent.names is not None or not asked.get("project_id"):
        return
    access = access_of(intent.person)
    if access.connection is None:
        return
    names = remembered(Harvest(access.connection, access.user_id, acts_for_another=access.via == "account")) or {}
    project = names.get(asked["project_id"])
    if project is not None:
        intent.names = {"project": project["name"], "task": project["tasks"].get(asked.get("task_id"))}
        Intent.objects.filter(pk=intent.pk).update(names=intent.names)


def _key(harvest: Harvest) -> str:
    return harvest.remembered("project-names")
