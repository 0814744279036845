"""Which project a deal is for: one of the client's that is there, for sure, or a new one."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from harvest_bridge.provisioning.models import Action

from .account import FREE, Account
from .links import Kept
from .matching import Match, match
from .money import problems_of
from .names import exact, normal
from .plan import Call, Draft, Problem
from .rights import refusal, sees_all_projects
from .values import changes

Json = dict[str, Any]

_PATH = "/v2/projects"
_FREE_PROJECTS = 2
DEFAULTS: Json = {
    "is_billable": True,
    "is_fixed_fee": False,
    "bill_by": "none",
    "budget_by": "none",
    "show_budget_to_all": False,
}
OURS = ("id", "currency", "restore_archived", "create_new")  # what is not Harvest's field


def plan_project(account: Account, wanted: Json, client: Draft, kept: Kept) -> list[Draft]:
    """The project's step, and one blocked step for each further problem of it."""
    asked: Json = wanted["project"]
    draft = Draft("project", "project", str(asked.get("name") or asked.get("code") or ""), Action.CREATE, "project")
    found = _matched(account, asked, client, kept)
    draft.why = found.why
    if found.problem is not None:
        draft.action, draft.problem = Action.BLOCKED, found.problem
    elif found.record is None:
        _create(account, asked, client, draft)
    else:
        _use(account, asked, found.record, draft)
    more = [] if found.problem else list(_problems(account, wanted, client, found.record))
    return [draft, *(_blocked(problem) for problem in more)]


def settled(asked: Json, found: Json | None) -> Json:
    """Every field of the project as it will be."""
    given = {name: value for name, value in asked.items() if name not in OURS}
    return {**DEFAULTS, **(found or {}), **given}


def _matched(account: Account, asked: Json, client: Draft, kept: Kept) -> Match:
    mine = kept.project or asked.get("id")
    if client.harvest_id is None and mine is None:
        return Match(why="a new client has no projects")
    rows = [one for one in account.projects if mine or (one.get("client") or {}).get("id") == client.harvest_id]
    if not asked.get("name") and not mine:
        return _by_code(rows, asked)
    found = match("project", rows, asked, kept=kept.project, field="project")
    owner = ((found.record or {}).get("client") or {}).get("id")
    if found.record is not None and client.action != Action.BLOCKED and client.harvest_id != owner:
        return Match(problem=_of_another_client(found.record, client))
    return found if found.record or found.problem else _unseen(account, asked, client) or found


def _unseen(account: Account, asked: Json, client: Draft) -> Match | None:
    """Who sees a part of the projects cannot know that there is none of this name: a question, never a guess."""
    if client.harvest_id is None or asked.get("create_new") or sees_all_projects(account):
        return None
    text = (
        f"project.name: {account.harvest.connection.linked_by}, who linked this account, sees a part of its projects, "
        f"and none called {asked['name']!r} is among them. Let an administrator link it, give project.id, or set "
        "project.create_new."
    )
    return Match(problem=Problem("project_maybe_unseen", "project.name", text, needs="administrator"))


def _of_another_client(record: Json, client: Draft) -> Problem:
    owner = (record.get("client") or {}).get("name")
    text = f"project: {record.get('name')!r} belongs to the client {owner!r}, not to {client.title!r}."
    return Problem("project_of_another_client", "project.id", text)


def _by_code(rows: list[Json], asked: Json) -> Match:
    same = [row for row in rows if normal(str(row.get("code") or "")) == normal(asked["code"])]
    if len(same) == 1:
        return match("project", same, {**asked, "name": same[0]["name"]}, kept=None, field="project")
    text = f"project.name: no project of this client has the code {asked['code']!r}; name the project."
    return Match(problem=Problem("name_needed", "project.name", text))


def _create(account: Account, asked: Json, client: Draft, draft: Draft) -> None:
    body = {**DEFAULTS, **{name: value for name, value in asked.items() if name not in OURS and value is not None}}
    draft.call = Call("POST", _PATH, {"client_id": client.harvest_id or "{client}", **body})
    if client.harvest_id is not None:
        rows = [one for one in account.projects if (one.get("client") or {}).get("id") == client.harvest_id]
        draft.known = [int(row["id"]) for row in exact(asked["name"], rows)]
    draft.problem = refusal(account, "POST", _PATH, "project")


def _use(account: Account, asked: Json, record: Json, draft: Draft) -> None:
    draft.title, draft.harvest_id = str(record.get("name") or ""), int(record["id"])
    given = {name: value for name, value in asked.items() if name not in (*OURS, "name")}
    given |= {} if record.get("is_active", True) else {"is_active": True}
    given |= {"name": asked["name"]} if is_renamed(asked, record) else {}
    draft.fields = changes(given, record, "project.")
    draft.action = Action.CHANGE if draft.fields else Action.REUSE
    if draft.fields:
        path = f"{_PATH}/{record['id']}"
        draft.call = Call("PATCH", path, {change["field"].partition(".")[2]: change["to"] for change in draft.fields})
        draft.problem = refusal(account, "PATCH", path, "project")


def is_renamed(asked: Json, record: Json) -> bool:
    """A name that was asked for is the name that it shall have; one that is given with an id only says which it is."""
    name = asked.get("name")
    return bool(name and not asked.get("id") and normal(name) != normal(str(record.get("name") or "")))


def _problems(account: Account, wanted: Json, client: Draft, record: Json | None) -> Iterator[Problem]:
    asked = wanted["project"]
    yield from problems_of(settled(asked, record), wanted["tasks"], wanted["people"], given=set(asked))
    yield from _code_taken(account, asked, record)
    yield from _currency(account, wanted, client)
    if record is None and account.facts.plan_type == FREE:
        active = sum(bool(project.get("is_active", True)) for project in account.projects)
        if active >= _FREE_PROJECTS:
            text = f"project: the plan of this Harvest account has {_FREE_PROJECTS} projects, and {active} are active."
            yield Problem("plan_limit", "project", f"{text} Archive one, or change the plan in Harvest.")


def _code_taken(account: Account, asked: Json, record: Json | None) -> Iterator[Problem]:
    code = normal(str(asked.get("code") or ""))
    if not code or (record is not None and normal(str(record.get("code") or "")) == code):
        return
    others = [one for one in account.projects if normal(str(one.get("code") or "")) == code and one is not record]
    if others:
        name, client = others[0].get("name"), (others[0].get("client") or {}).get("name")
        text = f"project.code: {asked['code']!r} is the code of {name!r} ({client}); choose another."
        yield Problem("code_taken", "project.code", text, candidates=tuple(_shown(one) for one in others))


def _shown(project: Json) -> Json:
    return {"id": project["id"], "name": project.get("name"), "is_active": bool(project.get("is_active", True))}


def _currency(account: Account, wanted: Json, client: Draft) -> Iterator[Problem]:
    """A project is in its client's currency."""
    asked = wanted["project"].get("currency")
    known = next((one.get("currency") for one in account.clients if one["id"] == client.harvest_id), None)
    found = known or wanted["client"].get("currency") or account.facts.currency
    if asked and found and asked != found:
        text = f"project.currency: is {asked}, and the client's is {found}; a project is in its client's currency."
        yield Problem("currency_differs", "project.currency", text)


def _blocked(problem: Problem) -> Draft:
    return Draft("project", f"project:{problem.field}", problem.field, Action.BLOCKED, problem.field, problem=problem)
