"""The people of a deal: who is meant, and their assignment to its project."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from harvest_bridge.connections.models import Connection
from harvest_bridge.provisioning.models import Action
from harvest_bridge.unified.identities.models import Identity, IdentityState

from .account import Account
from .links import Kept
from .names import normal
from .plan import Call, Draft, Problem
from .rights import refusal
from .values import changes

Json = dict[str, Any]
WAYS = ("harvest_user_id", "external_id", "email", "role")


def person_key(wanted: Json) -> str:
    way = next(way for way in WAYS if wanted.get(way) is not None)
    return f"person:{way}:{str(wanted[way]).casefold()}"


def plan_people(account: Account, wanted: Json, project: Draft, kept: Kept) -> list[Draft]:
    there = _assigned(account, project) if wanted["people"] else {}
    found: list[Draft] = []
    seen: dict[int, str] = {}
    for place, one in enumerate(wanted["people"]):
        for draft in _drafts(account, wanted, one, f"people[{place}]", project, there, kept):
            found += _once(draft, seen, is_of_role=one.get("role") is not None)
    if any(draft.kind in ("person", "person_rates") for draft in found):
        path = f"/v2/projects/{project.harvest_id or '{project}'}/user_assignments"
        found.append(
            Draft("check_people", "check:people", "People of the project", Action.READ, call=Call("GET", path))
        )
    return found


def _once(draft: Draft, seen: dict[int, str], *, is_of_role: bool) -> list[Draft]:
    """Somebody of a role who is named as well comes once, as named; named twice is a mistake."""
    user_id = draft.subject if draft.problem is None else None
    if not isinstance(user_id, int) or not user_id:
        return [draft]
    if user_id not in seen:
        seen[user_id] = draft.field
        return [draft]
    if is_of_role:
        return []
    text = f"{draft.field}: {draft.title} is in the list already, as {seen[user_id]}."
    draft.action, draft.call, draft.problem = Action.BLOCKED, None, Problem("given_twice", draft.field, text)
    return [draft]


def _assigned(account: Account, project: Draft) -> dict[int, Json]:
    """By the id of the user."""
    if project.harvest_id is None:
        return {}
    rows = account.listed(f"/v2/projects/{project.harvest_id}/user_assignments", "user_assignments")
    return {int(row["user"]["id"]): row for row in rows if row.get("user")}


def _drafts(
    account: Account, wanted: Json, one: Json, field: str, project: Draft, there: dict[int, Json], kept: Kept
) -> Iterator[Draft]:
    key = person_key(one)
    users, problem = _users(account, one, field, kept.by_key.get(f"invited:{key}"))
    if problem is not None and problem.code == "unknown_person" and one.get("invite") and wanted["invite_people"]:
        yield from _invited(account, one, field, key, project)
    elif problem is not None:
        yield Draft("person", key, str(one.get("email") or ""), Action.BLOCKED, field, problem=problem)
    for user in users:
        yield _assignment(account, one, user, f"{key}:{user['id']}" if one.get("role") else key, field, project, there)


def _users(account: Account, one: Json, field: str, invited: int | None) -> tuple[list[Json], Problem | None]:
    if invited is not None and (user := account.user(invited)) is not None:
        return [user], None
    way = next(way for way in WAYS if one.get(way) is not None)
    value = one[way]
    if way == "role":
        found = [user for user in account.users if user.get("is_active", True) and _has_role(user, value)]
        text = f"{field}.role: nobody active has the job role {value!r}."
        return found, None if found else Problem("unknown_role", f"{field}.role", text)
    user_id, why = _user_id(account, way, value)
    user = account.user(user_id) if user_id else None
    if user is None:
        return [], Problem("unknown_person", f"{field}.{way}", f"{field}.{way}: {why or _nobody(way, value)}")
    if not user.get("is_active", True):
        text = f"{field}.{way}: {_name(user)} is archived in Harvest; restore the person there first."
        return [], Problem("person_archived", f"{field}.{way}", text)
    return [user], None


def _user_id(account: Account, way: str, value: Any) -> tuple[int | None, str]:
    if way == "harvest_user_id":
        return int(value), ""
    if way == "email":
        same = (user for user in account.users if str(user.get("email") or "").casefold() == str(value).casefold())
        return next((int(user["id"]) for user in same), None), ""
    return _of_identity(account.harvest.connection, value)


def _of_identity(connection: Connection, external_id: str) -> tuple[int | None, str]:
    row = Identity.objects.filter(connection=connection, external_id=external_id).first()
    if row is None:
        return None, ""
    if row.state != IdentityState.MATCHED or row.harvest_user_id is None:
        return None, f"{external_id!r} is {row.state}: say who it is in Harvest (docs/identities.md)."
    return row.harvest_user_id, ""


def _nobody(way: str, value: Any) -> str:
    invite = " To invite somebody new, give `invite` with a name, and set invite_people." if way == "email" else ""
    return f"there is nobody {value!r} in this Harvest account, or the linker does not see them.{invite}"


def _has_role(user: Json, role: str) -> bool:
    return normal(role) in {normal(str(each)) for each in user.get("roles") or ()}


def _name(user: Json) -> str:
    return f"{user.get('first_name') or ''} {user.get('last_name') or ''}".strip() or str(user["id"])


def _invited(account: Account, one: Json, field: str, key: str, project: Draft) -> Iterator[Draft]:
    """Harvest sends them an e-mail."""
    invite = one["invite"]
    body = {"first_name": invite["first_name"], "last_name": invite["last_name"], "email": one["email"]}
    title = f"{body['first_name']} {body['last_name']}"
    draft = Draft("person_invited", f"invited:{key}", title, Action.CREATE, field, "invited: Harvest sends an e-mail")
    draft.call, draft.problem = Call("POST", "/v2/users", body), refusal(account, "POST", "/v2/users", field)
    yield draft
    base = f"/v2/projects/{project.harvest_id or '{project}'}/user_assignments"
    call = Call("POST", base, {"user_id": f"{{invited:{key}}}", **assignment_of(one)})
    yield Draft("person", key, title, Action.CREATE, field, call=call, subject=f"invited:{key}")


def assignment_of(wanted: Json) -> Json:
    """The fields of a user assignment that a deal gives; a rate of one's own replaces the default rates."""
    given = {name: wanted[name] for name in ("is_project_manager", "budget") if wanted.get(name) is not None}
    if wanted.get("hourly_rate") is not None:
        given |= {"use_default_rates": False, "hourly_rate": wanted["hourly_rate"]}
    return given


def _assignment(
    account: Account, one: Json, user: Json, key: str, field: str, project: Draft, there: dict[int, Json]
) -> Draft:
    base = f"/v2/projects/{project.harvest_id or '{project}'}/user_assignments"
    call = Call("POST", base, {"user_id": user["id"], **assignment_of(one)})
    draft = Draft("person", key, _name(user), Action.CREATE, field, call=call, subject=int(user["id"]))
    row = there.get(int(user["id"]))
    if row is not None:
        given = assignment_of(one) | ({} if row.get("is_active", True) else {"is_active": True})
        draft.fields, draft.action, draft.why = changes(given, row), Action.REUSE, "on the project already"
        draft.harvest_id, draft.call = int(row["id"]), None
        if draft.fields:
            draft.kind, draft.action = "person_rates", Action.CHANGE
            draft.call = Call("PATCH", f"{base}/{row['id']}", {each["field"]: each["to"] for each in draft.fields})
    elif project.harvest_id is None and (why := _attaches_itself(account, user)):
        _attached(one, user, account, base, why, draft)
    return draft


def _attaches_itself(account: Account, user: Json) -> str:
    if user["id"] == account.me.get("id") and account.facts.attaches_creator:
        return "creates the project, and is on it by that"
    if user.get("has_access_to_all_future_projects"):
        return "has access to all future projects: Harvest puts them on new ones"
    return ""


def _attached(one: Json, user: Json, account: Account, base: str, why: str, draft: Draft) -> None:
    expected = {"is_project_manager": user["id"] == account.me.get("id"), "use_default_rates": True}
    draft.kind, draft.action, draft.why = "person_rates", Action.ATTACHED, why
    draft.fields = changes(assignment_of(one), expected)
    body = {each["field"]: each["to"] for each in draft.fields}
    draft.fallback, draft.call = draft.call, Call("PATCH", f"{base}/{{{draft.key}}}", body) if body else None
