"""Linking again: the same connection, the same id, and no other account unless the host asks for it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from rest_framework.test import APIClient

from harvest_bridge.connections import states
from harvest_bridge.connections.models import Connection
from harvest_bridge.hosts.services import NewHostApp
from harvest_bridge.sandbox.testing import RunningSandbox
from tests.links import ask_link_token, choose
from tests.people import go_through_consent, rest

from .test_linking_personal_tokens import connect

pytestmark = pytest.mark.django_db


def relink(api: APIClient, connection: Connection, **asked: Any) -> str:
    return ask_link_token(api, integrated_account_id=str(connection.pk), **asked)


def row(connection: Connection) -> dict[str, Any]:
    return Connection.objects.filter(pk=connection.pk).values().get()


def test_it_keeps_the_id_and_makes_the_connection_active(
    api: APIClient, sandbox: RunningSandbox, alices: Connection
) -> None:
    states.needs_reauth(alices, "The refresh token was refused.", because=states.Because.REFRESH_REFUSED)
    assert go_through_consent(sandbox, Client(), relink(api, alices), "alice").status_code == 200
    [renewed] = Connection.objects.all()
    assert (renewed.pk, renewed.status, renewed.last_error) == (alices.pk, "active", None)
    assert renewed.token_generation == alices.token_generation + 1
    history = [(event.what, event.actor) for event in renewed.events.order_by("at")]
    alice = "linker: Alice Okafor <alice@fennelfinch.example>"
    assert history == [("linked", alice), ("needs_reauth", "harvest"), ("relinked", alice)]


def test_another_account_is_refused_with_the_name_of_the_right_one(
    api: APIClient, sandbox: RunningSandbox, alices: Connection
) -> None:
    before = row(alices)
    page = go_through_consent(sandbox, Client(), relink(api, alices), "alice", accounts=[sandbox.studio])
    assert page.status_code == 409
    assert "belongs to the Harvest account “Fennel &amp; Finch”" in page.content.decode()
    assert "Choose another account" in page.content.decode()
    assert row(alices) == before


def test_of_several_granted_accounts_its_own_is_taken_without_asking(
    api: APIClient, sandbox: RunningSandbox, alices: Connection
) -> None:
    several = [sandbox.studio, sandbox.account]
    assert go_through_consent(sandbox, Client(), relink(api, alices), "alice", accounts=several).status_code == 200
    assert row(alices)["harvest_account_id"] == sandbox.account.id


def test_another_account_is_taken_when_the_host_allows_it(
    api: APIClient, sandbox: RunningSandbox, alices: Connection
) -> None:
    text = relink(api, alices, allow_another_account=True)
    assert (
        "moves it to another Harvest account" in Client().get("/connect-account", {"link_token": text}).content.decode()
    )
    assert go_through_consent(sandbox, Client(), text, "alice", accounts=[sandbox.studio]).status_code == 200
    [moved] = Connection.objects.all()
    assert (moved.pk, moved.harvest_account_id, moved.harvest_account_name) == (
        alices.pk,
        sandbox.studio.id,
        "Okafor Studio",
    )


def test_an_account_that_another_connection_has_is_refused_and_changes_nothing(
    api: APIClient, sandbox: RunningSandbox, alices: Connection, link: Callable[..., Connection], board: NewHostApp
) -> None:
    link("alice", board.host_app, accounts=[sandbox.studio])
    before, text = row(alices), relink(api, alices, allow_another_account=True)
    page = go_through_consent(sandbox, Client(), text, "alice", accounts=[sandbox.studio])
    assert page.status_code == 409
    assert "Another connection already has the Harvest account “Okafor Studio”" in page.content.decode()
    assert row(alices) == before
    assert go_through_consent(sandbox, Client(), text, "alice").status_code == 200


@pytest.mark.parametrize("consent", [{"allow": False}, {"accounts": [987321]}], ids=["denied", "Forecast only"])
def test_a_try_that_failed_leaves_no_trace(
    api: APIClient, sandbox: RunningSandbox, alices: Connection, consent: dict[str, Any]
) -> None:
    before, text = row(alices), relink(api, alices)
    go_through_consent(sandbox, Client(), text, "alice", **consent)
    assert row(alices) == before
    assert alices.events.count() == 1


def test_a_choice_may_follow_where_another_account_is_allowed(
    api: APIClient, sandbox: RunningSandbox, alices: Connection
) -> None:
    browser, text = Client(), relink(api, alices, allow_another_account=True)
    back = go_through_consent(sandbox, browser, text, "alice", accounts=[sandbox.studio, sandbox.account])
    assert choose(browser, back, sandbox.studio.id).status_code == 200
    assert row(alices)["harvest_account_id"] == sandbox.studio.id


def test_a_personal_token_may_renew_what_consent_began_and_back(
    api: APIClient, sandbox: RunningSandbox, alices: Connection
) -> None:
    connect(relink(api, alices), sandbox.personal_token("alice"))
    assert (row(alices)["authentication_method"], row(alices)["sealed_refresh_token"]) == ("api_key", "")
    go_through_consent(sandbox, Client(), relink(api, alices), "alice")
    renewed = row(alices)
    assert renewed["authentication_method"] == "oauth2"
    assert renewed["access_token_expires_at"] is not None
    assert renewed["token_generation"] == 3


def test_another_hosts_connection_cannot_be_relinked(stranger: NewHostApp, alices: Connection) -> None:
    response = rest(stranger.api_key).post("/link-token", {"integrated_account_id": str(alices.pk)}, format="json")
    assert (response.status_code, response.json()["code"]) == (404, "no_such_connection")
