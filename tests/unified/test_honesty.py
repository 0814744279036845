"""What was asked for is what is answered: nothing ignored, nothing left out, nothing counted twice."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import pytest
from rest_framework.test import APIClient

from harvest_bridge.connections.models import Connection
from harvest_bridge.hosts.services import NewHostApp
from harvest_bridge.sandbox.testing import RunningSandbox
from tests.unified.conftest import Ask

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]
YEAR = {"start_date": "2026-01-01", "end_date": "2026-11-24"}


@pytest.mark.parametrize(
    ("path", "query", "named"),
    [
        ("me", {"sort_by": "name"}, "sort_by"),
        ("me", {"next_cursor": "forged"}, "next_cursor"),
        ("me", {"limit": "0"}, "limit"),
        ("users", {"sort_by": "name", "next_cursor": "forged"}, "next_cursor"),
        ("organizations", {"sort_by": "shoe_size"}, "sort_by"),
        ("users", {"status": "active", "remote_query[is_active]": "false"}, "remote_query[is_active]"),
        ("users", {"truto_response_format": "raw", "truto_exclude_fields": "emails"}, "truto_exclude_fields"),
        ("users", {"truto_response_format": "raw", "expand": "roles"}, "expand"),
        ("users", {"expand": "roles", "sort_by": "shoe_size"}, "sort_by"),
        ("users", {"expand": "roles", "status": "active", "remote_query[is_active]": "1"}, "remote_query[is_active]"),
        ("workspaces", {"user_id": "me", "remote_query[updated_since]": "2020-01-01"}, "remote_query[updated_since]"),
        ("workspaces", {"user_id": "4000103", "remote_query[client_id]": "1"}, "remote_query[client_id]"),
        ("users", {"remote_query[is_active]": "maybe"}, "remote_query[is_active]"),
        ("users", {"remote_query[updated_since]": "yesterday"}, "remote_query[updated_since]"),
        ("workspaces", {"remote_query[client_id]": "Acme"}, "remote_query[client_id]"),
        ("users", {"limit": ["5", "7"]}, "limit"),
        ("groups", {"name[gt]": "A"}, "name[gt]"),
        ("users", {"id[in]": ""}, "id[in]"),
        ("users", {"updated_at[gt]": "9999-12-31T23:59:59-14:00"}, "updated_at[gt]"),
        ("utilization", {**YEAR, "id[gt]": "1"}, "id[gt]"),
    ],
)
def test_what_would_be_ignored_is_a_400_and_costs_nothing(
    ask: Ask, sandbox: RunningSandbox, path: str, query: dict[str, str], named: str
) -> None:
    sandbox.journal.clear()
    response = ask(path, **query)
    assert (response.status_code, response.json()["code"]) == (400, "invalid_request"), response.content
    assert response.json()["message"].startswith(named)
    assert sandbox.requests() == []


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ({"updated_at[gt]": "2999-01-01T00:00:00Z", "updated_at[gte]": "2000-01-01T00:00:00Z"}, 0),
        ({"updated_at[gte]": "2000-01-01T00:00:00Z", "updated_at[gt]": "2999-01-01T00:00:00Z"}, 0),
        ({"updated_at[gt]": "2000-01-01T00:00:00Z", "updated_at[lt]": "2999-01-01T00:00:00Z"}, 12),
        ({"status[eq]": "active", "status[in]": "inactive"}, 0),
        ({"status[in]": "active,inactive"}, 12),
        ({"status[in]": "inactive", "updated_at[gt]": "2000-01-01"}, 1),
    ],
)
def test_all_conditions_hold_at_once(ask: Ask, query: dict[str, str], count: int) -> None:
    assert ask("users", **query).json()["result_count"] == count


def test_text_may_have_commas_of_its_own(ask: Ask, sandbox: RunningSandbox) -> None:
    with sandbox.world.lock:
        role = next(iter(sandbox.account.roles))
        role.name, people = "Glazing, Putty", {str(user.id) for user in role.users}
    assert {user["id"] for user in ask("users", roles="Glazing, Putty").json()["result"]} == people
    assert ask("users", **{"roles[]": "Glazing, Putty"}).json()["result_count"] == len(people)


def test_the_limit_is_dropped_where_that_is_asked_for(ask: Ask) -> None:
    page = ask("users", limit=3, truto_ignore_limit="true").json()
    assert (page["limit"], page["result_count"]) == (2000, 12)


def test_raw_records_can_be_keyed_by_their_id(ask: Ask) -> None:
    result = ask("users", truto_response_format="raw", truto_key_by="id").json()["result"]
    assert all(key == str(user["id"]) for key, user in result.items())


def test_everybody_is_once_in_the_utilization(ask: Ask, sandbox: RunningSandbox) -> None:
    rows = ask("utilization", **YEAR).json()["result"]
    assert len({row["id"] for row in rows}) == len(rows)
    harvests = sandbox.get("/v2/reports/time/team?from=20260101&to=20261124", "alice").json()["results"]
    assert len(harvests) > len(rows)
    for row in rows:
        own = [one for one in harvests if str(one["user_id"]) == row["id"]]
        assert row["remote_data"] == {"results": own}
        assert row["total_hours"] == round(sum(one["total_hours"] for one in own), 2)


@pytest.mark.parametrize(
    ("who", "path", "words"),
    [
        ("bruno", "groups", "linked by a manager"),
        ("carmen", "groups", "linked by a member"),
        ("carmen", "utilization", "linked by a member"),
        ("carmen", "organizations", "linked by a member"),
        ("carmen", "workspaces", "linked by a member"),
        ("bruno", "roles", "need an administrator"),
        ("bruno", "organizations", "needs an administrator"),
    ],
)
def test_less_than_was_asked_for_is_a_403_and_no_short_list(
    api: APIClient, board: NewHostApp, link: Callable[..., Connection], who: str, path: str, words: str
) -> None:
    connection = link(who, board.host_app, tenant_id=who)
    query = {"integrated_account_id": str(connection.pk), **(YEAR if path == "utilization" else {})}
    response = api.get(f"/unified/user-directory/{path}", query)
    assert (response.status_code, response.json()["code"]) == (403, "harvest_forbidden"), response.content
    assert words in response.json()["message"]


def test_the_same_refusal_comes_again_under_the_same_key(ask: Ask, sandbox: RunningSandbox) -> None:
    path, headers = f"users/{sandbox.user('carmen').id}", {"Idempotency-Key": "gone"}
    first, again = (ask(path, "delete", None, headers).json()["message"] for _ in range(2))
    assert first == again
    assert first.endswith("expenses. Archive them instead: PATCH with status inactive.")


def test_me_tells_how_old_it_is(ask: Ask, monkeypatch: pytest.MonkeyPatch) -> None:
    """Else a cache on the way would add its minute to ours."""
    assert ask("me")["Age"] == "0"
    now = time.time()
    monkeypatch.setattr("harvest_bridge.unified.services.time.time", lambda: now + 40)
    assert ask("me")["Age"] == "40"


def test_another_organization_is_not_found_without_asking(ask: Ask, sandbox: RunningSandbox) -> None:
    sandbox.journal.clear()
    assert ask("organizations/7").status_code == 404
    assert sandbox.requests() == []


@pytest.mark.parametrize("path", ["users", "roles", "organizations"])
def test_an_archived_account_is_an_error_and_no_empty_list(ask: Ask, sandbox: RunningSandbox, path: str) -> None:
    """Harvest lets nobody in any more (REFERENCE §2.7); after 30 s of it the connection ends."""
    with sandbox.world.lock:
        sandbox.account.company.is_active = False
    response = ask(path)
    assert (response.status_code, response.json()["code"]) == (503, "token_refresh_failed")


def test_every_method_has_its_meta_and_its_capability(api: APIClient, alices: Connection) -> None:
    meta: dict[str, Any] = api.get("/unified/meta/user-directory/harvest").json()["resources"]
    rows = api.get(f"/integrated-account/{alices.pk}/capabilities").json()["result"]
    offered = {(f"user-directory/{name}", method) for name, methods in meta.items() for method in methods}
    assert {(row["resource"], row["method"]) for row in rows} == offered
    assert all(row["is_available"] for row in rows)
    for name, methods in meta.items():
        for method in methods:
            assert api.get(f"/unified/user-directory/{name}/meta/{method}").json() == methods[method]


def test_capabilities_tell_a_part_from_all(api: APIClient, board: NewHostApp, link: Callable[..., Connection]) -> None:
    brunos = link("bruno", board.host_app, tenant_id="brunos")
    rows = api.get(f"/integrated-account/{brunos.pk}/capabilities", {"resource": "user-directory/users"}).json()
    found = {row["method"]: (row["is_available"], row["reason"] or "") for row in rows["result"]}
    assert found["list"][0]
    assert "Only in part" in found["list"][1]
    assert found["update"][0]
    assert not found["archive"][0]
    assert "needs an administrator" in found["archive"][1]
    assert not found["create"][0]


def test_what_can_be_written_is_a_schema_that_says_so(api: APIClient) -> None:
    body = api.get("/unified/user-directory/users/meta/create").json()["request_body_schema"]
    assert body["properties"]["emails"]["items"]["properties"]["email"]["format"] == "email"
    assert body["properties"]["status"]["enum"] == ["active", "inactive"]
    assert body["properties"]["weekly_capacity"]["maximum"] == 604800
    assert sorted(body["required"]) == ["emails", "first_name", "last_name"]
