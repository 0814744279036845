"""The six kinds of budget that a project can have in Harvest (REFERENCE §8.8)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from harvest_bridge.insights.records.projects import Project

NONE = "none"
IN_MONEY = ("project_cost", "task_fees")
KINDS = ("project", "project_cost", "task", "task_fees", "person", NONE)


@dataclass(frozen=True, slots=True)
class Given:
    """What each project's tasks and people were given."""

    tasks: Mapping[int, list[Decimal]]
    people: Mapping[int, list[Decimal]]


def is_in_money(project: Project) -> bool:
    return project.budget_by in IN_MONEY


def with_expenses(project: Project) -> bool:
    """Total fees alone may include expenses (REFERENCE §16.2)."""
    return project.budget_by == "project_cost" and project.cost_budget_include_expenses


def budget_of(project: Project, given: Given) -> Decimal | None:
    """Hours or money; None where none was given. A blank budget of a task or person is not counted, zero is."""
    match project.budget_by:
        case "project":
            return project.budget
        case "project_cost":
            return project.cost_budget
        case "task" | "task_fees":
            return _sum(given.tasks.get(project.id, []))
        case "person":
            return _sum(given.people.get(project.id, []))
    return None


def _sum(budgets: list[Decimal]) -> Decimal | None:
    return sum(budgets, Decimal(0)) if budgets else None
