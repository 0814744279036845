"""REFERENCE §8.8."""

from __future__ import annotations

from harvest_bridge.sandbox.call import Answer, Call
from harvest_bridge.sandbox.filters import bool_filter, int_filter, updated_since
from harvest_bridge.sandbox.rights import managers
from harvest_bridge.sandbox.routing import Routes
from harvest_bridge.sandbox.shapes.work import project_shape

routes = Routes()


@routes.get("/projects", may=managers)
def list_projects(call: Call) -> Answer:
    """A manager sees the projects that he or she manages."""
    rows = [project for project in call.account.projects.rows() if call.rights.manages(project)]
    is_active, client_id = bool_filter(call.query, "is_active"), int_filter(call.query, "client_id")
    if is_active is not None:
        rows = [project for project in rows if project.is_active is is_active]
    if client_id is not None:
        rows = [project for project in rows if project.client.id == client_id]
    rows = list(updated_since(rows, call.query))
    return call.listing("projects", rows, lambda project: project_shape(project, call.rights))


@routes.get("/projects/{id}", may=managers)
def get_project(call: Call, project_id: int) -> Answer:
    project = call.find(call.account.projects, project_id, visible=call.rights.manages)
    return Answer(project_shape(project, call.rights))
