"""What OpenAPI says that a call takes is what it takes, and all of it."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs, urlencode

import pytest

from harvest_bridge.api.query_lists import parsed_query
from harvest_bridge.console.openapi_document import document
from harvest_bridge.unified.filters import narrowing
from harvest_bridge.unified.options import FORMATS, options_of
from harvest_bridge.unified.resources import RESOURCES, Resource
from tests.unified.conftest import Ask

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]
VERBS = {"list": "get", "get": "get", "create": "post", "update": "patch", "delete": "delete"}
CALLS = [(row, method) for row in RESOURCES.values() for method in row.calls]


def path_of(row: Resource, method: str, record_id: str = "{record_id}") -> str:
    alone = "" if method in ("list", "create") else f"/{record_id}"
    return f"{row.name}{alone}" + ("" if method in VERBS else f"/{method}")


def described(row: Resource, method: str) -> dict[str, Any]:
    item = document()["paths"][f"/unified/user-directory/{path_of(row, method)}"]
    found = item[VERBS.get(method, "post")]["parameters"]
    return {p["name"]: p for p in found if p["in"] == "query" and p["name"] != "integrated_account_id"}


def expected(row: Resource, method: str) -> set[str]:
    """From the rows and the options themselves, not from `parameters`, which both sides are made of."""
    if method == "delete":
        return set()
    names = {"truto_response_format", "truto_ignore_remote_data", "truto_exclude_fields"}
    names |= {"expand"} if row.expandable_in(method) else set()
    names |= {"truto_body_passthrough"} if method in ("create", "update") else set()
    if method != "list":
        return names
    names |= {"limit", "next_cursor", "truto_ignore_limit", "truto_key_by", *row.required, *row.optional}
    names |= {f"remote_query[{name}]" for name in row.remote} | ({"sort_by"} if row.filters else set())
    for name, known in row.filters.items():
        names |= {name, *(f"{name}[{operator}]" for operator in known.operators if operator != "eq")}
    return names


ids = [f"{row.name}-{method}" for row, method in CALLS]


@pytest.mark.parametrize(("row", "method"), CALLS, ids=ids)
def test_every_parameter_is_described_where_it_is_taken_and_nowhere_else(row: Resource, method: str) -> None:
    assert set(described(row, method)) == expected(row, method)


@pytest.mark.parametrize(("row", "method"), CALLS, ids=ids)
def test_a_parameter_of_another_call_is_refused_by_name(ask: Ask, row: Resource, method: str) -> None:
    everything = {name for other, how in CALLS for name in described(other, how)}
    taken = {name.partition("[")[0] for name in described(row, method)}
    for name in sorted(everything | {"truto_unheard_of"}):
        if name.partition("[")[0] not in taken:
            response = ask(path_of(row, method, "7"), VERBS.get(method, "post"), {}, None, **{name: "x"})
            assert response.status_code == 400, (name, response.content)
            assert response.json()["message"].startswith(f"{name.partition('[')[0]}: this parameter cannot be"), name


def words_of(parameter: dict[str, Any]) -> list[str]:
    schema = parameter["schema"].get("items", parameter["schema"])
    return schema.get("enum") or schema.get("examples") or {"boolean": ["true", "false"]}.get(schema["type"], [])


@pytest.mark.parametrize(("row", "method"), CALLS, ids=ids)
def test_each_word_that_is_described_is_understood(row: Resource, method: str) -> None:
    remote = row.remote if method == "list" else ()
    for name, parameter in described(row, method).items():
        for word in words_of(parameter):
            given = parsed_query(urlencode({name: word}))
            options_of(given, row, method=method, remote=remote)
            narrowing(given, row.filters, pushes_status="is_active" in remote, pushes_updated="updated_since" in remote)


def test_lists_that_are_described_are_understood_however_they_are_written(ask: Ask) -> None:
    by_repeating = "users?expand=roles&truto_exclude_fields=name&truto_exclude_fields=emails&first_name[in]=Alice"
    for query in (by_repeating, "users?expand=roles&truto_exclude_fields=name,emails&first_name[in]=Alice,Nobody"):
        [alice] = ask("users", **dict(parse_qs(query.partition("?")[2]))).json()["result"]
        assert alice["first_name"] == "Alice"
        assert {"name", "emails"}.isdisjoint(alice)


def test_the_formats_are_described_or_told_in_words() -> None:
    parameter = described(RESOURCES["users"], "list")["truto_response_format"]
    assert {*parameter["schema"]["enum"]} <= {*FORMATS}
    assert all(f"`{name}`" in parameter["description"] or name == "unified" for name in FORMATS)


def test_lists_are_described_in_both_of_their_shapes(ask: Ask) -> None:
    answer = document()["paths"]["/unified/user-directory/users"]["get"]["responses"]["200"]
    shapes = answer["content"]["application/json"]["schema"]["oneOf"]
    assert [shape["$ref"].rpartition("/")[2] for shape in shapes] == ["DirectoryUserList", "DirectoryUserListByKey"]
    result = document()["components"]["schemas"]["DirectoryUserListByKey"]["properties"]["result"]
    assert result["additionalProperties"] == {"$ref": "#/components/schemas/DirectoryUser"}
    assert set(ask("users", truto_key_by="id", limit=2).json()["result"]).isdisjoint({"0", "1"})


def test_a_write_takes_the_idempotency_key_and_a_read_does_not() -> None:
    for path, item in document()["paths"].items():
        if path.startswith(("/unified/user-directory/users", "/unified/user-directory/roles")):
            for verb, operation in item.items():
                names = {parameter["name"] for parameter in operation["parameters"]}
                assert ("Idempotency-Key" in names) == (verb != "get"), (path, verb)
