"""People by what they belong to: the account, a manager's team, a project."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from rest_framework.test import APIClient

from harvest_bridge.connections.models import Connection
from harvest_bridge.hosts.services import NewHostApp
from harvest_bridge.sandbox.testing import RunningSandbox
from tests.unified.conftest import Ask

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]


def names(response: Any) -> set[str]:
    assert response.status_code == 200, response.content
    return {user["first_name"] for user in response.json()["result"]}


def team_of(sandbox: RunningSandbox, who: str) -> set[str]:
    return {user.first_name for user in sandbox.user(who).teammates}


def people_of(sandbox: RunningSandbox, project_id: int) -> set[str]:
    pairs = sandbox.account.user_assignments
    return {pair.user.first_name for pair in pairs if pair.project.id == project_id and pair.is_active}


@pytest.fixture
def project(sandbox: RunningSandbox) -> int:
    """The first one to which some of Bruno's team are assigned, and others."""
    for row in sandbox.account.projects:
        both = people_of(sandbox, row.id), team_of(sandbox, "bruno")
        if both[0] & both[1] and both[0] - both[1] and both[1] - both[0]:
            return row.id
    raise LookupError("The seed has no such project.")


def test_the_account_itself_holds_everybody_and_costs_nothing(ask: Ask, sandbox: RunningSandbox) -> None:
    sandbox.journal.clear()
    response = ask("users", organization_id=str(sandbox.account.id), limit=2)
    assert len(names(response)) == 2
    [request] = sandbox.requests()
    assert "per_page=2" in request.query


def test_another_organization_has_nobody_here(ask: Ask) -> None:
    page = ask("users", organization_id="7").json()
    assert (page["result"], page["next_cursor"]) == ([], None)


def test_a_group_is_its_managers_teammates(ask: Ask, sandbox: RunningSandbox) -> None:
    sandbox.journal.clear()
    bruno = sandbox.user("bruno").id
    assert names(ask("users", group_id=str(bruno))) == team_of(sandbox, "bruno")
    assert [request.path for request in sandbox.requests()] == [f"/v2/users/{bruno}/teammates", "/v2/users"]


def test_a_workspace_has_the_people_who_may_track_time_to_it(ask: Ask, sandbox: RunningSandbox, project: int) -> None:
    assert names(ask("users", workspace_id=str(project))) == people_of(sandbox, project)
    with sandbox.world.lock:
        left = next(pair for pair in sandbox.account.user_assignments if pair.project.id == project)
        left.is_active = False
    assert left.user.first_name not in names(ask("users", workspace_id=str(project)))


def test_all_conditions_hold_at_once_over_pages(ask: Ask, sandbox: RunningSandbox, project: int) -> None:
    bruno, team = str(sandbox.user("bruno").id), team_of(sandbox, "bruno")
    asked = {"group_id": bruno, "workspace_id": str(project), "organization_id": str(sandbox.account.id)}
    assert names(ask("users", **asked)) == people_of(sandbox, project) & team
    [somebody, *_] = sorted(team)
    assert names(ask("users", group_id=bruno, first_name=somebody)) == {somebody}
    first = ask("users", group_id=bruno, sort_by="first_name", limit=1, truto_response_format="raw")
    second = ask(
        "users",
        group_id=bruno,
        sort_by="first_name",
        limit=1,
        truto_response_format="raw",
        next_cursor=first.json()["next_cursor"],
    )
    assert [*names(first), *names(second)] == sorted(team)[:2]
    assert ask("users", next_cursor=first.json()["next_cursor"]).status_code == 400


@pytest.mark.parametrize(
    "query",
    [
        {"group_id": "4000102,4000103"},
        {"workspace_id[in]": "1"},
        {"organization_id": "acme"},
        {"group_id": "4000102", "status": "gone"},
        {"group_id": "4000102", "limit": "0"},
        {"group_id": "4000102", "truto_key_by": "emails"},
    ],
)
def test_what_cannot_be_read_is_a_400_and_costs_nothing(
    ask: Ask, sandbox: RunningSandbox, query: dict[str, str]
) -> None:
    sandbox.journal.clear()
    response = ask("users", **query)
    assert (response.status_code, response.json()["code"]) == (400, "invalid_request")
    assert response.json()["message"].partition(":")[0] in {name.partition("[")[0] for name in query}
    assert sandbox.requests() == []


@pytest.mark.parametrize("name", ["group_id", "workspace_id"])
def test_what_there_is_not_is_harvests_404_that_names_it(ask: Ask, name: str) -> None:
    response = ask("users", **{name: "999"})
    assert (response.status_code, response.json()["code"]) == (404, "harvest_not_found")
    assert response.json()["message"].startswith(f"{name}: 999 is none here")


def test_who_leads_nobody_is_no_group(ask: Ask, sandbox: RunningSandbox) -> None:
    response = ask("users", group_id=str(sandbox.user("carmen").id))
    assert response.status_code == 422
    assert response.json()["message"].startswith("group_id: ")


@pytest.mark.parametrize(("who", "words"), [("bruno", "teammates need an administrator"), ("carmen", "by a member")])
def test_a_group_takes_an_administrator(
    api: APIClient, board: NewHostApp, link: Callable[..., Connection], sandbox: RunningSandbox, who: str, words: str
) -> None:
    query = {"integrated_account_id": str(link(who, board.host_app, tenant_id=who).pk)}
    response = api.get("/unified/user-directory/users", query | {"group_id": str(sandbox.user("bruno").id)})
    assert (response.status_code, response.json()["code"]) == (403, "harvest_forbidden")
    assert words in response.json()["message"]


def test_the_metadata_says_what_it_takes(api: APIClient) -> None:
    properties = api.get("/unified/user-directory/users/meta/list").json()["query_schema"]["properties"]
    assert "administrator" in properties["group_id"]["description"]
    assert {"organization_id", "workspace_id"} <= set(properties)
