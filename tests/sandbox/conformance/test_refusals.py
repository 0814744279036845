"""What every operation of the OpenAPI file refuses, in the shapes of REFERENCE §5 instead of the file's (§13.B1)."""

from __future__ import annotations

import re

import pytest

from tests.sandbox.conformance.calls import Caller
from tests.sandbox.conformance.corrections import NOT_REQUIRED
from tests.sandbox.conformance.members import ABSENT_FOR_MEMBERS, NULL_FOR_MEMBERS, OPEN_TO_MEMBERS
from tests.sandbox.conformance.openapi import Operation, operation, operations
from tests.sandbox.conformance.strict import complaints, schema_name_of
from tests.sandbox.conformance.walking import fields_of

CLOSED = [one for one in operations() if str(one) not in OPEN_TO_MEMBERS]
WITH_IDS = [one for one in operations() if one.names]
POSTS = [one for one in operations() if one.method == "POST" and one.required]
NOBODY = "999999999999"


@pytest.mark.parametrize("closed", CLOSED, ids=str)
def test_a_member_is_refused(caller: Caller, closed: Operation) -> None:
    answer = caller.call(closed, "carmen")
    assert (answer.status_code, answer.text) == (403, '{"message":"Not authorized!"}')
    assert answer.headers["hint"] == "Not authorized!"
    assert answer.headers["content-type"] == "application/json; charset=utf-8"


@pytest.mark.parametrize("name", OPEN_TO_MEMBERS)
def test_a_member_is_answered_without_rates(caller: Caller, name: str) -> None:
    answer = caller.call(operation(name), "carmen")
    assert answer.status_code == operation(name).status, answer.text
    schema = schema_name_of(operation(name))
    assert schema is not None
    assert complaints(schema, answer.json(), hidden=ABSENT_FOR_MEMBERS) == []
    assert {value for path, value in fields_of(answer.json(), schema) if path in NULL_FOR_MEMBERS} <= {None}


def test_members_reach_their_own_assignments_by_id(caller: Caller) -> None:
    mine = operation("GET /users/{userId}/project_assignments").path.format(userId=caller.full.ids["memberId"])
    assert caller.ask("GET", f"/v2{mine}", "carmen").status_code == 200


@pytest.mark.parametrize(
    ("asked", "place"),
    [(one, place) for one in WITH_IDS for place in range(len(one.names))],
    ids=lambda value: str(value),
)
def test_an_unknown_id_is_not_found(caller: Caller, asked: Operation, place: int) -> None:
    """In any place of the path, whatever the rest of the request says."""
    numbers = iter(range(len(asked.names)))
    path = re.sub(r"\d+", lambda found: NOBODY if next(numbers) == place else found[0], caller.path(asked)[3:])
    answer = caller.ask(asked.method, f"/v2{path}", json={"notes": "x"} if asked.body else None)
    assert (answer.status_code, answer.text) == (404, '{"status":404,"error":"Not Found"}')
    assert answer.headers["content-type"] == "application/json; charset=UTF-8"


@pytest.mark.parametrize("asked", POSTS, ids=str)
def test_a_post_with_nothing_names_all_that_is_required(caller: Caller, asked: Operation) -> None:
    answer = caller.call(asked, json={})
    assert answer.status_code == 422
    assert list(answer.json()) == ["message"]
    assert answer.headers["hint"] == answer.json()["message"]
    relaxed = {one for name, names, _ in NOT_REQUIRED if name == str(asked) for one in names.split()}
    for name in set(asked.required) - relaxed:
        assert name.removesuffix("_id").replace("_", " ").capitalize() in answer.json()["message"]


@pytest.mark.parametrize("name", sorted({name for name, _, _ in NOT_REQUIRED}))
def test_what_the_service_does_not_require_can_be_left_out(caller: Caller, name: str) -> None:
    asked = operation(name)
    names = " ".join(names for one, names, _ in NOT_REQUIRED if one == name).split()
    needed = {"client_id": caller.full.ids["clientId"], "name": "Bare", "event_type": "re-open"}
    body = {key: value for key, value in needed.items() if key in asked.body}
    assert not set(body) & set(names)
    assert caller.call(asked, json=body).status_code == 201
