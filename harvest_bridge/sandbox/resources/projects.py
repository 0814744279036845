"""REFERENCE §8.8."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from harvest_bridge.sandbox.call import Answer, Call
from harvest_bridge.sandbox.errors import unprocessable
from harvest_bridge.sandbox.filters import bool_filter, int_filter, updated_since
from harvest_bridge.sandbox.forms import Form, choice, day, flag, number, reference, text
from harvest_bridge.sandbox.names import refuse_taken_name
from harvest_bridge.sandbox.projects import assign_at_birth, delete_contents, require_room, settle_money
from harvest_bridge.sandbox.records import Project
from harvest_bridge.sandbox.rights import managers, project_creators
from harvest_bridge.sandbox.routing import Routes
from harvest_bridge.sandbox.shapes.work import project_shape

routes = Routes()
FORM = Form(
    reference("client_id", lambda account: account.clients),
    text("name", required=True),
    text("code"),
    flag("is_active"),
    flag("is_billable"),
    flag("is_fixed_fee"),
    choice("bill_by", ("Project", "Tasks", "People", "none")),
    number("hourly_rate"),
    text("budget_by"),
    number("budget"),
    flag("budget_is_monthly"),
    number("cost_budget"),
    flag("cost_budget_include_expenses"),
    flag("notify_when_over_budget"),
    number("over_budget_notification_percentage", empty=Decimal("80.0")),
    flag("show_budget_to_all"),
    number("fee"),
    text("notes"),
    day("starts_on"),
    day("ends_on"),
)


@routes.get("/projects", may=managers)
def list_projects(call: Call) -> Answer:
    """A manager sees the projects that he or she manages."""
    rows = [project for project in call.account.projects.rows() if call.rights.manages(project)]
    is_active, client_id = bool_filter(call.query, "is_active"), int_filter(call.query, "client_id")
    if is_active is not None:
        rows = [project for project in rows if project.is_active is is_active]
    if client_id is not None:
        rows = [project for project in rows if project.client.id == client_id]
    return call.listing("projects", updated_since(rows, call.query), lambda one: project_shape(one, call.rights))


@routes.get("/projects/{id}", may=managers)
def get_project(call: Call, project_id: int) -> Answer:
    return Answer(project_shape(_managed(call, project_id), call.rights))


@routes.post("/projects", may=project_creators)
def create_project(call: Call) -> Answer:
    """Client and name are enough, as recorded in 2021; the creator becomes its manager."""
    values = settle_money(FORM.new(call.body, call.account))
    _refuse_taken(call, values, None)
    require_room(call.account, call.switches)
    project = Project(**call.fresh("projects"), **values)
    call.account.projects.add(project)
    assign_at_birth(call, project)
    return call.created(project_shape(project, call.rights), project)


@routes.patch("/projects/{id}", may=managers)
def update_project(call: Call, project_id: int) -> Answer:
    project = _managed(call, project_id)
    values = FORM.changes(call.body, call.account)
    _refuse_taken(call, values, project)
    if values.get("is_active") is False and any(
        one.is_running for one in call.account.time_entries.of_project(project.id)
    ):
        raise unprocessable("Project can't be archived while a timer is running")
    call.change(call.account.projects, project, settle_money(values, project))
    return Answer(project_shape(project, call.rights))


@routes.delete("/projects/{id}", may=managers)
def delete_project(call: Call, project_id: int) -> Answer:
    """Its time entries and expenses go along, invoices stay; it comes back as inactive (REFERENCE §1)."""
    project = _managed(call, project_id)
    delete_contents(call.account, project)
    shape: dict[str, Any] = {**project_shape(project, call.rights), "is_active": False}
    return call.deleted(shape)


def _refuse_taken(call: Call, values: dict[str, Any], project: Project | None) -> None:
    """Names are compared within one client. Errors: 422 where the switch asks for unique names."""
    client = values.get("client") or (project.client if project else None)
    name = values.get("name") or (project.name if project else None)
    siblings = (one for one in call.account.projects if one.client is client)
    refuse_taken_name(call.switches, siblings, name, project)


def _managed(call: Call, project_id: int) -> Project:
    return call.find(call.account.projects, project_id, visible=call.rights.manages)
