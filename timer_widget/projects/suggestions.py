"""Suggests project and task for an item, in the order of widget.md A8."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from timer_widget.clicks import intents
from timer_widget.models import Intent, Person

from .named_choice import named_choice
from .rules import rule_for

Projects = list[dict[str, Any]]
Suggestion = dict[str, Any]
_RECENT = 5
_LOOK_BACK = 50


@dataclass(frozen=True)
class SuggestionRequest:
    """For which item; `defaults` are what the page itself says: `project_id`, `task_name` and their like."""

    item_id: str = ""
    group_id: str = ""
    group_name: str = ""
    labels: tuple[str, ...] = ()
    defaults: Mapping[str, str] = field(default_factory=dict)


def suggestion(person: Person, asked: SuggestionRequest, projects: Projects) -> Suggestion | None:
    """`{"project_id", "task_id", "from"}` of the first source whose project is still offered; `task_id` may be None.

    From: `host` (the page names it), `item`, `group`, `rule` are certain enough to start at once; `recent` is a guess.
    """
    offered = {project["id"]: {task["id"] for task in project["tasks"]} for project in projects}
    for source, choice in _sources(person, asked, projects):
        tasks = offered.get(choice["project_id"])
        if tasks is None or (choice["task_id"] and choice["task_id"] not in tasks):
            continue
        if choice["task_id"] is None:
            choice = choice | {"task_id": _task_for(person, choice["project_id"], tasks)}
        return {**choice, "from": source}
    return None


def recent_choices(person: Person) -> list[Suggestion]:
    """The last few different choices, newest first."""
    rows = intents.choices(person)[:_LOOK_BACK]
    pairs = dict.fromkeys((row.asked["project_id"], row.asked["task_id"]) for row in rows)
    return [{"project_id": project, "task_id": task} for project, task in list(pairs)[:_RECENT]]


def _sources(person: Person, asked: SuggestionRequest, projects: Projects) -> Iterator[tuple[str, Suggestion]]:
    named = named_choice(projects, asked.defaults)
    if named:
        yield "host", named
    if asked.item_id:
        yield from _last("item", person, item_id=asked.item_id, group_id=asked.group_id)
    if asked.group_id:
        yield from _last("group", person, group_id=asked.group_id)
        made = intents.projects_created(person, group_id=asked.group_id).first()
        if made and made.outcome:
            yield "group", {"project_id": made.outcome["project_id"], "task_id": None}
    item = {"group_id": asked.group_id, "group_name": asked.group_name, "labels": asked.labels}
    rule = rule_for(person.host_app, item, tenant_id=person.tenant_id)
    ruled = rule and rule.choice_among(projects)
    if ruled:
        yield "rule", ruled
    yield from _last("recent", person)


def _last(source: str, person: Person, **scope: str) -> Iterator[tuple[str, Suggestion]]:
    last: Intent | None = intents.choices(person, **scope).first()
    if last is not None:
        yield source, {"project_id": last.asked["project_id"], "task_id": last.asked["task_id"]}


def _task_for(person: Person, project_id: int, tasks: set[int]) -> int | None:
    """The task this person used last on the project; the only one there is; or none."""
    for row in intents.choices(person)[:_LOOK_BACK]:
        if row.asked["project_id"] == project_id and row.asked["task_id"] in tasks:
            return int(row.asked["task_id"])
    return next(iter(tasks)) if len(tasks) == 1 else None
