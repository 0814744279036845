"""The project and task that a page's defaults name, if they name exactly one of each. Pure.

Ids are the surest, then codes, then exact names; a default that fits none or several leaves the choice to the person.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from timer_widget.normalization import normalize_text

PARTS = ("id", "code", "name")


def named_choice(projects: Iterable[Mapping[str, Any]], defaults: Mapping[str, Any]) -> dict[str, Any] | None:
    """`{"project_id", "task_id"}`, the task None where it is not settled; None where the project is not."""
    project = _named(projects, "project", defaults)
    if project is None:
        return None
    task = _named(project["tasks"], "task", defaults)
    return {"project_id": project["id"], "task_id": task and task["id"]}


def _named(records: Iterable[Mapping[str, Any]], kind: str, defaults: Mapping[str, Any]) -> Mapping[str, Any] | None:
    rows = list(records)
    for part in PARTS:
        wanted = defaults.get(f"{kind}_{part}")
        if wanted:
            found = [
                row for row in rows if row.get(part) and normalize_text(str(row[part])) == normalize_text(str(wanted))
            ]
            return found[0] if len(found) == 1 else None
    return None
