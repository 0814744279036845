"""One record that contradicts its types hides no other: it is shown with what can be read, and says what cannot."""

from __future__ import annotations

import json
from typing import Any

import pytest

from harvest_bridge.sandbox.testing import RunningSandbox
from tests.unified.conftest import Ask

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]
PERSON = {
    "id": 4000101,
    "first_name": "Zoë",
    "last_name": "Okonkwo",
    "email": "zoe@example.com",
    "telephone": "1",
    "weekly_capacity": 126000,
    "is_active": True,
    "roles": ["Design"],
    "access_roles": ["member"],
}


def answer_with(sandbox: RunningSandbox, path: str, key: str, *records: Any) -> None:
    body = json.dumps({key: records, "per_page": 2000, "total_entries": len(records), "links": {"next": None}})
    sandbox.fault("status", method="GET", path=path, status=200, body=body, times=None)


@pytest.mark.parametrize(
    ("odd", "field", "shown"),
    [
        ({"weekly_capacity": 126000.5}, "weekly_capacity", {"weekly_capacity": None}),
        ({"telephone": 4930123456}, "telephone", {"phones": []}),
        ({"roles": ["Design", None]}, "roles[1]", {}),
        ({"roles": "Design"}, "roles", {}),
        ({"access_roles": [{"name": "member"}, "member"]}, "access_roles[0]", {}),
        ({"is_active": "perhaps"}, "is_active", {"status": "active"}),
        ({"first_name": ["Zoë"]}, "first_name", {"first_name": None, "name": "Okonkwo"}),
        ({"email": False}, "email", {"emails": []}),
        ({"created_at": 1795500000}, "created_at", {"created_at": None}),
        ({"timezone": {}}, "timezone", {"timezone": None}),
        ({"id": "seven"}, "id", {"id": "", "first_name": "Zoë"}),
        ({"id": None}, "id", {"id": "", "first_name": "Zoë"}),
    ],
)
def test_an_odd_person_is_shown_among_the_others_with_a_warning(
    ask: Ask, sandbox: RunningSandbox, odd: dict[str, Any], field: str, shown: dict[str, Any]
) -> None:
    others = [PERSON | {"id": 1}, PERSON | {"id": 3}]
    answer_with(sandbox, "/v2/users", "users", others[0], PERSON | odd, others[1])
    response = ask("users")
    assert response.status_code == 200, response.content
    first, person, last = response.json()["result"]
    assert [one["weekly_capacity"] for one in (first, last)] == [126000, 126000]
    assert not [one for one in (first, last) if "warnings" in one]
    assert [(one["field"], one["code"]) for one in person["warnings"]] == [(field, "unreadable")]
    assert person["remote_data"] == PERSON | odd
    assert {name: person[name] for name in shown} == shown


def test_a_person_without_an_id_is_shown_too(ask: Ask, sandbox: RunningSandbox) -> None:
    nameless = {name: value for name, value in PERSON.items() if name != "id"}
    answer_with(sandbox, "/v2/users", "users", PERSON, nameless)
    found = ask("users").json()["result"]
    assert [(one["id"], one["name"]) for one in found] == [("4000101", "Zoë Okonkwo"), ("", "Zoë Okonkwo")]
    assert found[1]["warnings"][0]["field"] == "id"


def test_an_odd_person_by_id_and_me_are_shown_alike(ask: Ask, sandbox: RunningSandbox) -> None:
    body = json.dumps(PERSON | {"weekly_capacity": 0.5})
    sandbox.fault("status", method="GET", path="/v2/users/*", status=200, body=body, times=None)
    for person in (ask("users/4000101").json(), ask("me").json()["result"][0]):
        assert (person["weekly_capacity"], person["warnings"][0]["field"]) == (None, "weekly_capacity")


@pytest.mark.parametrize(
    ("path", "harvests", "key", "odd"),
    [
        ("roles", "/v2/roles", "roles", {"name": 7, "user_ids": [1, "x"]}),
        ("workspaces", "/v2/projects", "projects", {"name": "P", "client": {"name": "no id"}}),
    ],
)
def test_an_odd_record_of_another_list_hides_no_other(
    ask: Ask, sandbox: RunningSandbox, path: str, harvests: str, key: str, odd: dict[str, Any]
) -> None:
    answer_with(sandbox, harvests, key, {"id": 1, "name": "A"}, {"id": 2, **odd}, {"id": 3, "name": "C"})
    found = ask(path).json()["result"]
    assert [one["id"] for one in found] == ["1", "2", "3"]
    assert found[1]["warnings"]
    assert found[1]["remote_data"] == {"id": 2, **odd}


def test_an_odd_row_of_a_report_hides_no_other(ask: Ask, sandbox: RunningSandbox) -> None:
    rows = [{"user_id": 1, "total_hours": "many"}, {"user_id": 2, "total_hours": 8.0, "weekly_capacity": 126000}]
    answer_with(sandbox, "/v2/reports/time/team", "results", *rows)
    found = ask("utilization", start_date="2026-11-02", end_date="2026-11-08").json()["result"]
    assert [(one["id"], one["total_hours"]) for one in found] == [("1", None), ("2", 8.0)]
    assert found[0]["warnings"][0]["field"] == "results[0].total_hours"


def test_a_narrowed_list_and_an_expanded_one_go_on_too(ask: Ask, sandbox: RunningSandbox) -> None:
    answer_with(sandbox, "/v2/roles", "roles", {"id": "x", "name": "Odd"}, {"id": 5, "name": "Design"})
    answer_with(sandbox, "/v2/users", "users", PERSON | {"weekly_capacity": 1.5}, PERSON | {"id": 2})
    for query in ({"sort_by": "name"}, {"expand": "roles"}, {"name": "Zoë Okonkwo"}):
        response = ask("users", **query)
        assert (response.status_code, len(response.json()["result"])) == (200, 2), response.content
