"""What Harvest was recorded to answer, and what the sandbox answers, is what the description says."""

from __future__ import annotations

from typing import Any

import pytest

from harvest_bridge.proxy.records import COLLECTIONS, samples
from harvest_bridge.proxy.resources import RESOURCES
from tests.proxy.records.strictly import complaints
from tests.proxy.records.test_what_is_described import operation, path_of
from tests.sandbox.conformance.allowances import ALLOWED
from tests.sandbox.conformance.calls import Caller
from tests.sandbox.conformance.cassettes import Exchange, cassettes
from tests.sandbox.conformance.members import OPEN_TO_MEMBERS
from tests.sandbox.conformance.openapi import operations

BY_NAME = {resource.name: resource for resource in RESOURCES}
# Since the recordings (2019 to 2024) these keys came; `allowances.py` has the source of each.
CAME_LATER = {where.rpartition(".")[2] for what, where, _ in ALLOWED if what == "added"}
WENT = {where.rpartition(".")[2] for what, where, _ in ALLOWED if what == "gone"}
RECORDED = [
    (str(cassette), exchange)
    for cassette in cassettes()
    for exchange in cassette.exchanges
    if exchange.status in (200, 201) and (exchange.resource in BY_NAME or exchange.resource == "me")
]


def is_known(complaint: str) -> bool:
    """A key that came later is missing, or one that went since is there."""
    return any(f"'{name}' is a required property" in complaint for name in CAME_LATER) or (
        "Additional properties are not allowed" in complaint and any(f"'{name}'" in complaint for name in WENT)
    )


@pytest.mark.parametrize(("cassette", "exchange"), RECORDED, ids=str)
def test_recorded_records_are_as_described(cassette: str, exchange: Exchange) -> None:
    name = "users" if exchange.resource == "me" else exchange.resource
    answer = exchange.answer
    records = answer[name] if isinstance(answer.get(name), list) else [answer]
    for record in records:
        told = complaints(COLLECTIONS[name].record, record)
        assert [complaint for complaint in told if not is_known(complaint)] == []


@pytest.mark.parametrize("who", ["alice", "bruno", "carmen"])
@pytest.mark.parametrize("resource", RESOURCES, ids=lambda one: one.name)
def test_every_record_of_the_sandbox_is_as_described(caller: Caller, resource: Any, who: str) -> None:
    """With everything filled in and with nothing, for those who see all and those who do not."""
    listing = operation("GET", path_of(resource))
    assert listing is not None
    answer = caller.call(listing, who)
    if who != "alice" and answer.status_code in (403, 404):
        return
    body = answer.json()
    records = body[resource.list_key] if isinstance(body.get(resource.list_key), list) else [body]
    assert records or who != "alice"
    assert [line for record in records for line in complaints(COLLECTIONS[resource.name].record, record)] == []


@pytest.mark.parametrize("one", [one for one in operations() if one.method in ("POST", "PATCH")], ids=str)
def test_every_write_of_the_sandbox_answers_as_described(caller: Caller, one: Any) -> None:
    """For an administrator, and for a member who may."""
    for who in ["alice", *(["carmen"] if str(one) in OPEN_TO_MEMBERS and one.method == "POST" else [])]:
        answer = caller.call(one, who)
        assert answer.status_code in (200, 201), answer.text
        [name] = {
            COLLECTIONS[resource.name].record
            for resource in RESOURCES
            if _stem(one.path).startswith(path_of(resource)) and _tail(one.path) == path_of(resource)
        }
        component = "HarvestTeammates" if "teammates" in answer.json() else name
        assert complaints(component, answer.json()) == []


def _stem(path: str) -> str:
    return "/".join("{}" if part.startswith("{") else part for part in path.split("/"))


def _tail(path: str) -> str:
    """The collection that a path writes to: without the record's id and a method behind."""
    stem = _stem(path)
    for end in ("/stop", "/restart"):
        stem = stem.removesuffix(end)
    return stem.removesuffix("/{}")


@pytest.mark.parametrize("name", sorted(samples.RECORDS))
def test_every_sample_is_as_described(name: str) -> None:
    collection, _, does = name.partition(".")
    other = COLLECTIONS[collection].answers.get(does)
    assert complaints(f"Harvest{other}" if other else COLLECTIONS[collection].record, samples.RECORDS[name]) == []


@pytest.mark.parametrize(
    ("verb", "name"),
    [("create", name) for name in samples.CREATED] + [("update", name) for name in samples.UPDATED],
)
def test_every_sample_of_a_body_is_as_described(verb: str, name: str) -> None:
    bodies = samples.CREATED if verb == "create" else samples.UPDATED
    assert complaints(COLLECTIONS[name].body(verb), bodies[name]) == []
