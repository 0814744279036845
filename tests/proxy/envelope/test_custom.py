"""/custom/{path}: any call of Harvest's, in the envelope, and nowhere but to Harvest's API."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs

import pytest

from harvest_bridge.harvest.budgets import Budget
from harvest_bridge.sandbox.testing import RunningSandbox

from .conftest import Ask
from .owners import first_of

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]


@pytest.mark.parametrize("prefix", ["/custom/v2/", "/custom/", "/custom//v2//", "/custom/api/v2/"])
def test_a_path_is_harvests_with_or_without_its_version(ask: Ask, sandbox: RunningSandbox, prefix: str) -> None:
    answer = ask("get", f"{prefix}users/me")
    assert answer.status_code == 200
    me = sandbox.get("/v2/users/me", "alice").json()
    assert answer.json() == {"result": me, "next_cursor": None, "prev_cursor": None}


def test_a_list_has_cursors(every_page: Callable[..., list[list[Any]]], sandbox: RunningSandbox) -> None:
    pages = every_page("/custom/v2/clients", limit=4)
    assert [len(page) for page in pages] == [4, 2]
    assert [row for page in pages for row in page] == sandbox.get("/v2/clients", "alice").json()["clients"]


def test_a_list_without_a_limit_is_as_long_as_harvest_makes_it(ask: Ask, sandbox: RunningSandbox) -> None:
    sandbox.journal.clear()
    page = ask("get", "/custom/v2/clients").json()
    assert (page["result_count"], page["limit"], page["next_cursor"]) == (6, 2000, None)
    assert sandbox.requests()[0].query == ""


def test_harvests_own_paging_works_too(ask: Ask) -> None:
    page = ask("get", "/custom/v2/clients", per_page=2, page=2).json()
    assert (page["result_count"], page["limit"]) == (2, 2)
    assert ask("get", "/custom/v2/clients", per_page=2, page=2, next_cursor=page["next_cursor"]).json()["result"]


def test_the_query_goes_through_without_what_is_ours(ask: Ask, sandbox: RunningSandbox) -> None:
    sandbox.journal.clear()
    ask("get", "/custom/v2/time_entries", limit=1, colour="red & blue", **{"a[]": ["1", "2"]})
    query = parse_qs(sandbox.requests()[0].query)
    assert query == {"per_page": ["1"], "colour": ["red & blue"], "a[]": ["1", "2"]}


def test_a_record_is_written_read_and_deleted(ask: Ask, sandbox: RunningSandbox) -> None:
    made = ask("post", "/custom/v2/clients", json={"name": "Vandelay"})
    assert (made.status_code, made.json()["result"]["name"]) == (201, "Vandelay")
    path = f"/custom/v2/clients/{made.json()['result']['id']}"
    assert ask("patch", path, json={"name": "Vandelay Inc"}).json()["result"]["name"] == "Vandelay Inc"
    sandbox.switch(delete_body="empty")
    assert ask("delete", path).json() == {"result": None, "next_cursor": None, "prev_cursor": None}
    assert ask("get", path).status_code == 404


def test_reports_draw_on_their_own_budget(ask: Ask) -> None:
    query = {"from": "2026-11-01", "to": "2026-11-30"}
    for path in ("/custom/v2/reports/time/team", "/proxy/reports/time/team", "/proxy/reports_time_team"):
        answer = ask("get", path, **query)
        assert answer.json()["result"], answer.content
        assert answer.headers["ratelimit-limit"] == "100;w=900", Budget.REPORTS


@pytest.mark.parametrize(
    "query", [{"access_token": "x"}, {"account_id": "1530977"}, {"account_id[]": "1530977"}], ids=str
)
def test_credentials_in_the_query_never_reach_harvest(ask: Ask, sandbox: RunningSandbox, query: Any) -> None:
    """Harvest reads them there too, before its headers: another account of the same person's token would answer."""
    sandbox.journal.clear()
    config = {"methodConfig": {"method": "GET", "query": query}}
    for answer in (
        ask("get", "/custom/v2/company", **query),
        ask("post", "/custom/v2/clients", json={"name": "Vandelay"}, **query),
        ask("post", "/custom/v2/company", json=config),
    ):
        assert (answer.status_code, answer.json()["code"]) == (400, "credentials_in_query")
    assert sandbox.requests() == []


class TestMethodConfig:
    def test_it_restates_the_call_and_is_not_sent(self, ask: Ask, sandbox: RunningSandbox) -> None:
        client = first_of("clients", sandbox)
        sandbox.journal.clear()
        config = {"method": "patch", "query": {"x": [1, True]}, "body": {"name": "Vandelay"}}
        answer = ask("post", f"/custom/v2/clients/{client}", json={"methodConfig": config, "ignored": 1})
        assert (answer.status_code, answer.json()["result"]["name"]) == (200, "Vandelay")
        [sent] = sandbox.requests()
        assert (sent.method, sent.query, sent.json) == ("PATCH", "x=1&x=true", {"name": "Vandelay"})

    def test_a_post_can_read(self, ask: Ask) -> None:
        answer = ask("post", "/custom/v2/clients", json={"methodConfig": {"method": "GET", "query": {"per_page": 2}}})
        assert (answer.status_code, answer.json()["result_count"]) == (200, 2)

    @pytest.mark.parametrize(
        ("config", "said"),
        [
            ({"error_expression": "$.error"}, "methodConfig.error_expression: "),
            ({"headers": {"Host": "evil.example"}}, "methodConfig.headers: "),
            ({"path": "//evil.example/"}, "methodConfig.path: "),
            ({"response_path": "users"}, "methodConfig.response_path: "),
            ({"body": '{ "name": name }'}, "JSONata"),
            ({"query": {"user_id": "{{context.user}}"}}, "JSONata"),
            ({"query": {"a": {"b": 1}}}, "methodConfig.query: "),
            ({"body": [1]}, "methodConfig.body: "),
            ({"method": "CONNECT"}, "methodConfig.method: "),
            ("$", "methodConfig: "),
        ],
        ids=str,
    )
    def test_what_it_cannot_say_is_refused(self, ask: Ask, sandbox: RunningSandbox, config: Any, said: str) -> None:
        sandbox.journal.clear()
        answer = ask("post", "/custom/v2/clients", json={"methodConfig": config})
        assert (answer.status_code, answer.json()["code"]) == (400, "invalid_request")
        assert said in answer.json()["message"]
        assert sandbox.requests() == []


@pytest.mark.parametrize(
    "path",
    [
        "/custom/https://evil.example/v2/users",
        "/custom/..%2f..%2foauth2/token",
        "/custom/v2/../../api/v2/oauth2/token",
        "/custom/v2/%2e%2e/%2e%2e/oauth2",
        "/custom/v2/%252e%252e/x",
        "/custom/v2/users%00",
        "/custom/v2/users%0d%0aX-Evil:1",
        "/custom/v2/users%5c..%5cx",
        "/custom/v2/users%3fx=1",
        "/custom/v2/users%23x",
        "/custom/v2/@evil.example",
        "/custom/v2/.well-known",
        "/custom/v2/üsers",
    ],
)
def test_a_path_that_could_mean_another_place_is_refused(ask: Ask, sandbox: RunningSandbox, path: str) -> None:
    sandbox.journal.clear()
    answer = ask("get", path)
    assert (answer.status_code, answer.json()["code"]) in {(400, "invalid_request"), (404, "not_found")}
    assert sandbox.requests() == []


def test_an_unknown_path_is_harvests_404(ask: Ask) -> None:
    answer = ask("get", "/custom/v2/nothing_here")
    assert (answer.status_code, answer.json()["code"]) == (404, "harvest_not_found")
