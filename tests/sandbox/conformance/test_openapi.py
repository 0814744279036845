"""Every operation of the OpenAPI file, corrected by REFERENCE §13, asked of a running sandbox."""

from __future__ import annotations

import pytest

from harvest_bridge.sandbox.routes import MODULES
from tests.sandbox.conformance.bodies import LEFT_OUT, VALUES, accepted, body_of
from tests.sandbox.conformance.calls import Caller
from tests.sandbox.conformance.corrections import ALSO_NEEDED
from tests.sandbox.conformance.echoes import unheard
from tests.sandbox.conformance.openapi import Operation, operations
from tests.sandbox.conformance.strict import complaints, schema_name_of

OPERATIONS = operations()
WRITES = [one for one in OPERATIONS if one.method in ("POST", "PATCH")]
POSTS = [one for one in WRITES if one.method == "POST"]
PATCHES = [one for one in WRITES if one.method == "PATCH" and one.body and not one.required]
DELETES = [one for one in OPERATIONS if one.method == "DELETE"]
every_operation = pytest.mark.parametrize("operation", OPERATIONS, ids=str)


def test_the_walk_misses_no_operation() -> None:
    assert len({one.path for one in OPERATIONS}) == 61
    assert len({str(one) for one in OPERATIONS}) == len(OPERATIONS) == 113


def test_the_sandbox_answers_nothing_that_the_file_does_not_know() -> None:
    documented = {(one.method, tuple(_segments(one.path))) for one in OPERATIONS}
    assert {(route.method, route.segments) for module in MODULES for route in module.routes.routes} == documented


@every_operation
def test_operation(caller: Caller, operation: Operation) -> None:
    """Status, shape, types and nulls: nothing missing, nothing invented."""
    answer = caller.call(operation)
    assert answer.status_code == operation.status, answer.text
    assert answer.headers["content-type"] == "application/json; charset=utf-8"
    name = schema_name_of(operation)
    assert name is not None
    assert complaints(name, answer.json()) == []


@pytest.mark.parametrize("operation", WRITES, ids=str)
def test_what_was_sent_comes_back(caller: Caller, operation: Operation) -> None:
    sent = body_of(operation, caller.full.ids, caller.full.spare) or {}
    assert list(unheard(sent, caller.call(operation).json())) == []


@pytest.mark.parametrize("operation", WRITES, ids=str)
def test_every_documented_property_is_sent(caller: Caller, operation: Operation) -> None:
    sent = body_of(operation, caller.full.ids, caller.full.spare) or {}
    assert {*sent, *LEFT_OUT} >= set(accepted(operation))


def test_no_value_lies_idle() -> None:
    assert set(VALUES) <= {name for one in OPERATIONS for name in accepted(one)}


@pytest.mark.parametrize("operation", POSTS, ids=str)
def test_a_new_record_says_where_it_is(caller: Caller, operation: Operation) -> None:
    """REFERENCE §1: under the alias /api/v2, where a read answers the same."""
    answer = caller.call(operation)
    path = caller.path(operation).removeprefix("/v2")
    assert answer.headers["location"] == f"{caller.harvest.url}/api/v2{path}/{answer.json()['id']}"
    assert answer.headers["etag"].startswith('W/"')
    if any(one.method == "GET" and _segments(one.path) == [*_segments(operation.path), None] for one in OPERATIONS):
        assert caller.ask("GET", answer.headers["location"]).json() == answer.json()


@pytest.mark.parametrize("operation", POSTS, ids=str)
def test_the_least_that_is_required_is_enough(caller: Caller, operation: Operation) -> None:
    """What was never said has the right kind of emptiness: null or a text without letters."""
    full = body_of(operation, caller.full.ids, caller.full.spare) or {}
    needed = " ".join(names for name, names, _ in ALSO_NEEDED if name == str(operation)).split()
    answer = caller.call(operation, json={name: full[name] for name in (*operation.required, *needed)})
    assert answer.status_code == operation.status, answer.text
    assert complaints(str(operation.answer), answer.json()) == []


@pytest.mark.parametrize("operation", PATCHES, ids=str)
def test_a_patch_with_nothing_changes_nothing(caller: Caller, operation: Operation) -> None:
    before = caller.ask("GET", caller.path(operation)).json()
    assert caller.call(operation, json={}).json() == before
    assert caller.ask("GET", caller.path(operation)).json() == before


@pytest.mark.parametrize("operation", DELETES, ids=str)
def test_a_deleted_record_is_gone(caller: Caller, operation: Operation) -> None:
    """Asked again it is the JSON 404; a reference is simply no longer there."""
    caller.call(operation)
    again = caller.call(operation)
    gone = (404, {"status": 404, "error": "Not Found"})
    if operation.path.endswith("external_reference"):
        assert (again.status_code, again.json()["external_reference"]) == (200, None)
    else:
        assert (again.status_code, again.json()) == gone


@pytest.mark.parametrize("operation", DELETES, ids=str)
def test_a_delete_can_answer_nothing(caller: Caller, operation: Operation) -> None:
    """REFERENCE §1: some receive the deleted object, some an empty body; the switch is for those."""
    caller.harvest.switch(delete_body="empty")
    answer = caller.call(operation)
    assert (answer.status_code, answer.content) == (200, b"")


def _segments(path: str) -> list[str | None]:
    return [None if part.startswith("{") else part for part in path.strip("/").split("/")]
