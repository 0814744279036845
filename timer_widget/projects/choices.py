"""Projects and tasks that a person may choose, and new projects from the form."""

from __future__ import annotations

from typing import Any

from django.core.cache import caches

from harvest_bridge.api.outages import best_effort, outage_of, outages
from harvest_bridge.connections import granted_rights
from harvest_bridge.errors import BridgeError
from harvest_bridge.harvest.operations import create_project
from harvest_bridge.harvest.records import Named, ProjectAssignment
from timer_widget import project_names
from timer_widget.access import Harvest, harvest_for
from timer_widget.clicks import intents
from timer_widget.clicks.external_references import NO_ITEM
from timer_widget.clicks.recording import Click, check_item, new_click, timeout
from timer_widget.errors import ClickFailed, ProjectNotAllowed
from timer_widget.models import IntentKind, IntentStatus, TimerSession

_SECONDS = 60
_ON_ITS_WAY = {"code": "click_repeated", "message": "This project is being made; look at the list.", "status": 409}


def projects_of(harvest: Harvest, *, fresh: bool = False) -> list[dict[str, Any]]:
    """The person's projects with their tasks. Harvest is asked at most once a minute."""
    key = harvest.remembered("projects")
    known: list[dict[str, Any]] | None = None if fresh else caches["answers"].get(key)
    if known is None:
        known = [serialize_project(assignment) for assignment in harvest.projects()]
        caches["answers"].set(key, known, _SECONDS)
        best_effort(lambda: project_names.remember(harvest, known))
    return known


def serialize_project(assignment: ProjectAssignment) -> dict[str, Any]:
    return {
        "id": assignment.project.id,
        "name": assignment.project.name,
        "code": assignment.project.code,
        "client": {"id": assignment.client.id, "name": assignment.client.name},
        "tasks": [
            {"id": active.task.id, "name": active.task.name, "billable": active.billable}
            for active in assignment.active_tasks
            if active.task is not None
        ],
    }


def may_create_projects(harvest: Harvest) -> bool:
    """Administrators, and managers who were given that right (REFERENCE §6.2), if the host app was granted it."""
    is_granted = not granted_rights.refusal(harvest.connection, "POST", "/v2/projects")
    return is_granted and bool({"administrator", "project_creator"} & set(harvest.access_roles))


def create_project_for(*, session: TimerSession, click: Click) -> int:
    """A project named after the item's group, for a client whose projects the person has; answers its id.

    Errors: NotLinked, ItemNotAllowed, ProjectNotAllowed, ClickRepeated, HarvestForbidden, HarvestRejected.
    """
    item = click["item"] or NO_ITEM
    check_item(session, item["id"])
    harvest = harvest_for(session.person)
    if not may_create_projects(harvest):
        raise ProjectNotAllowed("In Harvest you may not create projects; ask an administrator for that right.")
    asked = new_click(session, IntentKind.PROJECT, click, item)
    intent, is_new = intents.record(session.person, asked, seconds=timeout())
    if intent.status == IntentStatus.DONE:
        return int((intent.outcome or {})["project_id"])
    if not is_new:
        raise ClickFailed(intent.outcome or _ON_ITS_WAY)
    try:
        made: Named = harvest.call(create_project(client_id=click["client_id"], name=click["name"]))
    except outages(BridgeError) as error:
        known = error if isinstance(error, BridgeError) else outage_of(error)
        if known is None:
            raise
        intents.settle_failure(intent, known)
        raise known from error
    intents.settle(intent, entry_id=None, outcome={"project_id": made.id})
    best_effort(lambda: caches["answers"].delete(harvest.remembered("projects")))
    return made.id
