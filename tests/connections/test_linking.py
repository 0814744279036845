"""From a link token to an active connection, and every way it can fail with nothing stored."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.db import connection as database
from django.test import Client
from django.utils import timezone
from rest_framework.test import APIClient

from harvest_bridge.connections import calls
from harvest_bridge.connections.calls import ConnectionTokens
from harvest_bridge.connections.models import Connection, LinkToken
from harvest_bridge.harvest.credentials import Credentials
from harvest_bridge.hosts.models import HostApp
from harvest_bridge.sandbox.testing import RunningSandbox
from tests.links import ask_link_token, assert_nothing_stored, choose, confirm, outcome
from tests.people import go_through_consent

pytestmark = pytest.mark.django_db


def test_consent_ends_as_an_active_connection(api: APIClient, sandbox: RunningSandbox) -> None:
    text = ask_link_token(api)
    assert outcome(text) == {"result": "waiting"}
    page = go_through_consent(sandbox, Client(), text, "alice")
    assert (page.status_code, "Harvest is connected" in page.content.decode()) == (200, True)
    listed = api.get("/integrated-account", {"tenant_id": "acme"}).json()["result"]
    assert [(row["status"], row["harvest_account"]["name"]) for row in listed] == [("active", "Fennel & Finch")]
    told = outcome(text)
    assert (told["result"], told["integration"], told["is_truto"]) == ("success", "harvest", True)
    assert told["integrated_account_id"] == listed[0]["id"]


def test_the_linker_becomes_no_django_user(alices: Connection) -> None:
    assert not get_user_model().objects.exists()


def test_what_the_linker_may_do_is_kept(alices: Connection) -> None:
    assert alices.access_roles == ["administrator"]
    assert alices.linked_by == "Alice Okafor <alice@fennelfinch.example>"


def test_tokens_are_sealed_in_the_database(alices: Connection, sandbox: RunningSandbox) -> None:
    with database.cursor() as cursor:
        cursor.execute("SELECT * FROM connections_connection")
        stored = json.dumps(cursor.fetchall(), default=str)
    for token in [*sandbox.world.tokens.access_tokens(), *sandbox.world.tokens.refresh_tokens()]:
        assert getattr(token, "value", token) not in stored


def test_a_person_who_links_for_themself_gets_a_personal_connection(api: APIClient, sandbox: RunningSandbox) -> None:
    go_through_consent(sandbox, Client(), ask_link_token(api, user_id="u-carmen"), "carmen")
    row = api.get("/integrated-account").json()["result"][0]
    assert (row["kind"], row["user_id"]) == ("personal", "u-carmen")


def test_of_several_granted_accounts_the_person_chooses_one(api: APIClient, sandbox: RunningSandbox) -> None:
    browser, text = Client(), ask_link_token(api)
    back = go_through_consent(sandbox, browser, text, "alice", accounts=[sandbox.account, sandbox.studio])
    choice = browser.get(back["Location"]).content.decode()
    assert "Okafor Studio" in choice
    assert "Fennel &amp; Finch" in choice
    assert not Connection.objects.exists()
    linked = choose(browser, back, sandbox.studio.id)
    assert "Okafor Studio" in linked.content.decode()
    assert Connection.objects.get().harvest_account_id == sandbox.studio.id
    assert LinkToken.objects.get().sealed_grant == ""


def test_an_account_that_was_not_granted_cannot_be_chosen(api: APIClient, sandbox: RunningSandbox) -> None:
    browser = Client()
    back = go_through_consent(
        sandbox, browser, ask_link_token(api), "alice", accounts=[sandbox.account, sandbox.studio]
    )
    refused = choose(browser, back, 1)
    assert refused.status_code == 422
    assert not Connection.objects.exists()


def test_the_choice_belongs_to_the_browser_that_consented(api: APIClient, sandbox: RunningSandbox) -> None:
    back = go_through_consent(
        sandbox, Client(), ask_link_token(api), "alice", accounts=[sandbox.account, sandbox.studio]
    )
    assert choose(Client(), back, sandbox.studio.id).status_code == 403
    assert not Connection.objects.exists()


def test_linking_the_same_account_again_ends_as_one_connection(api: APIClient, sandbox: RunningSandbox) -> None:
    for _ in range(2):
        go_through_consent(sandbox, Client(), ask_link_token(api), "alice")
    assert len(api.get("/integrated-account").json()["result"]) == 1


def test_denied_consent_stores_nothing_and_can_be_tried_again(api: APIClient, sandbox: RunningSandbox) -> None:
    browser, text = Client(), ask_link_token(api)
    denied = go_through_consent(sandbox, browser, text, "alice", allow=False)
    assert denied.status_code == 403
    assert "You did not allow access" in denied.content.decode()
    assert "Try again" in denied.content.decode()
    told = outcome(text)
    assert (told["result"], told["error_type"], told["code"]) == ("error", "connection_error", "consent_denied")
    assert_nothing_stored()
    assert go_through_consent(sandbox, browser, text, "alice").status_code == 200
    assert outcome(text)["result"] == "success"


def test_a_grant_of_forecast_alone_is_refused_with_the_reason(api: APIClient, sandbox: RunningSandbox) -> None:
    page = go_through_consent(
        sandbox, Client(), ask_link_token(api), "alice", accounts=[sandbox.forecast_account_id]
    ).content.decode()
    assert "Forecast" in page
    assert_nothing_stored()


@pytest.mark.parametrize("path", ["/api/v2/oauth2/token", "/api/v2/accounts", "/v2/users/me"])
def test_harvest_down_while_linking_stores_nothing_and_says_so(
    api: APIClient, sandbox: RunningSandbox, path: str, settings: Any
) -> None:
    settings.HARVEST_TIMEOUT_SECONDS = 1
    sandbox.fault("status", path=path, status=503, times=None)
    text = ask_link_token(api)
    page = go_through_consent(sandbox, Client(), text, "alice")
    assert page.status_code == 503
    assert "Nothing was stored" in page.content.decode()
    assert_nothing_stored()
    sandbox.clear_faults()
    assert go_through_consent(sandbox, Client(), text, "alice").status_code == 200


@pytest.mark.parametrize("text", ["", "hb_link_forged", "3b1f8c2e-0000-0000-0000-000000000000"])
@pytest.mark.parametrize("path", ["/connect-account", "/connect-account/authorize"])
def test_a_forged_link_token_is_refused(db: None, text: str, path: str) -> None:
    refused = Client().get(path, {"link_token": text})
    assert refused.status_code == 401
    assert "invalid_link_token" in refused.content.decode()


def test_a_used_link_token_is_refused(api: APIClient, sandbox: RunningSandbox) -> None:
    text = ask_link_token(api)
    go_through_consent(sandbox, Client(), text, "alice")
    assert Client().get("/connect-account/authorize", {"link_token": text}).status_code == 401


def test_an_expired_link_token_is_refused(api: APIClient) -> None:
    text = ask_link_token(api)
    LinkToken.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert Client().get("/connect-account", {"link_token": text}).status_code == 401


def test_link_tokens_are_kept_only_as_hashes(api: APIClient) -> None:
    text = ask_link_token(api)
    assert text not in json.dumps(list(LinkToken.objects.values()), default=str)


def test_the_connect_page_may_be_framed_by_the_hosts_origins_alone(api: APIClient) -> None:
    page = Client().get("/connect-account", {"link_token": ask_link_token(api)})
    assert "frame-ancestors http://127.0.0.1:8002" in page["Content-Security-Policy"]
    assert "X-Frame-Options" not in page
    assert page["Cross-Origin-Opener-Policy"] == "unsafe-none"
    assert not page.cookies
    assert "Ticket board" in page.content.decode()


def test_in_the_same_window_the_outcome_rides_in_the_query(api: APIClient, sandbox: RunningSandbox) -> None:
    text = ask_link_token(api, redirect_uri="http://127.0.0.1:8002/settings?tab=harvest#connections")
    done = go_through_consent(sandbox, Client(), text, "alice")
    [connection] = Connection.objects.all()
    told = f"result=success&integration=harvest&integrated_account_id={connection.pk}"
    assert (done.status_code, done["Location"]) == (
        302,
        f"http://127.0.0.1:8002/settings?tab=harvest&{told}#connections",
    )


def test_in_the_same_window_a_no_rides_there_too(api: APIClient, sandbox: RunningSandbox) -> None:
    text = ask_link_token(api, redirect_uri="http://127.0.0.1:8002/settings")
    denied = go_through_consent(sandbox, Client(), text, "alice", allow=False)
    assert "result=error" in denied["Location"]
    assert "error_type=connection_error" in denied["Location"]


def test_the_calls_made_while_linking_count_on_the_connections_budget(
    api: APIClient, sandbox: RunningSandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    keys = []
    send = calls.send_as

    def watched(source: Any, operation: Any, **options: Any) -> Any:
        keys.append(source and source.budget_key)
        return send(source, operation, **options)

    monkeypatch.setattr(calls, "send_as", watched)
    go_through_consent(sandbox, Client(), ask_link_token(api), "alice")
    assert keys == [None] + [ConnectionTokens(Connection.objects.get(), Credentials("token")).budget_key] * 3


@pytest.mark.parametrize("status", [403, 404])
def test_an_account_without_an_address_for_us_is_linked_all_the_same(
    api: APIClient, sandbox: RunningSandbox, status: int
) -> None:
    """Members may not read it; other implementations of Harvest's API have none."""
    sandbox.fault("status", path="/v2/company", status=status)
    assert go_through_consent(sandbox, Client(), ask_link_token(api), "alice").status_code == 200
    assert Connection.objects.get().timesheet_url == ""


class TestRole:
    """What the linker may do is shown, and a second window stays open for whom it matters."""

    def linked(self, api: APIClient, sandbox: RunningSandbox, who: str, **asked: str) -> str:
        browser = Client()
        away = browser.get(
            "/connect-account/authorize", {"link_token": ask_link_token(api, **asked), "second_window": "true"}
        )
        back = sandbox.consent(away["Location"], who, accounts=[sandbox.account])
        page: str = confirm(browser, browser.get(back.removeprefix("http://localhost:8000"))).content.decode()
        return page

    def test_an_administrator_is_done(self, api: APIClient, sandbox: RunningSandbox) -> None:
        page = self.linked(api, sandbox, "alice")
        assert "You are an administrator there." in page
        assert "data-closes-itself" in page

    @pytest.mark.parametrize(("who", "words"), [("carmen", "You are a member"), ("bruno", "You are a manager")])
    def test_others_learn_that_some_data_needs_one(
        self, api: APIClient, sandbox: RunningSandbox, who: str, words: str
    ) -> None:
        page = self.linked(api, sandbox, who)
        assert words in page
        assert "Some data needs an administrator" in page
        assert "data-closes-itself" not in page

    def test_for_oneself_any_role_will_do(self, api: APIClient, sandbox: RunningSandbox) -> None:
        page = self.linked(api, sandbox, "carmen", user_id="u-carmen")
        assert "You are a member there." in page
        assert "Some data needs an administrator" not in page


def test_the_page_shows_the_hosts_name_and_its_logo_from_where_that_lies(api: APIClient) -> None:
    page = Client().get("/connect-account", {"link_token": ask_link_token(api)})
    assert "img-src 'self' data:;" in page["Content-Security-Policy"]
    HostApp.objects.update(name="<Beacon>", logo_url="https://cdn.example/logo.svg?v=2")
    page = Client().get("/connect-account", {"link_token": ask_link_token(api)})
    assert "img-src 'self' data: https://cdn.example;" in page["Content-Security-Policy"]
    assert '<img src="https://cdn.example/logo.svg?v=2" alt=""' in page.content.decode()
    assert "Connect Harvest to &lt;Beacon&gt;" in page.content.decode()


@pytest.mark.parametrize("name", ["link-sdk.js", "link-shim.js"])
def test_the_scripts_for_hosts_load_from_any_page(db: None, name: str) -> None:
    script = Client().get(f"/assets/{name}")
    assert script["Content-Type"] == "text/javascript; charset=utf-8"
    assert (script["Access-Control-Allow-Origin"], script["Cross-Origin-Resource-Policy"]) == ("*", "cross-origin")
    assert Client().get(f"/assets/{name}", headers={"If-None-Match": script["ETag"]}).status_code == 304


@pytest.mark.parametrize("no_back", ["", "true"])
def test_the_way_back_may_be_hidden(api: APIClient, no_back: str) -> None:
    text = ask_link_token(api, redirect_uri="http://127.0.0.1:8002/settings")
    for auth_format in ("oauth2", "api_key"):
        asked = {"link_token": text, "auth_format": auth_format, "no_back": no_back}
        page = Client().get("/connect-account", asked).content.decode()
        assert ("Back to Ticket board" in page.replace("data-give-up>Back to Ticket board", "")) == (not no_back)
