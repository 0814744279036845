"""Users, roles and me over a real sandbox, page by page."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from rest_framework.test import APIClient

from harvest_bridge.connections.models import Connection, Status
from harvest_bridge.hosts.services import NewHostApp
from harvest_bridge.sandbox.testing import RunningSandbox
from tests.unified.conftest import Ask

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]


def every_page(ask: Ask, path: str, **query: Any) -> list[list[Any]]:
    pages, cursor = [], ""
    while cursor is not None:
        page = ask(path, next_cursor=cursor, **query).json()
        pages.append(page["result"])
        cursor = page["next_cursor"]
    return pages


@pytest.mark.parametrize("limit", [1, 5, 12, 2000])
def test_all_people_come_once_whatever_the_page_size(ask: Ask, sandbox: RunningSandbox, limit: int) -> None:
    pages = every_page(ask, "users", limit=limit)
    seen = [user["id"] for page in pages for user in page]
    assert sorted(seen) == sorted(str(user["id"]) for user in sandbox.get("/v2/users", "alice").json()["users"])
    assert all(len(page) <= limit for page in pages)


def test_a_page_says_how_much_it_holds(ask: Ask) -> None:
    page = ask("users", limit=5).json()
    assert (page["result_count"], page["limit"], len(page["result"])) == (5, 5, 5)
    assert page["prev_cursor"] is None


def test_one_page_costs_one_harvest_request(ask: Ask, sandbox: RunningSandbox) -> None:
    sandbox.journal.clear()
    ask("users", limit=5)
    assert [request.path for request in sandbox.requests()] == ["/v2/users"]


def test_one_user_by_id_is_bare(ask: Ask, sandbox: RunningSandbox) -> None:
    ivan = sandbox.user("ivan")
    shown = ask(f"users/{ivan.id}").json()
    assert (shown["id"], shown["user_type"], shown["status"]) == (str(ivan.id), "contractor", "active")
    assert shown["emails"] == [{"email": ivan.email, "type": "work", "is_primary": True}]
    assert shown["remote_data"] == sandbox.get(f"/v2/users/{ivan.id}", "alice").json()


def test_an_archived_person_is_inactive(ask: Ask, sandbox: RunningSandbox) -> None:
    assert ask(f"users/{sandbox.user('laura').id}").json()["status"] == "inactive"
    inactive = ask("users", status="inactive").json()["result"]
    assert [user["first_name"] for user in inactive] == ["Laura"]


def test_what_changed_since_a_moment(ask: Ask, sandbox: RunningSandbox) -> None:
    assert ask("users", **{"updated_at[gt]": "2999-01-01T00:00:00Z"}).json()["result"] == []
    assert len(ask("users", **{"updated_at[gt]": "2000-01-01"}).json()["result"]) == 12


def test_roles_are_listed_and_read(ask: Ask) -> None:
    roles = [role for page in every_page(ask, "roles", limit=2) for role in page]
    assert len(roles) > 2
    assert ask(f"roles/{roles[0]['id']}").json() == roles[0]


def test_me_is_a_list_of_the_linker(ask: Ask) -> None:
    page = ask("me").json()
    assert [person["name"] for person in page["result"]] == ["Alice Okafor"]
    assert (page["next_cursor"], page["result_count"]) == (None, 1)


def test_who_linked_a_connection_that_has_ended_is_not_told_from_memory(ask: Ask, alices: Connection) -> None:
    assert ask("me").status_code == 200
    Connection.objects.filter(pk=alices.pk).update(status=Status.NEEDS_REAUTH, sealed_refresh_token="")
    answer = ask("me")
    assert (answer.status_code, answer.json()["code"]) == (424, "needs_reauth")


def test_remote_data_can_be_left_out(ask: Ask) -> None:
    assert "remote_data" not in ask("me", truto_ignore_remote_data="true").json()["result"][0]


def test_every_answer_tells_what_is_left_of_the_budget(ask: Ask) -> None:
    headers = ask("me").headers
    assert headers["ratelimit-limit"] == "100;w=15"
    assert 0 <= int(headers["ratelimit-remaining"]) < 100
    assert int(headers["ratelimit-reset"]) >= 1
    assert "ratelimit-remaining" in ask("users/999999999").headers


@pytest.mark.parametrize(
    ("path", "query", "named"),
    [
        ("users", {"colour": "red"}, "colour"),
        ("users", {"status": "deleted"}, "status"),
        ("users", {"limit": "0"}, "limit"),
        ("users", {"limit": "2001"}, "limit"),
        ("users", {"limit": "ten"}, "limit"),
        ("users", {"updated_at[gt]": "yesterday"}, "updated_at"),
        ("users", {"next_cursor": "forged"}, "next_cursor"),
        ("roles", {"status": "active"}, "status"),
        ("me", {"truto_ignore_remote_data": "perhaps"}, "truto_ignore_remote_data"),
    ],
)
def test_what_cannot_be_applied_is_a_400_that_names_it(ask: Ask, path: str, query: dict[str, str], named: str) -> None:
    response = ask(path, **query)
    assert (response.status_code, response.json()["code"]) == (400, "invalid_request")
    assert response.json()["message"].startswith(named)


def test_a_cursor_of_other_filters_is_refused(ask: Ask) -> None:
    cursor = ask("users", limit=2, status="active").json()["next_cursor"]
    assert ask("users", limit=2, next_cursor=cursor).status_code == 400


def test_a_missing_connection_is_named(api: APIClient) -> None:
    response = api.get("/unified/user-directory/users")
    assert (response.status_code, response.json()["code"]) == (400, "missing_integrated_account_id")


@pytest.mark.parametrize("path", ["users/999999999", "users/abc", "roles/999999999", "users/..%2Fcompany"])
def test_an_unknown_record_is_harvests_404(ask: Ask, path: str) -> None:
    response = ask(path)
    assert response.status_code == 404
    assert response.json()["code"] in {"harvest_not_found", "not_found"}


def test_a_members_connection_is_told_what_it_lacks(
    api: APIClient, board: NewHostApp, link: Callable[..., Connection]
) -> None:
    carmens = link("carmen", board.host_app, tenant_id="carmens")
    query = {"integrated_account_id": str(carmens.pk)}
    response = api.get("/unified/user-directory/users", query)
    assert (response.status_code, response.json()["code"]) == (403, "harvest_forbidden")
    assert response.json()["truto_is_remote_error"] is True
    assert api.get("/unified/user-directory/me", query).status_code == 200


def test_a_throttled_harvest_is_a_429_that_says_when_to_come_back(
    ask: Ask, sandbox: RunningSandbox, settings: Any
) -> None:
    settings.HARVEST_TIMEOUT_SECONDS = 2
    sandbox.fault("status", path="/v2/users/me", status=429, retry_after=9, times=None)
    response = ask("me")
    assert (response.status_code, response.json()["code"]) == (429, "harvest_rate_limited")
    assert 1 <= int(response.headers["Retry-After"]) <= 10


@pytest.mark.parametrize(
    ("fault", "statuses"),
    [
        ({"kind": "status", "status": 500}, {502, 503}),
        ({"kind": "html_error", "status": 502}, {502, 503}),
        ({"kind": "truncated_json"}, {502, 503}),
        ({"kind": "reset"}, {502, 503}),
    ],
)
def test_a_failing_harvest_is_an_error_of_ours_in_one_shape(
    ask: Ask, sandbox: RunningSandbox, settings: Any, fault: dict[str, Any], statuses: set[int]
) -> None:
    settings.HARVEST_TIMEOUT_SECONDS = 1
    sandbox.fault(path="/v2/users/me", times=None, **fault)
    response = ask("me")
    assert response.status_code in statuses
    assert response.json()["code"].startswith("harvest_")
    assert {"statusCode", "error", "message"} <= set(response.json())
