"""Who may call /proxy and /custom, and for whose data; what the answers say of the budget."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from rest_framework.test import APIClient

from harvest_bridge.connections.models import Connection
from harvest_bridge.connections.services import create_link_token, disconnect
from harvest_bridge.hosts.models import Scope
from harvest_bridge.hosts.services import NewHostApp, issue_api_key
from harvest_bridge.proxy.resources import RESOURCES
from harvest_bridge.sandbox.testing import RunningSandbox
from tests.people import account_token, rest, widget_token

from .conftest import Ask

pytestmark = pytest.mark.django_db

ROUTES = [("get", f"/proxy/{row.name}") for row in RESOURCES] + [
    ("post", "/proxy/clients"),
    ("get", "/proxy/clients/7"),
    ("patch", "/proxy/clients/7"),
    ("delete", "/proxy/clients/7"),
    ("post", "/proxy/time_entries/stop"),
    ("post", "/proxy/time_entries/7/stop"),
    ("get", "/proxy/reports/uninvoiced"),
    ("get", "/proxy/nonsense"),
    ("get", "/custom/v2/users"),
    ("post", "/custom/v2/clients"),
]


def code(response: Any) -> tuple[int, str]:
    assert "result" not in response.json()
    return response.status_code, response.json()["code"]


def answers(token: str | None, **query: str) -> dict[tuple[int, str], str]:
    """The distinct answers of all routes, each with a route that gave it."""
    client = rest(token) if token else APIClient()
    return {
        code(getattr(client, verb)(path, query_params=query, format="json")): f"{verb} {path}" for verb, path in ROUTES
    }


def test_every_route_wants_a_token() -> None:
    assert answers(None).keys() == {(401, "missing_token")}


def test_every_route_wants_the_scope(board: NewHostApp, alices: Connection) -> None:
    others = [scope for scope in Scope.values if scope != Scope.HARVEST]
    _, key = issue_api_key(host_app=board.host_app, scopes=others)
    assert answers(key, integrated_account_id=str(alices.pk)).keys() == {(403, "missing_scope")}


def test_no_route_shows_another_hosts_connection(
    alices: Connection, stranger: NewHostApp, sandbox: RunningSandbox
) -> None:
    """What is wrong with the request itself may be told first."""
    sandbox.journal.clear()
    found = answers(stranger.api_key, integrated_account_id=str(alices.pk))
    wrong = {(400, "invalid_request"), (405, "method_not_allowed"), (404, "unknown_resource")}
    assert found.keys() - wrong == {(404, "no_such_connection")}
    assert sandbox.requests() == []


def test_another_hosts_connection_looks_like_none(alices: Connection, stranger: NewHostApp) -> None:
    theirs = rest(stranger.api_key).get("/proxy/clients", {"integrated_account_id": str(alices.pk)})
    nobodys = rest(stranger.api_key).get("/proxy/clients", {"integrated_account_id": str(stranger.host_app.pk)})
    assert code(theirs) == code(nobodys) == (404, "no_such_connection")


def test_an_account_token_reads_its_connection_and_no_other(
    alices: Connection, board: NewHostApp, link: Callable[..., Connection]
) -> None:
    other = link("alice", board.host_app, tenant_id="globex")
    holder = rest(account_token(alices))
    assert holder.get("/proxy/company").json()["name"] == "Fennel & Finch"
    assert holder.get("/custom/v2/company").status_code == 200
    assert code(holder.get("/proxy/company", {"integrated_account_id": str(other.pk)})) == (404, "no_such_connection")


def test_tokens_for_browsers_do_not_reach_harvest(alices: Connection, board: NewHostApp) -> None:
    """Invariant 14: a widget token, or a link token, opens nothing here."""
    for token in (widget_token(board), create_link_token(host_app=board.host_app, tenant_id="acme")):
        assert code(rest(token).get("/proxy/clients")) == (401, "unknown_token")


def test_a_disconnected_account_is_gone(ask: Ask, alices: Connection) -> None:
    disconnect(connection=alices, actor="test")
    assert code(ask("get", "/proxy/clients")) == (404, "no_such_connection")


def test_a_revoked_key_is_refused_at_once(ask: Ask, board: NewHostApp) -> None:
    assert ask("get", "/proxy/clients").status_code == 200
    board.host_app.api_keys.update(revoked_at=timezone.now() - timedelta(seconds=1))
    assert code(ask("get", "/proxy/clients")) == (401, "invalid_api_key")


def test_a_refusal_says_which_right_is_missing(board: NewHostApp, link: Callable[..., Connection], api: Any) -> None:
    carmens = link("carmen", board.host_app, tenant_id="carmens")
    response = api.get("/proxy/users", {"integrated_account_id": str(carmens.pk)})
    assert code(response) == (403, "harvest_forbidden")
    assert "administrator" in response.json()["message"]


def test_every_answer_that_used_the_budget_tells_what_is_left(ask: Ask) -> None:
    left = []
    for path in ("/proxy/clients", "/proxy/clients/999999999", "/custom/v2/company"):
        headers = ask("get", path).headers
        assert headers["ratelimit-limit"] == "100;w=15"
        left.append(int(headers["ratelimit-remaining"]))
        assert 1 <= int(headers["ratelimit-reset"]) <= 15
    assert left == [left[0], left[0] - 1, left[0] - 2]
    assert "ratelimit-limit" not in ask("get", "/proxy/clients", colour="red").headers


def test_who_will_not_wait_for_the_budget_is_told_at_once(ask: Ask, sandbox: RunningSandbox) -> None:
    assert ask("get", "/proxy/clients", headers={"Prefer": "wait=soon"}).status_code == 200
    sandbox.fault("status", path="/v2/clients", status=429, retry_after=7, times=1)
    for _ in range(2):  # who had waited would be served, as Harvest refuses once
        response = ask("get", "/proxy/clients", headers={"Prefer": "respond-async, wait=1"})
        assert code(response) == (429, "harvest_rate_limited")
        assert 1 <= int(response.headers["Retry-After"]) <= 7


def test_a_deadline_counts_on_every_path_and_the_refusal_tells_the_budget(ask: Ask, sandbox: RunningSandbox) -> None:
    sandbox.fault("status", path="/v2/*", status=429, retry_after=60, times=1)
    ask("get", "/proxy/clients", headers={"Prefer": "wait=0"})
    for path in ("/proxy/clients", "/custom/v2/company", "/unified/user-directory/users"):
        response = ask("get", path, headers={"Harvest-Bridge-Deadline": f"{time.time() + 1}"})
        assert code(response) == (429, "harvest_rate_limited")
        assert 30 <= int(response.headers["Retry-After"]) <= 60
        assert response.headers["ratelimit-remaining"] == "0"
        assert response.headers["ratelimit-reset"] == response.headers["Retry-After"]
    assert code(ask("get", "/proxy/clients", headers={"Harvest-Bridge-Deadline": "soon"})) == (400, "invalid_request")
