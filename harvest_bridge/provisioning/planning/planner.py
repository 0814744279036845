"""Makes the plan of a deal from what Harvest holds now. Nothing is written."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from harvest_bridge.harvest.errors import HarvestForbidden
from harvest_bridge.provisioning.harvest_calls import HarvestCalls
from harvest_bridge.provisioning.models import Action

from .account import Account, read_account
from .client import plan_client
from .left_over import left_over
from .links import Kept
from .names import normal
from .people import plan_people
from .plan import Call, Draft, Plan, Problem
from .project import plan_project
from .rights import sees_all_projects
from .tasks import plan_tasks

Json = dict[str, Any]


def make_plan(harvest: HarvestCalls, wanted: Json, kept: Kept) -> Plan:
    """Errors: those of `calls.send`, but for what the linker may not read: that is a problem of the plan."""
    try:
        account = read_account(harvest, wants_tasks=bool(wanted["tasks"]), wants_people=bool(wanted["people"]))
        return _planned(account, wanted, kept)
    except HarvestForbidden as error:
        text = f"integrated_account_id: {error.message}"
        problem = Problem("right_missing", "integrated_account_id", text)
        return Plan([Draft("client", "client", "", Action.BLOCKED, problem.field, problem=problem)])


def _planned(account: Account, wanted: Json, kept: Kept) -> Plan:
    client, *contacts = plan_client(account, wanted["client"], kept)
    project, *more = plan_project(account, wanted, client, kept)
    tasks = plan_tasks(account, wanted["tasks"], project, kept)
    people = plan_people(account, wanted, project, kept)
    drafts = [client, *contacts, project, *more, *tasks, *people, _check(project)]
    notes = list(_notes(account, wanted, client, project))
    return Plan(drafts, reads=account.reads, notes=notes, left_over=left_over(wanted, kept, drafts))


def _check(project: Draft) -> Draft:
    """What the run writes is compared with Harvest's answer; a project that it leaves alone is read."""
    call = Call("GET", f"/v2/projects/{project.harvest_id}") if project.action == Action.REUSE else None
    return Draft("check_project", "check:project", "The project as a whole", Action.READ, call=call)


def _notes(account: Account, wanted: Json, client: Draft, project: Draft) -> Iterator[str]:
    name = wanted["client"].get("name")
    if name and client.harvest_id and not wanted["client"].get("id") and normal(name) != normal(client.title):
        yield f"The client stays {client.title!r}, to which the deal is linked; rename it in Harvest if that is meant."
    if not sees_all_projects(account):
        who = account.harvest.connection.linked_by
        yield f"{who}, who linked this account, sees a part of its projects: names and codes of the others are unknown."
    if project.harvest_id is None:
        yield from _default_tasks(account, wanted)


def _default_tasks(account: Account, wanted: Json) -> Iterator[str]:
    names = {str(task.get("name")).casefold() for task in wanted["tasks"]}
    ids = {task.get("id") for task in wanted["tasks"]}
    besides = [
        str(task["name"])
        for task in account.tasks
        if task.get("is_default") and task.get("is_active", True)
        if str(task["name"]).casefold() not in names and task["id"] not in ids
    ]
    if besides:
        yield f"Harvest puts its default tasks on the project as well: {', '.join(besides)}."
