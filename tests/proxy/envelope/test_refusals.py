"""What cannot be done through /proxy, and bodies in every dress."""

from __future__ import annotations

from typing import Any

import pytest

from harvest_bridge.sandbox.testing import RunningSandbox

from .conftest import Ask

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]


@pytest.mark.parametrize(
    ("verb", "path", "status", "said", "allowed"),
    [
        ("patch", "/proxy/users", 405, "it can list, get, create, update, delete", "GET, POST, HEAD, OPTIONS"),
        ("put", "/proxy/users/7", 405, "PUT", "GET, PATCH, DELETE, HEAD, OPTIONS"),
        ("delete", "/proxy/billable_rates/7", 405, "it can list, get, create", "GET, HEAD, OPTIONS"),
        ("get", "/proxy/invoice_payments/7", 405, "it can list, create, delete", "DELETE, OPTIONS"),
        ("post", "/proxy/reports_uninvoiced", 405, "it can list", "GET, HEAD, OPTIONS"),
        ("post", "/proxy/reports/uninvoiced", 405, "it can list", "GET, HEAD, OPTIONS"),
        ("delete", "/proxy/time_entries/7/stop", 405, "POST or PATCH", "POST, PATCH, OPTIONS"),
        ("post", "/proxy/time_entries/7/pause", 404, "it has stop, restart, external_reference", None),
        ("get", "/proxy/time_entries/stop", 405, "call it by POST", "POST, OPTIONS"),
        ("delete", "/proxy/invoice_messages/new", 405, "call it by GET or POST", "GET, POST, HEAD, OPTIONS"),
        ("post", "/proxy/users/promote", 404, "it has none", None),
        ("post", "/proxy/_/anything", 404, "there are clients", None),
        ("get", "/proxy/usres/7", 404, "did you mean users", None),
        ("post", "/proxy/time_entries/stop", 400, "id: name the record to stop", None),
        ("get", "/proxy/clients/seven", 404, "ids are whole numbers", None),
        ("get", "/proxy/clients/7?colour=red", 400, "colour", None),
        ("post", "/proxy/clients?limit=5", 400, "limit", None),
        ("delete", "/proxy/task_assignments/7", 400, "project_id", None),
    ],
)
def test_what_cannot_be_done_says_what_can(
    ask: Ask, sandbox: RunningSandbox, verb: str, path: str, status: int, said: str, allowed: str | None
) -> None:
    path, _, query = path.partition("?")
    sandbox.journal.clear()
    response = ask(verb, path, **dict(pair.split("=") for pair in query.split("&") if pair))
    assert response.status_code == status, response.content
    assert said in response.json()["message"]
    assert allowed is None or response.headers["Allow"] == allowed
    assert sandbox.requests() == []


def test_harvests_refusals_come_with_its_own_words(ask: Ask) -> None:
    refused = ask("post", "/proxy/time_entries", json={})
    assert (refused.status_code, refused.json()["code"]) == (422, "harvest_rejected")
    assert "Task can't be blank" in refused.json()["message"]
    assert refused.json()["truto_is_remote_error"] is True
    assert refused.json()["raw_response"]["message"] == refused.json()["message"]


@pytest.mark.parametrize("body", ["[1]", '"text"', "7", "null"])
def test_a_body_that_is_no_object_is_refused(ask: Ask, api: Any, alices: Any, body: str) -> None:
    response = api.generic(
        "POST", f"/proxy/clients?integrated_account_id={alices.pk}", body, content_type="application/json"
    )
    assert (response.status_code, response.json()["code"]) == (400, "invalid_request")


@pytest.mark.parametrize("content_type", ["", "text/plain;charset=UTF-8", "application/x-www-form-urlencoded"])
def test_a_json_body_is_read_whatever_it_is_called(api: Any, alices: Any, content_type: str) -> None:
    path = f"/proxy/clients?integrated_account_id={alices.pk}"
    response = api.generic("POST", path, '{"name": "Vandelay"}', content_type=content_type)
    assert (response.status_code, response.json()["name"]) == (201, "Vandelay")


def test_doubled_slashes_and_a_trailing_question_mark_do_no_harm(api: Any, alices: Any) -> None:
    query = f"integrated_account_id={alices.pk}&"
    assert api.generic("GET", "/", PATH_INFO="//proxy///clients", QUERY_STRING=query).status_code == 200


@pytest.mark.parametrize("path", ["/proxy/clients", "/custom/v2/clients"])
@pytest.mark.parametrize(
    "body",
    [
        '{"name": "\\ud800"}',
        '{"name": 1e999}',
        '{"name": NaN}',
        '{"name": ' + "[" * 100_000 + "]" * 100_000 + "}",
        b'{"name": "\xff"}',
        "",
    ],
    ids=["half a surrogate pair", "too large a number", "NaN", "endless nesting", "not UTF-8", "nothing"],
)
def test_what_is_no_json_is_not_sent_on(
    api: Any, alices: Any, sandbox: RunningSandbox, path: str, body: str | bytes
) -> None:
    sandbox.journal.clear()
    response = api.post(f"{path}?integrated_account_id={alices.pk}", data=body or b" ", content_type="application/json")
    assert (response.status_code, response.json()["code"]) == (400, "parse_error")
    assert sandbox.requests() == []


def test_a_body_that_is_too_long_says_so(api: Any, alices: Any, sandbox: RunningSandbox) -> None:
    sandbox.journal.clear()
    path, body = f"/proxy/clients?integrated_account_id={alices.pk}", '{"name": "' + "x" * 9_000_000 + '"}'
    response = api.generic("POST", path, body, content_type="application/json")
    assert (response.status_code, response.json()["code"]) == (413, "body_too_long")
    assert sandbox.requests() == []
