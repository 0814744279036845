"""What /proxy answers is what /schema/ says, for every operation that it describes; the samples there can be sent."""

from __future__ import annotations

from typing import Any

import pytest
from rest_framework.test import APIClient

from harvest_bridge.console.openapi_document import document
from harvest_bridge.proxy.records import samples
from harvest_bridge.proxy.resource import Verb
from harvest_bridge.proxy.resources import RESOURCES
from harvest_bridge.sandbox.testing import RunningSandbox
from tests.proxy.records.strictly import complaints, component_of

from .conftest import Ask

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]

PERIOD = {"from": "2026-01-01", "to": "2026-12-31"}
BY_NAME = {resource.name: resource for resource in RESOURCES}


def path_of(resource: Any) -> str:
    return f"/proxy/{resource.name}"


def owner(resource: Any) -> dict[str, Any]:
    return {resource.parent: samples.PARENTS[resource.parent]} if resource.parent else {}


def described(path: str, verb: str, status: int) -> str:
    return component_of(document()["paths"][path][verb]["responses"][str(status)])


@pytest.mark.parametrize("name", [one.name for one in RESOURCES if Verb.LIST in one.verbs])
def test_every_list_is_as_described(name: str, ask: Ask) -> None:
    resource = BY_NAME[name]
    period = PERIOD if resource.required else {}
    answer = ask("get", path_of(resource), limit=2000, **owner(resource), **period)
    assert answer.status_code == 200, answer.content
    assert complaints(described(path_of(resource), "get", 200), answer.json()) == []


@pytest.mark.parametrize("name", sorted(samples.CREATED))
def test_every_sample_of_a_body_can_be_sent(name: str, ask: Ask) -> None:
    resource = BY_NAME[name]
    made = ask("post", path_of(resource), json=samples.CREATED[name], **owner(resource))
    assert made.status_code == 201, made.content
    assert complaints(described(path_of(resource), "post", 201), made.json()) == []
    if name in samples.UPDATED:
        path = f"{path_of(resource)}/{made.json()['id']}"
        changed = ask("patch", path, json=samples.UPDATED[name], **owner(resource))
        assert changed.status_code == 200, changed.content
        assert complaints(described(f"{path_of(resource)}/{{id}}", "patch", 200), changed.json()) == []


def test_what_has_no_id_is_changed_as_described(ask: Ask) -> None:
    for name in ("company", "teammates"):
        resource = BY_NAME[name]
        changed = ask("patch", path_of(resource), json=samples.UPDATED[name], **owner(resource))
        assert changed.status_code == 200, changed.content
        assert complaints(described(path_of(resource), "patch", 200), changed.json()) == []


def test_every_sample_is_a_record_of_the_sandbox(ask: Ask, sandbox: RunningSandbox) -> None:
    """As to its keys; figures and days move with the calendar."""
    for name, sample in samples.RECORDS.items():
        resource = BY_NAME.get(name)
        if resource is None or Verb.LIST not in resource.verbs or name.endswith("_messages"):
            continue
        about = {"invoice_id": 20000105} if name == "invoice_payments" else owner(resource)
        listed = ask("get", path_of(resource), limit=1, **about, **(PERIOD if resource.required else {}))
        [row] = listed.json()["result"]
        assert list(row) == list(sample), name


@pytest.mark.parametrize(
    ("verb", "path", "more", "status"),
    [
        ("get", "/proxy/time_entries", {"limit": 0}, 400),
        ("get", "/proxy/time_entries/{id}", {}, 404),
        ("post", "/proxy/time_entries", {"json": {"notes": "no project"}}, 422),
        ("get", "/proxy/teammates", {"user_id": 4000103}, 422),
    ],
)
def test_a_refusal_has_a_code_and_a_shape_that_are_described(
    ask: Ask, verb: str, path: str, more: dict[str, Any], status: int
) -> None:
    answer = ask(verb, path.replace("{id}", "7"), **more)
    assert answer.status_code == status
    assert complaints("Error", answer.json()) == []
    assert answer.json()["code"] in codes(path, verb, status)


def test_so_has_one_without_a_key() -> None:
    answer = APIClient().get("/proxy/clients")
    assert answer.status_code == 401
    assert answer.json()["code"] in codes("/proxy/clients", "get", 401)


def codes(path: str, verb: str, status: int) -> set[str]:
    """The codes that have an example in the description."""
    name = document()["paths"][path][verb]["responses"][str(status)]["$ref"].rpartition("/")[2]
    return set(document()["components"]["responses"][name]["content"]["application/json"]["examples"])
