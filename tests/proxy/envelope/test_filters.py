"""Filters of every collection: passed through as they are written, or refused by name."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs

import pytest
from rest_framework.test import APIClient

from harvest_bridge.api.query_kinds import DAY, FLAG, MOMENT, TEXT, WHOLE, Kind
from harvest_bridge.connections.models import Connection
from harvest_bridge.proxy.resource import Resource, Verb
from harvest_bridge.proxy.resources import RESOURCES
from harvest_bridge.sandbox.testing import RunningSandbox

from .conftest import Ask
from .owners import owner_of

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]

LISTS = [row for row in RESOURCES if Verb.LIST in row.verbs]
PERIOD = {"from": "2026-10-01", "to": "2026-11-30"}
SAMPLES = {WHOLE: "7", FLAG: "true", DAY: "2026-11-02", MOMENT: "2026-11-02T06:00:00Z", TEXT: "ticket,7"}
WRONG = {WHOLE: "seven", FLAG: "perhaps", DAY: "2026-02-30", MOMENT: "yesterday"}


def sample(kind: Kind) -> str:
    return SAMPLES.get(kind) or str(kind.schema["enum"][0])


def needed(resource: Resource) -> dict[str, str]:
    return {name: PERIOD[name] for name in resource.required}


@pytest.mark.parametrize("resource", LISTS, ids=lambda row: row.name)
def test_filters_reach_harvest_as_they_were_given(ask: Ask, sandbox: RunningSandbox, resource: Resource) -> None:
    owner, filters = owner_of(resource, sandbox), {name: sample(kind) for name, kind in resource.filters.items()}
    sandbox.journal.clear()
    response = ask("get", f"/proxy/{resource.name}", **owner, **filters)
    assert response.status_code == 200, response.content
    [asked] = sandbox.requests("GET", resource.path.format(**owner))
    assert parse_qs(asked.query) == {"per_page": ["100"], **{name: [value] for name, value in filters.items()}}


@pytest.mark.parametrize("resource", LISTS, ids=lambda row: row.name)
def test_an_unknown_filter_is_a_400_that_names_the_known_ones(
    ask: Ask, sandbox: RunningSandbox, resource: Resource
) -> None:
    sandbox.journal.clear()
    response = ask("get", f"/proxy/{resource.name}", colour="red")
    assert (response.status_code, response.json()["code"]) == (400, "invalid_request")
    message = response.json()["message"]
    assert message.startswith("colour: ")
    assert all(name in message for name in (*resource.filters, "limit", "next_cursor"))
    assert sandbox.requests() == []


@pytest.mark.parametrize("resource", LISTS, ids=lambda row: row.name)
def test_a_filter_of_the_wrong_kind_is_a_400_that_names_it(
    ask: Ask, sandbox: RunningSandbox, resource: Resource
) -> None:
    owner = owner_of(resource, sandbox)
    for name in [resource.parent, *(name for name, kind in resource.filters.items() if kind is not TEXT)]:
        if name is not None:
            wrong = WRONG.get(resource.filters.get(name, WHOLE), "purple")
            response = ask("get", f"/proxy/{resource.name}", **{**needed(resource), **owner, name: wrong})
            assert (response.status_code, response.json()["code"]) == (400, "invalid_request")
            assert response.json()["message"].startswith(f"{name}: must be ")


@pytest.mark.parametrize(
    ("path", "named"),
    [
        ("teammates", "user_id"),
        ("billable_rates", "user_id"),
        ("invoice_payments", "invoice_id"),
        ("reports_time_team", "from"),
        ("reports/expenses/categories", "from"),
    ],
)
def test_what_a_collection_cannot_do_without_is_named(ask: Ask, path: str, named: str) -> None:
    response = ask("get", f"/proxy/{path}")
    assert response.status_code == 400
    assert response.json()["message"].startswith(f"{named}: ")


@pytest.mark.parametrize(
    "moment",
    ["2026-11-24", "20261124", "2026-11-24T06:00:00Z", "2026-11-24T06:00:00.123Z", "2026-11-24T06:00:00+01:00"],
)
def test_a_moment_goes_to_harvest_as_it_was_written(ask: Ask, sandbox: RunningSandbox, moment: str) -> None:
    sandbox.journal.clear()
    assert ask("get", "/proxy/clients", limit=1, updated_since=moment).status_code == 200
    assert parse_qs(sandbox.requests()[0].query)["updated_since"] == [moment]


@pytest.mark.parametrize(
    "query",
    [
        "updated_since=2026-11-24 06:00:00",
        "updated_since=2026-11-24%2006:00:00Z",
        "updated_since=2026-11-24T06:00:00+01:00",
        "updated_since=2026-11-24+06:00",
    ],
)
def test_a_moment_with_a_blank_is_refused_with_the_remedy(
    api: APIClient, alices: Connection, sandbox: RunningSandbox, query: str
) -> None:
    """The blank is what an unescaped + of a time zone becomes."""
    sandbox.journal.clear()
    answer = api.get(f"/proxy/clients?integrated_account_id={alices.pk}&{query}")
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid_request")
    assert answer.json()["message"].startswith("updated_since: must be a moment")
    assert "%2B" in answer.json()["message"]
    assert sandbox.requests() == []


@pytest.mark.parametrize("moment", ["2026-W48-2", "2026-11-24T25:00:00Z", "yesterday", "2026-11-24T06:00:00Zulu"])
def test_what_is_no_moment_is_refused(ask: Ask, moment: str) -> None:
    assert ask("get", "/proxy/clients", updated_since=moment).json()["code"] == "invalid_request"


def test_a_filter_that_needs_a_parent_is_not_dropped_without_it(ask: Ask) -> None:
    response = ask("get", "/proxy/project_assignments", updated_since="2026-11-01")
    assert response.status_code == 400
    assert "user_id" in response.json()["message"]


@pytest.mark.parametrize(
    "query",
    [{"user_id[]": "{}"}, {"user_id[0]": "{}"}, {"user_id": "{0},{0}"}, {"user_id": ["{}", "{}"]}, {"user_id": "{}"}],
)
def test_the_list_encodings_of_the_sdks_are_read(ask: Ask, sandbox: RunningSandbox, query: dict[str, Any]) -> None:
    bruno = str(sandbox.user("bruno").id)
    sent = {k: [x.format(bruno) for x in v] if isinstance(v, list) else v.format(bruno) for k, v in query.items()}
    sandbox.journal.clear()
    assert ask("get", "/proxy/time_entries", limit=1, **sent).status_code == 200
    assert parse_qs(sandbox.requests()[0].query)["user_id"] == [bruno]


@pytest.mark.parametrize(
    "query", [{"user_id[]": ["1", "2"]}, {"user_id": "1,2"}, {"user_id[0]": "1", "user_id[1]": "2"}]
)
def test_several_values_are_refused_where_harvest_takes_one(ask: Ask, query: dict[str, Any]) -> None:
    response = ask("get", "/proxy/time_entries", **query)
    assert response.status_code == 400
    assert response.json()["message"].startswith("user_id: Harvest takes one value")
