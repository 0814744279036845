"""The table of resources against the OpenAPI file of Harvest: all of it, and nothing that is not there."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from harvest_bridge.env import ROOT
from harvest_bridge.proxy.errors import UnknownResource
from harvest_bridge.proxy.resource import Resource, Verb
from harvest_bridge.proxy.resource_names import resource_named
from harvest_bridge.proxy.resources import RESOURCES
from tests.sandbox.conformance.openapi import operations

SHAPES = {
    Verb.LIST: "GET {}",
    Verb.READ_ALL: "GET {}",
    Verb.CREATE: "POST {}",
    Verb.UPDATE_ALL: "PATCH {}",
    Verb.GET: "GET {}/*",
    Verb.UPDATE: "PATCH {}/*",
    Verb.DELETE: "DELETE {}/*",
}
ROWS = [row for resource in RESOURCES for row in (resource, resource.alone) if row is not None]
# Known to REFERENCE §8.11 and §8.12, newer than the file.
NEWER = {"approval_status"}


def plain(path: str) -> str:
    return re.sub(r"{\w+}", "*", path.removeprefix("/v2"))


def calls_of(row: Resource) -> Iterator[str]:
    yield from (SHAPES[verb].format(plain(row.path)) for verb in row.verbs)
    for name, method in row.methods.items():
        yield f"{method.verb} {plain(row.path)}{'/*' if method.has_id else ''}/{name}"
    if row.takes_me:
        yield f"GET {plain(row.path)}/me"


def test_every_call_of_harvest_can_be_made_and_no_other() -> None:
    assert {call for row in ROWS for call in calls_of(row)} == {plain(str(one)) for one in operations()}


@pytest.mark.parametrize("row", [row for row in ROWS if Verb.LIST in row.verbs], ids=lambda row: row.path)
def test_a_collection_takes_the_filters_that_harvest_knows(row: Resource) -> None:
    [listed] = [one for one in operations() if plain(str(one)) == f"GET {plain(row.path)}"]
    assert set(row.filters) - NEWER == set(listed.query) - {"page", "per_page", "cursor"}


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("time_entries", "time_entries"),
        ("timeEntries", "time_entries"),
        ("TimeEntries", "time_entries"),
        ("time-entries", "time_entries"),
        ("TIME_ENTRY", "time_entries"),
        ("company", "company"),
        ("expense-category", "expense_categories"),
        ("projectUserAssignments", "user_assignments"),
        ("reports_time_clients", "reports_time_clients"),
        ("time_reports_clients", "reports_time_clients"),
        ("reports_project_budget", "reports_project_budget"),
        ("payments", "invoice_payments"),
    ],
)
def test_a_name_may_be_written_as_callers_write_it(name: str, meant: str) -> None:
    assert resource_named(name).name == meant


def test_every_name_means_one_resource() -> None:
    assert [resource_named(row.name) for row in RESOURCES] == list(RESOURCES)


@pytest.mark.parametrize(
    ("name", "told"),
    [("time_entires", "did you mean time_entries"), ("usr", "users"), ("_", "there are clients"), ("", "there are")],
)
def test_an_unknown_name_is_told_the_near_ones(name: str, told: str) -> None:
    with pytest.raises(UnknownResource, match=told):
        resource_named(name)


@pytest.mark.parametrize("resource", RESOURCES, ids=lambda row: row.name)
def test_the_documentation_names_everything_that_a_resource_takes(resource: Resource) -> None:
    page = (ROOT / "docs" / "proxy.md").read_text()
    [row] = [line for line in page.splitlines() if line.startswith("|") and f"`{resource.name}`" in line.split("|")[1]]
    assert all(f"`{name}`" in row for name in (*resource.filters, *filter(None, [resource.parent])))
    assert all(method in row for method in resource.methods)
