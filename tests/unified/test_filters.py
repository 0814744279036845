"""What a list can be narrowed and sorted by: at Harvest where it can, else here; never ignored."""

from __future__ import annotations

from typing import Any

import pytest

from harvest_bridge.sandbox.testing import RunningSandbox
from harvest_bridge.unified import services
from harvest_bridge.unified.filters import Narrowing, text_of
from harvest_bridge.unified.schema import Role
from tests.unified.conftest import Ask

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]


def first_names(response: Any) -> list[str]:
    assert response.status_code == 200, response.content
    return [user["first_name"] for user in response.json()["result"]]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({"first_name": "carmen"}, {"Carmen"}),
        ({"first_name[in]": "Carmen,Ivan"}, {"Carmen", "Ivan"}),
        ({"first_name[]": "Ivan"}, {"Ivan"}),
        ({"user_type": "contractor", "status": "active"}, {"Ivan", "Julia", "Kwame"}),
        ({"roles": "administrator"}, {"Alice"}),
        ({"status": "inactive"}, {"Laura"}),
        ({"created_at[lt]": "1999-01-01"}, set()),
    ],
)
def test_a_list_is_narrowed(ask: Ask, query: dict[str, str], expected: set[str]) -> None:
    assert set(first_names(ask("users", **query))) == expected


def test_what_harvest_can_narrow_is_left_to_it(ask: Ask, sandbox: RunningSandbox) -> None:
    sandbox.journal.clear()
    ask("users", status="active", **{"updated_at[gt]": "2000-01-01T00:00:00Z"})
    [request] = sandbox.requests()
    assert "is_active=true" in request.query
    assert "updated_since=2000-01-01" in request.query


def test_within_a_second_nothing_is_lost(ask: Ask, sandbox: RunningSandbox) -> None:
    carmen = ask(f"users/{sandbox.user('carmen').id}").json()["updated_at"]
    assert carmen in [user["updated_at"] for user in ask("users", **{"updated_at[gte]": carmen}).json()["result"]]
    assert carmen not in [user["updated_at"] for user in ask("users", **{"updated_at[gt]": carmen}).json()["result"]]


def test_ids_are_sorted_by_their_size() -> None:
    records = [Role(id=one) for one in ("10", "9", "x", "1000", "100")]
    known = {"id": text_of("id")}
    rising = [record.id for record in Narrowing(sort_by="id").applied(records, known)]
    assert rising == ["9", "10", "100", "1000", "x"]
    assert [record.id for record in Narrowing(sort_by="-id").applied(records, known)] == rising[::-1]


def test_a_clients_no_date_is_a_moment_like_others(ask: Ask) -> None:
    for operator in ("gt", "gte"):
        assert len(first_names(ask("users", **{f"updated_at[{operator}]": "0001-01-01T00:00:00Z"}))) == 12


@pytest.mark.parametrize(("sort_by", "is_falling"), [("name", False), ("-name", True), ("name:desc", True)])
def test_a_list_is_sorted_over_all_pages(ask: Ask, sort_by: str, is_falling: bool) -> None:
    names: list[str] = []
    cursor = ""
    while cursor is not None:
        page = ask("users", sort_by=sort_by, limit=5, next_cursor=cursor).json()
        names += [user["name"] for user in page["result"]]
        cursor = page["next_cursor"]
    assert names == sorted(names, key=str.casefold, reverse=is_falling)
    assert len(names) == 12


def test_one_can_go_back_in_a_sorted_list(ask: Ask) -> None:
    first = ask("users", sort_by="name", limit=5).json()
    second = ask("users", sort_by="name", limit=5, next_cursor=first["next_cursor"]).json()
    assert ask("users", sort_by="name", limit=5, next_cursor=second["prev_cursor"]).json()["result"] == first["result"]


def test_too_many_to_sort_here_is_said(ask: Ask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(services, "MOST_SCANNED", 5)
    response = ask("users", sort_by="name")
    assert (response.status_code, response.json()["code"]) == (400, "invalid_request")
    assert "5 records" in response.json()["message"]


@pytest.mark.parametrize(
    ("path", "query", "named"),
    [
        ("users", {"group_id[gt]": "1"}, "group_id"),
        ("users", {"name[gt]": "A"}, "name[gt]"),
        ("users", {"name[in][x]": "A"}, "name[in]"),
        ("users", {"user_type": "admin"}, "user_type"),
        ("users", {"sort_by": "shoe_size"}, "sort_by"),
        ("users", {"sort_by": "name:sideways"}, "sort_by"),
        ("users", {"created_at[gt]": "soon"}, "created_at[gt]"),
        ("users", {"truto_response_format": "stream"}, "truto_response_format"),
        ("users", {"truto_exclude_fields": "shoe_size"}, "truto_exclude_fields"),
        ("users", {"truto_key_by": "shoe_size"}, "truto_key_by"),
        ("users", {"remote_query[page]": "2"}, "remote_query[page]"),
        ("users", {"remote_query": "2"}, "remote_query"),
        ("users", {"expand": "everything"}, "expand"),
        ("roles", {"expand": "roles"}, "expand"),
        ("utilization", {}, "start_date"),
        ("utilization", {"start_date": "2026-01-02", "end_date": "2026-01-01"}, "end_date"),
        ("workspaces", {"user_id": "me", "status": "inactive"}, "status"),
    ],
)
def test_what_cannot_be_done_is_a_400_that_names_it(ask: Ask, path: str, query: dict[str, str], named: str) -> None:
    response = ask(path, **query)
    assert (response.status_code, response.json()["code"]) == (400, "invalid_request"), response.content
    assert response.json()["message"].startswith(named)


def test_records_can_be_keyed(ask: Ask) -> None:
    result = ask("users", truto_key_by="id", limit=3).json()["result"]
    assert len(result) == 3
    assert all(key == user["id"] for key, user in result.items())
    assert ask("users", truto_key_by="user_type").status_code == 400


def test_fields_can_be_left_out(ask: Ask) -> None:
    [user] = ask("users", truto_exclude_fields="emails,remote_data", limit=1).json()["result"]
    assert "id" in user
    assert not {"emails", "remote_data"} & set(user)


def test_raw_is_what_harvest_sends(ask: Ask, sandbox: RunningSandbox) -> None:
    raw = ask("users", truto_response_format="raw", limit=12).json()["result"]
    assert raw == sandbox.get("/v2/users", "alice").json()["users"]
    narrowed = ask("users", truto_response_format="raw", first_name="Ivan").json()["result"]
    assert narrowed == [user for user in raw if user["first_name"] == "Ivan"]


def test_normalized_is_unified(ask: Ask) -> None:
    assert ask("users", truto_response_format="normalized").json() == ask("users").json()


def test_debug_tells_what_harvest_sent(ask: Ask) -> None:
    page = ask("users", truto_response_format="debug", limit=2).json()
    assert (page["debug"]["resultCount"], page["debug"]["isEmptyResult"]) == (2, False)
    assert page["debug"]["data"] == [user["remote_data"] for user in page["result"]]


def test_harvests_own_parameters_pass(ask: Ask) -> None:
    assert first_names(ask("users", **{"remote_query[is_active]": "false"})) == ["Laura"]


def test_ids_of_job_roles_cost_one_request_more(ask: Ask, sandbox: RunningSandbox) -> None:
    sandbox.journal.clear()
    users = ask("users", expand="roles").json()["result"]
    jobs = [role for user in users for role in user["roles"] if role["group"] == "job"]
    known = {role["name"]: role["id"] for role in ask("roles").json()["result"]}
    assert jobs
    assert all(role["id"] == known[role["name"]] for role in jobs)
    assert [request.path for request in sandbox.requests()][:2] == ["/v2/roles", "/v2/users"]


def test_the_other_resources(ask: Ask, sandbox: RunningSandbox) -> None:
    [account] = ask("organizations").json()["result"]
    assert account == ask(f"organizations/{sandbox.account.id}").json()
    groups = ask("groups").json()["result"]
    assert [group["name"] for group in groups] == ["Team of Bruno Keller"]
    assert ask(f"groups/{groups[0]['id']}").json()["users"]
    projects = ask("workspaces", status="active").json()["result"]
    assert ask(f"workspaces/{projects[0]['id']}").json()["name"] == projects[0]["name"]
    carmen = str(sandbox.user("carmen").id)
    hers = {project["id"] for project in ask("workspaces", user_id=carmen).json()["result"]}
    assert hers == {workspace["id"] for workspace in ask(f"users/{carmen}", expand="workspaces").json()["workspaces"]}
    worked = ask("utilization", start_date="2026-01-01", end_date="2026-11-24").json()["result"]
    assert any(row["total_hours"] for row in worked)
