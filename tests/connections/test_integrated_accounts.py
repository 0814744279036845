"""Listing, reading and ending connections; each host app sees its own."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from rest_framework.test import APIClient

from harvest_bridge.connections.models import Connection
from harvest_bridge.hosts.services import NewHostApp
from harvest_bridge.sandbox.testing import RunningSandbox
from tests.people import rest

pytestmark = pytest.mark.django_db


def test_a_connection_is_shown_without_any_secret(api: APIClient, alices: Connection, sandbox: RunningSandbox) -> None:
    shown = api.get(f"/integrated-account/{alices.pk}").json()
    assert (shown["id"], shown["status"], shown["integration"]["name"]) == (str(alices.pk), "active", "harvest")
    text = json.dumps(shown)
    assert "sealed" not in text
    assert ".at." not in text


def test_the_list_is_paged_and_filtered(api: APIClient, board: NewHostApp, link: Callable[..., Connection]) -> None:
    ids = [str(link("alice", board.host_app, tenant_id=f"tenant-{n}").pk) for n in range(3)]
    seen: list[str] = []
    cursor: Any = ""
    while cursor is not None:
        page = api.get("/integrated-account", {"limit": 2, "next_cursor": cursor}).json()
        seen += [row["id"] for row in page["result"]]
        cursor = page["next_cursor"]
    assert seen == ids[::-1]
    only = api.get("/integrated-account", {"tenant_id": "tenant-1"}).json()["result"]
    assert [row["id"] for row in only] == [ids[1]]


def test_an_unknown_filter_is_refused_with_the_known_ones(api: APIClient) -> None:
    response = api.get("/integrated-account", {"colour": "red"})
    assert response.status_code == 400
    assert "tenant_id" in response.json()["message"]


def test_a_stranger_sees_nothing_of_it(stranger: NewHostApp, alices: Connection) -> None:
    other = rest(stranger.api_key)
    assert other.get("/integrated-account").json()["result"] == []
    for response in (
        other.get(f"/integrated-account/{alices.pk}"),
        other.delete(f"/integrated-account/{alices.pk}"),
        other.post("/integrated-account/token", {"integrated_account_id": str(alices.pk)}, format="json"),
        other.get(f"/unified/user-directory/users?integrated_account_id={alices.pk}"),
    ):
        assert (response.status_code, response.json()["code"]) == (404, "no_such_connection")
    assert Connection.objects.get().sealed_access_token


def test_disconnecting_forgets_the_tokens_at_once(api: APIClient, alices: Connection) -> None:
    token = api.post("/integrated-account/token", {"integrated_account_id": str(alices.pk)}, format="json").json()
    assert api.delete(f"/integrated-account/{alices.pk}").json() == {"id": str(alices.pk)}
    gone = Connection.objects.get()
    assert (gone.sealed_access_token, gone.sealed_refresh_token) == ("", "")
    assert api.get(f"/integrated-account/{alices.pk}").status_code == 404
    assert api.get(f"/unified/user-directory/me?integrated_account_id={alices.pk}").status_code == 404
    assert rest(token["integrated_account_token"]).get("/integrated-account/me").status_code == 401


def test_an_account_token_speaks_for_one_connection_for_fifteen_minutes(
    api: APIClient, alices: Connection, board: NewHostApp, link: Callable[..., Connection]
) -> None:
    other = link("alice", board.host_app, tenant_id="other")
    text = api.post("/integrated-account/token", {"integrated_account_id": str(alices.pk)}, format="json").json()
    holder = rest(text["integrated_account_token"])
    assert holder.get("/integrated-account/me").json()["id"] == str(alices.pk)
    assert holder.get("/unified/user-directory/me").status_code == 200
    assert holder.get(f"/unified/user-directory/me?integrated_account_id={other.pk}").status_code == 404
    alices.tokens.update(expires_at="2020-01-01T00:00:00Z")
    assert holder.get("/integrated-account/me").status_code == 401


def test_context_is_merged_one_level_deep_and_label_set(api: APIClient, alices: Connection) -> None:
    path = f"/integrated-account/{alices.pk}"
    api.patch(path, {"context": {"a": {"x": 1}, "b": [1, 2]}, "label": "Main"}, format="json")
    changed = api.patch(path, {"context": {"a": {"y": 2}}}, format="json").json()
    assert (changed["context"], changed["label"]) == ({"a": {"y": 2}, "b": [1, 2]}, "Main")
    assert alices.events.filter(what="changed", actor="host").count() == 2


def test_an_account_token_may_change_its_own_context(api: APIClient, alices: Connection) -> None:
    text = api.post("/integrated-account/token", {"integrated_account_id": str(alices.pk)}, format="json").json()
    holder = rest(text["integrated_account_token"])
    assert holder.patch("/integrated-account/me", {"context": {"step": 2}}, format="json").json()["context"] == {
        "step": 2
    }


def test_credentials_can_be_refreshed_on_demand(api: APIClient, alices: Connection) -> None:
    asked = {"id": str(alices.pk)}
    assert api.post("/integrated-account/refresh-credentials", asked, format="json").json() == {"success": True}
    assert Connection.objects.get().token_generation == alices.token_generation + 1


def test_bulk_delete_ends_one_tenants_connections_and_no_others(
    api: APIClient, board: NewHostApp, link: Callable[..., Connection]
) -> None:
    link("alice", board.host_app, tenant_id="one")
    kept = link("alice", board.host_app, tenant_id="two")
    answer = api.post("/integrated-account/bulk-delete", {"query": {"tenant_id": "one"}}, format="json")
    assert answer.json() == {"success": True}
    assert [row["id"] for row in api.get("/integrated-account").json()["result"]] == [str(kept.pk)]
    assert api.post("/integrated-account/bulk-delete", {}, format="json").status_code == 400


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"status": "active"}, 1),
        ({"status": "needs_reauth"}, 0),
        ({"kind": "personal"}, 0),
        ({"integration.name": "harvest"}, 1),
        ({"is_sandbox": "true"}, 0),
        ({"created_at[gt]": "2999-01-01"}, 0),
        ({"updated_at[gt]": "2000-01-01T00:00:00Z"}, 1),
    ],
)
def test_each_filter_narrows_the_list(api: APIClient, alices: Connection, query: dict[str, str], found: int) -> None:
    assert api.get("/integrated-account", query).json()["result_count"] == found


@pytest.mark.parametrize(
    "query",
    [
        {"status": "sleeping"},
        {"integration.name": "toggl"},
        {"created_at[gt]": "soon"},
        {"created_at[gt]": "0001-01-01T00:00:00+14:00"},
        {"updated_at[lt]": "9999-12-31T23:59:59-14:00"},
    ],
)
def test_a_filter_with_a_wrong_value_is_refused(api: APIClient, query: dict[str, str]) -> None:
    response = api.get("/integrated-account", query)
    assert response.status_code == 400
    assert next(iter(query)) in response.json()["message"]


def test_capabilities_say_what_is_missing(api: APIClient, board: NewHostApp, link: Callable[..., Connection]) -> None:
    for who, may_list in (("alice", True), ("carmen", False)):
        connection = link(who, board.host_app, tenant_id=who)
        rows = api.get(f"/integrated-account/{connection.pk}/capabilities").json()["result"]
        by_name = {(row["resource"], row["method"]): row for row in rows}
        assert by_name["user-directory/users", "list"]["is_available"] is may_list
        assert by_name["user-directory/me", "list"]["is_available"] is True
    reason = by_name["user-directory/users", "list"]["reason"]
    assert "linked by a member" in reason
    assert "need an administrator" in reason


def test_a_refusal_says_which_right_is_missing_and_is_kept(
    api: APIClient, board: NewHostApp, link: Callable[..., Connection]
) -> None:
    carmens = link("carmen", board.host_app, tenant_id="carmen")
    refused = api.get(f"/unified/user-directory/users?integrated_account_id={carmens.pk}")
    assert refused.status_code == 403
    assert "linked by a member" in refused.json()["message"]
    shown = api.get(f"/integrated-account/{carmens.pk}").json()
    assert shown["status"] == "active"
    assert shown["last_forbidden_error"]["missing_scopes"] == ["administrator"]


@pytest.mark.parametrize("name", ["", "not-a-uuid", "00000000-0000-0000-0000-000000000000"])
def test_an_id_that_is_none_is_a_404(api: APIClient, name: str) -> None:
    assert api.get(f"/integrated-account/{name or 'x'}").status_code == 404
