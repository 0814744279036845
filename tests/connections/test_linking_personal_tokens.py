"""A pasted personal access token is checked with Harvest before it is stored, and shows up nowhere."""

from __future__ import annotations

import logging
import re
from typing import Any

import pytest
from django.test import Client
from rest_framework.test import APIClient

from harvest_bridge.connections import calls
from harvest_bridge.connections.calls import ConnectionTokens
from harvest_bridge.connections.models import Connection, LinkToken
from harvest_bridge.harvest.budgets import BudgetMeter
from harvest_bridge.harvest.credentials import Credentials
from harvest_bridge.harvest.operations import get_me
from harvest_bridge.sandbox.testing import RunningSandbox
from tests.links import ask_link_token, assert_nothing_stored, outcome
from tests.people import ORIGIN

pytestmark = pytest.mark.django_db
PATH = "/connect-account/personal-token"


def paste(text: str, token: str, browser: Client | None = None) -> Any:
    """Fill in the form as a frame would: without cookies, CSRF checks on."""
    return (browser or Client(enforce_csrf_checks=True)).post(PATH, {"link_token": text, "token": token})


def connect(text: str, token: str) -> Any:
    """Fill in the form and say yes to what it found."""
    page = paste(text, token)
    accounts = re.findall(r'name="account" value="(\d+)"', page.content.decode())
    return choose(text, page, int(accounts[0])) if len(accounts) == 1 else page


def choose(text: str, page: Any, account_id: int, **changed: str) -> Any:
    grant_id = re.search(r'name="choice" value="([^"]+)"', page.content.decode())
    assert grant_id is not None
    fields = {"link_token": text, "choice": grant_id[1], "account": str(account_id)}
    return Client(enforce_csrf_checks=True).post(PATH, fields | changed)


def test_a_good_token_connects_after_a_yes(api: APIClient, sandbox: RunningSandbox) -> None:
    text = ask_link_token(api, user_id="u-carmen")
    page = connect(text, f"  {sandbox.personal_token('carmen')}\n")
    assert "Harvest is connected" in page.content.decode()
    row = api.get("/integrated-account").json()["result"][0]
    assert (row["status"], row["authentication_method"], row["kind"]) == ("active", "api_key", "personal")
    assert row["harvest_account"]["name"] == "Fennel & Finch"
    assert outcome(text)["integrated_account_id"] == row["id"]


def test_it_neither_expires_nor_has_anything_to_renew(api: APIClient, sandbox: RunningSandbox) -> None:
    connect(ask_link_token(api), sandbox.personal_token("carmen"))
    connection = Connection.objects.get()
    assert (connection.access_token_expires_at, connection.sealed_refresh_token) == (None, "")
    assert calls.send(connection, get_me()).id == sandbox.user("carmen").id


def test_it_is_checked_with_harvest_first(api: APIClient, sandbox: RunningSandbox) -> None:
    paste(ask_link_token(api), sandbox.personal_token("carmen"))
    asked = [request.path for request in sandbox.requests("GET")]
    assert asked[:2] == ["/api/v2/accounts", "/v2/users/me"]


def test_of_several_accounts_the_person_chooses_one(api: APIClient, sandbox: RunningSandbox) -> None:
    text = ask_link_token(api)
    page = paste(text, sandbox.personal_token("alice"))
    assert "Okafor Studio" in page.content.decode()
    assert not Connection.objects.exists()
    assert "Harvest is connected" in choose(text, page, sandbox.studio.id).content.decode()
    assert Connection.objects.get().harvest_account_id == sandbox.studio.id
    assert_only_sealed(sandbox.personal_token("alice"))


def test_a_choice_is_of_the_very_grant_that_was_shown(api: APIClient, sandbox: RunningSandbox) -> None:
    text = ask_link_token(api)
    page = paste(text, sandbox.personal_token("alice"))
    for changed in ({"choice": "d9bb3f4c-0000-0000-0000-000000000000"}, {"account": "1"}, {"account": ""}):
        assert choose(text, page, sandbox.studio.id, **changed).status_code in (422, 502)
    assert choose(text, page, sandbox.studio.id, link_token=ask_link_token(api)).status_code == 502
    assert not Connection.objects.exists()


@pytest.mark.parametrize(
    ("token", "words"),
    [
        ("7000101.pt.of-nobody-at-all", "Harvest does not accept this token"),
        ("", "does not look like a personal access token"),
        ("short", "does not look like a personal access token"),
        ("two words of text", "does not look like a personal access token"),
        ("7000101.pt.ünïcode-token", "does not look like a personal access token"),
        ("7000101.pt.line\r\nHost: evil", "does not look like a personal access token"),
        ("x" * 5000, "does not look like a personal access token"),
    ],
)
def test_a_bad_token_is_refused_in_plain_words(api: APIClient, sandbox: RunningSandbox, token: str, words: str) -> None:
    page = paste(ask_link_token(api), token)
    assert page.status_code == 422
    assert words in page.content.decode()
    assert token == "" or token not in page.content.decode()
    assert_nothing_stored()


def test_forecast_alone_is_refused_with_the_reason(api: APIClient, sandbox: RunningSandbox) -> None:
    with sandbox.world.lock:
        accounts = sandbox.identity("bruno").users
        for account_id in [one for one in accounts if one != sandbox.forecast_account_id]:
            del accounts[account_id]
    page = paste(ask_link_token(api), sandbox.personal_token("bruno"))
    assert (page.status_code, "Forecast only" in page.content.decode()) == (422, True)
    assert_nothing_stored()


def test_who_is_archived_is_sent_to_an_administrator(api: APIClient, sandbox: RunningSandbox) -> None:
    sandbox.fault("status", path="/v2/users/me", status=403)
    page = paste(ask_link_token(api), sandbox.personal_token("carmen"))
    assert page.status_code == 403
    assert "Harvest does not let you into the account “Fennel &amp; Finch”" in page.content.decode()
    assert_nothing_stored()


@pytest.mark.parametrize("path", ["/api/v2/accounts", "/v2/users/me"])
def test_harvest_away_is_told_and_stores_nothing(
    api: APIClient, sandbox: RunningSandbox, path: str, settings: Any
) -> None:
    settings.HARVEST_TIMEOUT_SECONDS = 1
    sandbox.fault("status", path=path, status=503, times=None)
    page = paste(ask_link_token(api), sandbox.personal_token("carmen"))
    assert (page.status_code, "Harvest cannot be reached" in page.content.decode()) == (503, True)
    assert_nothing_stored()


def test_the_form_needs_a_good_link_token_and_no_cookie(api: APIClient, sandbox: RunningSandbox) -> None:
    assert paste("hb_link_forged", sandbox.personal_token("carmen")).status_code == 401
    assert_nothing_stored()
    page = Client().get(PATH, {"link_token": ask_link_token(api)})
    assert (page.status_code, len(page.cookies)) == (200, 0)


def test_a_link_token_is_spent_by_it(api: APIClient, sandbox: RunningSandbox) -> None:
    text = ask_link_token(api)
    connect(text, sandbox.personal_token("carmen"))
    assert "Harvest is connected" in paste(text, sandbox.personal_token("bruno")).content.decode()
    assert Connection.objects.get().harvest_user_id == sandbox.user("carmen").id


def test_in_the_same_window_the_page_leads_back(api: APIClient, sandbox: RunningSandbox) -> None:
    text = ask_link_token(api, redirect_uri=f"{ORIGIN}/settings")
    page = connect(text, sandbox.personal_token("carmen")).content.decode()
    told = f"result=success&amp;integration=harvest&amp;integrated_account_id={Connection.objects.get().pk}"
    assert f'href="{ORIGIN}/settings?{told}"' in page


def test_two_connections_on_one_token_share_its_budget(api: APIClient, sandbox: RunningSandbox) -> None:
    for tenant in ("acme", "other"):
        connect(ask_link_token(api, tenant_id=tenant), sandbox.personal_token("carmen"))
    first, second = Connection.objects.all()
    assert first.grant_id == second.grant_id
    token = Credentials("token")
    assert ConnectionTokens(first, token).budget_key == ConnectionTokens(second, token).budget_key


@pytest.mark.parametrize(("scope", "is_shared"), [("grant", False), ("account", True)])
def test_two_people_of_one_account_share_a_budget_only_where_the_operator_says_so(
    api: APIClient, sandbox: RunningSandbox, settings: Any, scope: str, is_shared: bool
) -> None:
    settings.HARVEST_BUDGET_SCOPE = scope
    left = []
    for who in ("carmen", "bruno"):
        connect(ask_link_token(api, tenant_id="acme", user_id=who), sandbox.personal_token(who))
        meter = BudgetMeter()
        calls.send(Connection.objects.get(user_id=who), get_me(), meter=meter)
        assert meter.state is not None
        left.append(meter.state.remaining)
    assert (left[1] < left[0]) == is_shared


@pytest.mark.parametrize(
    ("asked", "consent", "token"),
    [({}, True, True), ({"auth_format": "oauth2"}, True, False), ({"auth_format": "api_key"}, False, True),
     ({"auth_format": "keka_oauth"}, True, True)],
)  # fmt: skip
def test_the_host_may_choose_the_way(api: APIClient, asked: dict[str, str], consent: bool, token: bool) -> None:
    page = Client().get("/connect-account", {"link_token": ask_link_token(api), **asked}).content.decode()
    assert ("Continue to Harvest" in page) == consent
    assert ("ersonal access token" in page) == token
    assert "Sign in with Harvest instead" not in page


def test_the_token_shows_up_nowhere(
    api: APIClient, sandbox: RunningSandbox, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    """Not in a page, an address, a log line or a column in clear; whether it was accepted or refused."""
    caplog.set_level(logging.DEBUG)
    pages = []
    for token in ("7000101.pt.canary-of-nobody", sandbox.personal_token("alice")):
        text = ask_link_token(api)
        pages.append(page := paste(text, token))
    pages.append(choose(text, page, sandbox.studio.id))
    written = "".join(
        [*(page.content.decode() + str(page.headers) for page in pages), caplog.text, *capfd.readouterr()]
    )
    for token in ("canary-of-nobody", sandbox.personal_token("alice")):
        assert token not in written
        assert_only_sealed(token)
        assert not [request for request in sandbox.requests() if token in request.path + str(request.query)]


def assert_only_sealed(token: str) -> None:
    rows = [*Connection.objects.values(), *LinkToken.objects.values()]
    assert rows
    assert token not in str(rows)
