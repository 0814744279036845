"""Looks for what a step made whose answer was lost, before it is made again: Harvest has no idempotency keys."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from harvest_bridge.provisioning.harvest_calls import HarvestCalls
from harvest_bridge.provisioning.models import Step
from harvest_bridge.provisioning.planning.client import is_contact
from harvest_bridge.provisioning.planning.names import exact
from harvest_bridge.provisioning.planning.values import same

from .ids import Ids

Json = dict[str, Any]
# Fields in which what a run makes is what it sent, empty ones too.
_TELLING = {
    "client": ("name", "address"),
    "contact": ("first_name", "last_name", "title", "email", "phone_office", "phone_mobile"),
    "project": ("name", "code", "notes", "starts_on", "ends_on"),
    "task": ("name",),
}


def found(step: Step, harvest: HarvestCalls, ids: Ids) -> Json | None:
    """The record that is what `step` makes, and was not there when it was planned. Errors: those of `calls.send`."""
    request = step.request or {}
    body = ids.body(request.get("body")) or {}
    rows = _LOOKS[step.kind](harvest, ids, body, ids.path(request.get("path", "")), step)
    fresh = [row for row in rows if row["id"] not in step.known]
    return min(fresh, key=lambda row: int(row["id"]), default=None)


def is_as_sent(step: Step, record: Json) -> bool:
    """Else somebody has made it by hand meanwhile, or has changed it: then it is used, and undo leaves it."""
    body = (step.request or {}).get("body") or {}
    return all(same(body.get(name), record.get(name)) for name in _TELLING.get(step.kind, ()))


def _clients(harvest: HarvestCalls, ids: Ids, body: Json, path: str, step: Step) -> list[Any]:
    return exact(body["name"], harvest.list("/v2/clients", "clients"))


def _contacts(harvest: HarvestCalls, ids: Ids, body: Json, path: str, step: Step) -> list[Any]:
    rows = harvest.list("/v2/contacts", "contacts", client_id=body["client_id"])
    return [row for row in rows if is_contact(body, row)]


def _projects(harvest: HarvestCalls, ids: Ids, body: Json, path: str, step: Step) -> list[Any]:
    return exact(body["name"], harvest.list("/v2/projects", "projects", client_id=body["client_id"]))


def _tasks(harvest: HarvestCalls, ids: Ids, body: Json, path: str, step: Step) -> list[Any]:
    return exact(body["name"], harvest.list("/v2/tasks", "tasks"))


def _task_assignments(harvest: HarvestCalls, ids: Ids, body: Json, path: str, step: Step) -> list[Any]:
    rows = harvest.list(path, "task_assignments")
    return [row for row in rows if (row.get("task") or {}).get("id") == ids.subject(step)]


def _user_assignments(harvest: HarvestCalls, ids: Ids, body: Json, path: str, step: Step) -> list[Any]:
    rows = harvest.list(path, "user_assignments")
    return [row for row in rows if (row.get("user") or {}).get("id") == ids.subject(step)]


def _users(harvest: HarvestCalls, ids: Ids, body: Json, path: str, step: Step) -> list[Any]:
    rows = harvest.list("/v2/users", "users")
    return [row for row in rows if str(row.get("email") or "").casefold() == str(body["email"]).casefold()]


_LOOKS: dict[str, Callable[[HarvestCalls, Ids, Json, str, Step], list[Any]]] = {
    "client": _clients,
    "contact": _contacts,
    "project": _projects,
    "task": _tasks,
    "task_assignment": _task_assignments,
    "rates": _task_assignments,
    "person": _user_assignments,
    "person_rates": _user_assignments,
    "person_invited": _users,
}
