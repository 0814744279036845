"""Budgets that were given to people and tasks of a project."""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal

import msgspec

from harvest_bridge.mirror.models import Mirror

from .raw_rows import Named, decoded


class _Assignment(msgspec.Struct):
    project: Named | None = None
    budget: Decimal | None = None
    is_active: bool = True


def budgets_by_project(mirror: Mirror, resource: str) -> dict[int, list[Decimal]]:
    """Of `task_assignments` or `user_assignments`: what was given to each, blank ones left out."""
    found: dict[int, list[Decimal]] = defaultdict(list)
    for _, row in decoded(mirror, resource, _Assignment):
        if row.project and row.budget is not None:
            found[row.project.id].append(row.budget)
    return found


def hours_budget(
    budget_by: str, own: Decimal | None, of_tasks: list[Decimal] | None, of_people: list[Decimal] | None
) -> Decimal | None:
    """Hours, by whatever they are kept; None where none were given, or the budget is of money."""
    match budget_by:
        case "project":
            return own
        case "task":
            return sum(of_tasks, Decimal(0)) if of_tasks else None
        case "person":
            return sum(of_people, Decimal(0)) if of_people else None
    return None
