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


@pytest.mark.parametrize("name", ["", "not-a-uuid", "00000000-0000-0000-0000-000000000000"])
def test_an_id_that_is_none_is_a_404(api: APIClient, name: str) -> None:
    assert api.get(f"/integrated-account/{name or 'x'}").status_code == 404
