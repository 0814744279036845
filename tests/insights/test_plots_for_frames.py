"""GET /insights/plots: what the frames of host pages draw from, by a token that is limited to it."""

from __future__ import annotations

import csv
import io

import pytest
from rest_framework.test import APIClient

from harvest_bridge.connections.models import Connection
from harvest_bridge.hosts.services import NewHostApp, issue_api_key
from tests.insights.mirrored import Mirrored
from tests.insights.records import client as a_client
from tests.insights.records import entry, person, project
from tests.people import rest

pytestmark = pytest.mark.django_db
PLOTS = ("utilization", "margins", "budgets")


@pytest.fixture
def account(mirrored: Mirrored) -> Connection:
    mirrored.put("company", {"name": "Acme", "currency": "EUR", "timezone": "Berlin"})
    mirrored.put("users", person(1, "Dev Patel"))
    mirrored.put("clients", a_client(3))
    mirrored.put("projects", project(5, budget_by="project", budget=100))
    mirrored.put("time_entries", entry(1, "2026-11-05", 30))
    return mirrored.connection


def token(api: APIClient, account: Connection, *scopes: str) -> APIClient:
    asked = {"integrated_account_id": str(account.pk), "scopes": list(scopes)}
    answer = api.post("/integrated-account/token", asked, format="json")
    assert answer.status_code == 200, answer.content
    return rest(answer.json()["integrated_account_token"])


@pytest.mark.parametrize("name", PLOTS)
def test_a_token_limited_to_insights_reads_plot_table_and_csv(api: APIClient, account: Connection, name: str) -> None:
    holder = token(api, account, "insights")
    plot = holder.get(f"/insights/plots/{name}").json()
    assert plot["name"] == name
    assert {"as_of", "definition", "coverage", "missing", "facts", "data", "options"} <= set(plot)
    assert all(len(row) == len(plot["headers"]) for row in plot["rows"])
    file = holder.get(f"/insights/plots/{name}.csv")
    assert file["Content-Disposition"] == f'attachment; filename="{name}.csv"'
    assert next(csv.reader(io.StringIO(file.content.decode()))) == plot["headers"]


def test_it_does_nothing_else_that_its_key_may(api: APIClient, account: Connection) -> None:
    holder = token(api, account, "insights")
    for path in (
        "/invoices",
        "/mirror/streams",
        "/unified/user-directory/me",
        "/proxy/users",
        "/integrated-account/me",
    ):
        answer = holder.get(path)
        assert (answer.status_code, answer.json()["code"]) == (403, "missing_scope"), path
    assert token(api, account, "invoices").get("/insights/plots/margins").status_code == 403


def test_it_cannot_have_a_scope_that_its_key_lacks(board: NewHostApp, account: Connection) -> None:
    _, text = issue_api_key(host_app=board.host_app, scopes=["connections"])
    asked = {"integrated_account_id": str(account.pk), "scopes": ["insights"]}
    answer = rest(text).post("/integrated-account/token", asked, format="json")
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid_request")
    assert answer.json()["message"].startswith("scopes: ")


@pytest.mark.parametrize("scopes", [[], ["everything"], "insights", [7]])
def test_scopes_that_are_none_are_refused_by_name(api: APIClient, account: Connection, scopes: object) -> None:
    asked = {"integrated_account_id": str(account.pk), "scopes": scopes}
    answer = api.post("/integrated-account/token", asked, format="json")
    assert answer.status_code == 400
    assert "scopes" in answer.json()["message"]


def test_a_plot_that_there_is_not_is_named(api: APIClient, account: Connection) -> None:
    for path in ("pie", "pie.csv"):
        answer = token(api, account, "insights").get(f"/insights/plots/{path}")
        assert answer.status_code == 404
        assert "utilization, margins, budgets" in answer.json()["message"]


def test_without_a_copy_the_refusal_says_how_to_begin_one(api: APIClient, linked: Connection) -> None:
    answer = token(api, linked, "insights").get("/insights/plots/margins")
    assert (answer.status_code, answer.json()["code"]) == (409, "mirror_required")
