"""Whether somebody may track to a project and task, asked before a decision for them is kept."""

from __future__ import annotations

from harvest_bridge.api.errors import InvalidRequest
from harvest_bridge.errors import BridgeError
from timer_widget import project_names
from timer_widget.access import Harvest, harvest_for
from timer_widget.errors import passes_with_time
from timer_widget.models import Person

from .choices import projects_of


def check_offered(person: Person, *, project_id: int, task_id: int) -> None:
    """While Harvest cannot be asked, what was listed last counts; where nothing was, anything may be chosen.

    Errors: InvalidRequest naming the field; NotLinked, MustLinkAgain.
    """
    offered = _offered(harvest_for(person))
    if offered is None:
        return
    tasks = offered.get(project_id)
    if tasks is None:
        raise InvalidRequest(
            "project_id: this is none of your projects in Harvest; choose one of GET /timer/projects.",
            fields={"project_id": "None of your projects in Harvest."},
        )
    if task_id not in tasks:
        raise InvalidRequest(
            "task_id: this is no task of the project; choose one of GET /timer/projects.",
            fields={"task_id": "No task of this project."},
        )


def _offered(harvest: Harvest) -> dict[int, set[int]] | None:
    """Task ids by project. Read anew: what was chosen may have come a moment ago."""
    try:
        projects = projects_of(harvest, fresh=True)
    except BridgeError as error:
        if not passes_with_time(error):
            raise
        known = project_names.remembered(harvest)
        return None if known is None else {each: set(of["tasks"]) for each, of in known.items()}
    return {each["id"]: {task["id"] for task in each["tasks"]} for each in projects}
