"""What a person can track time to."""

from __future__ import annotations

from harvest_bridge.harvest.operations.ids import record_id
from harvest_bridge.harvest.operations.operation import Operation
from harvest_bridge.harvest.pages import Page, Position, page_of, paged
from harvest_bridge.harvest.records import ProjectAssignment


def list_my_project_assignments(
    position: Position | None = None, *, per_page: int | None = None
) -> Operation[Page[ProjectAssignment]]:
    """One page of the projects and tasks of the person whose token it is; the source of a timer's pickers.

    Shape: active assignments only, yet the tasks inside may be inactive (`ProjectAssignment.active_tasks`).
    Source: Harvest API v2, Users' project assignments, "List active project assignments for the current user".
    """
    read = page_of("project_assignments", ProjectAssignment.from_harvest)
    return Operation("GET", "/v2/users/me/project_assignments", read, paged(position, per_page))


def list_project_assignments(
    user_id: int | str, position: Position | None = None, *, per_page: int | None = None
) -> Operation[Page[ProjectAssignment]]:
    """The same of any person, for administrators.

    Errors: HarvestForbidden, HarvestNotFound.
    Source: Harvest API v2, Users' project assignments, "List active project assignments".
    """
    read = page_of("project_assignments", ProjectAssignment.from_harvest)
    path = f"/v2/users/{record_id(user_id)}/project_assignments"
    return Operation("GET", path, read, paged(position, per_page))
