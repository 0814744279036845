"""How a host reads and changes mappings, and what its tenants cannot do to each other."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import msgspec
import pytest
from rest_framework.test import APIClient

from harvest_bridge.connections.models import Connection
from harvest_bridge.hosts.models import Scope
from harvest_bridge.hosts.services import NewHostApp, issue_api_key
from harvest_bridge.sandbox.testing import RunningSandbox
from harvest_bridge.unified.models import FieldMapping
from harvest_bridge.unified.overrides import services
from harvest_bridge.unified.overrides.limits import MAX_EXPRESSION_CHARACTERS
from harvest_bridge.unified.schema import MADE_BY_MAPPINGS, User
from tests.people import rest

from .conftest import person

PERSON = msgspec.json.encode(person())

pytestmark = pytest.mark.django_db
NICK = "/unified/mappings/users/custom_fields.nick"


@pytest.fixture
def carmens(link: Callable[..., Connection], board: NewHostApp) -> Connection:
    """Another tenant of the same host app."""
    return link("carmen", board.host_app, tenant_id="carmens")


def put(api: APIClient, expression: str, *, path: str = NICK, at: Connection | None = None, **body: Any) -> Any:
    return api.put(of(path, at), {"expression": expression, **body}, format="json")


def of(path: str, connection: Connection | None) -> str:
    return f"{path}?integrated_account_id={connection.pk}" if connection else path


def applied(connection: Connection) -> dict[str, Any]:
    """Our person as callers of this connection see them."""
    record = msgspec.json.decode(PERSON, type=User)
    services.apply(connection=connection, resource="users", records=[record])
    shown: dict[str, Any] = msgspec.json.decode(msgspec.json.encode(record))
    return shown


def test_a_mapping_of_the_host_app_holds_for_all_its_connections(
    api: APIClient, alices: Connection, carmens: Connection
) -> None:
    response = put(api, "remote_data.first_name & '!'")
    assert (response.status_code, response.json()["layer"], response.json()["version"]) == (200, "host_app", 1)
    assert applied(alices)["custom_fields"] == applied(carmens)["custom_fields"] == {"nick": "Zoë!"}


def test_a_connections_mapping_wins_for_it_alone(api: APIClient, alices: Connection, carmens: Connection) -> None:
    put(api, "'host'")
    put(api, "'title'", path="/unified/mappings/users/title")
    assert put(api, "'alice'", at=alices).json()["integrated_account_id"] == str(alices.pk)
    assert (applied(alices)["custom_fields"], applied(alices)["title"]) == ({"nick": "alice"}, "title")
    assert (applied(carmens)["custom_fields"], applied(carmens)["title"]) == ({"nick": "host"}, "title")


def test_a_change_holds_from_the_next_record_on(api: APIClient, alices: Connection) -> None:
    for word in ("one", "two"):
        put(api, f"'{word}'")
        assert applied(alices)["custom_fields"]["nick"] == word
    assert api.delete(NICK).status_code == 200
    assert "custom_fields" not in applied(alices)


def test_without_mappings_records_cost_one_query_and_stay_as_they_are(
    alices: Connection, django_assert_num_queries: Any
) -> None:
    with django_assert_num_queries(1):
        shown = applied(alices)
    assert shown.items() >= person().items()
    assert not MADE_BY_MAPPINGS.intersection(shown)


def test_another_host_app_sees_and_changes_nothing(api: APIClient, stranger: NewHostApp, alices: Connection) -> None:
    put(api, "'ours'", at=alices)
    strange = rest(stranger.api_key)
    assert strange.get("/unified/mappings").json()["result"] == []
    assert strange.get(NICK).status_code == 404
    expression = {"expression": "'theirs'"}
    for method, path, body in (
        ("get", "/unified/mappings", None),
        ("get", NICK, None),
        ("put", NICK, expression),
        ("delete", NICK, None),
        ("get", f"{NICK}/versions", None),
        ("post", f"{NICK}/restore", {"version": 1}),
        ("post", "/unified/mappings/preview", {"resource": "users", "field": "title", **expression}),
    ):
        response = getattr(strange, method)(of(path, alices), body, format="json")
        assert (response.status_code, response.json()["code"]) == (404, "no_such_connection"), path
    put(strange, "'theirs'")
    assert applied(alices)["custom_fields"] == {"nick": "ours"}


def test_both_layers_are_listed_for_a_connection(api: APIClient, alices: Connection, carmens: Connection) -> None:
    put(api, "'host'")
    put(api, "'alice'", at=alices)
    put(api, "'carmen'", at=carmens)
    shown = api.get(of("/unified/mappings", alices)).json()
    assert {(row["layer"], row["expression"]) for row in shown["result"]} == {
        ("host_app", "'host'"),
        ("connection", "'alice'"),
    }
    assert [row["expression"] for row in api.get("/unified/mappings").json()["result"]] == ["'host'"]
    assert api.get(of(NICK, alices)).json()["expression"] == "'alice'"


def test_versions_say_who_changed_what_and_any_can_come_back(api: APIClient, board: NewHostApp) -> None:
    put(api, "'one'")
    put(api, "'two'")
    api.delete(NICK)
    restored = api.post(f"{NICK}/restore", {"version": 1}, format="json")
    assert (restored.json()["expression"], restored.json()["version"], restored.json()["restores"]) == ("'one'", 4, 1)
    versions = api.get(f"{NICK}/versions").json()["result"]
    assert [row["expression"] for row in versions] == ["'one'", None, "'two'", "'one'"]
    assert [row["is_current"] for row in versions] == [True, False, False, False]
    assert {row["changed_by"] for row in versions} == {f"host: {board.api_key[:14]}…"}


def test_an_undo_may_bring_back_that_nothing_was_mapped(api: APIClient, alices: Connection) -> None:
    put(api, "'one'")
    api.delete(NICK)
    put(api, "'two'")
    assert api.post(f"{NICK}/restore", {"version": 2}, format="json").json()["expression"] is None
    assert "custom_fields" not in applied(alices)


def test_the_same_again_is_no_new_version(api: APIClient) -> None:
    assert [put(api, "'same'").json()["version"] for _ in range(2)] == [1, 1]


def test_a_change_in_between_is_not_overwritten(api: APIClient) -> None:
    assert put(api, "'one'", version=0).status_code == 200
    assert put(api, "'two'", version=1).status_code == 200
    late = put(api, "'three'", version=1)
    assert (late.status_code, late.json()["code"], late.json()["version"]) == (409, "mapping_conflict", 2)


@pytest.mark.parametrize(
    ("expression", "position"),
    [("remote_data.", 12), ("(name", 5), ("'open", 5), ("1 +* 2", 6), ("a[", 2), ("$f(", 3)],
)
def test_what_cannot_be_compiled_is_refused_with_its_place(api: APIClient, expression: str, position: int) -> None:
    response = put(api, expression)
    assert (response.status_code, response.json()["code"]) == (400, "mapping_invalid")
    assert (response.json()["field"], response.json()["position"]) == ("users.custom_fields.nick", position)
    assert f"character {position}" in response.json()["message"]
    assert not FieldMapping.objects.exists()


@pytest.mark.parametrize(
    ("path", "expression", "code"),
    [
        ("/unified/mappings/users/colour", "'x'", "mapping_field_unknown"),
        ("/unified/mappings/users/id", "'x'", "mapping_field_unknown"),
        ("/unified/mappings/me/title", "'x'", "mapping_field_unknown"),
        ("/unified/mappings/roles/emails", "'x'", "mapping_field_unknown"),
        (NICK, "x" * (MAX_EXPRESSION_CHARACTERS + 1), "mapping_invalid"),
        (NICK, "   ", "mapping_invalid"),
        (NICK, "'\ud800'", "parse_error"),
        (NICK, "", "invalid_request"),
        (NICK, "'\0'", "invalid_request"),
    ],
)
def test_what_cannot_be_a_mapping_is_refused(api: APIClient, path: str, expression: str, code: str) -> None:
    response = api.put(path, json.dumps({"expression": expression}), content_type="application/json")
    assert (response.status_code, response.json()["code"]) == (400, code)


def test_a_layer_has_room_for_so_many_and_no_more(api: APIClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(services, "MAX_FIELDS_PER_LAYER", 2)
    for name in ("title", "bio"):
        assert put(api, "name", path=f"/unified/mappings/users/{name}").status_code == 200
    assert put(api, "name").json()["code"] == "mapping_limit_reached"
    assert put(api, "first_name", path="/unified/mappings/users/bio").status_code == 200


def test_a_preview_shows_before_and_after_on_a_real_person(
    api: APIClient, alices: Connection, sandbox: RunningSandbox
) -> None:
    ivan = sandbox.user("ivan")
    trial = {"resource": "users", "field": "name", "expression": "$uppercase(remote_data.first_name)"}
    shown = api.post(of("/unified/mappings/preview", alices), {**trial, "id": str(ivan.id)}, format="json").json()
    assert (shown["before"], shown["after"]) == (f"{ivan.first_name} {ivan.last_name}", ivan.first_name.upper())
    assert shown["record"]["remote_data"]["id"] == ivan.id
    mine = api.post(of("/unified/mappings/preview", alices), trial, format="json").json()
    assert (mine["after"], mine["errors"]) == ("ALICE", [])
    assert not FieldMapping.objects.exists()


def test_a_preview_of_a_role(api: APIClient, alices: Connection) -> None:
    trial = {"resource": "roles", "field": "description", "expression": "'We have ' & $count(remote_data.user_ids)"}
    shown = api.post(of("/unified/mappings/preview", alices), trial, format="json").json()
    assert shown["before"] is None
    assert shown["after"].startswith("We have ")


def test_another_scope_is_not_enough(board: NewHostApp) -> None:
    _, text = issue_api_key(host_app=board.host_app, scopes=[Scope.DIRECTORY])
    assert rest(text).get("/unified/mappings").json()["code"] == "missing_scope"
