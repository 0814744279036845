"""Invariant 12: the state is spent once, lives ten minutes, and is bound to one browser and one link token.

Whatever is refused here stores nothing.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from allauth.socialaccount.internal import statekit
from django.test import Client
from django.utils import timezone
from rest_framework.test import APIClient

from harvest_bridge.connections import pending_grants
from harvest_bridge.connections.models import Connection, LinkToken
from harvest_bridge.hosts.services import NewHostApp
from harvest_bridge.sandbox.testing import RunningSandbox
from tests.links import ask_link_token, assert_nothing_stored, choose, confirm
from tests.people import go_through_consent, rest
from tests.processes import Bridge

OURS = "http://localhost:8000"


def begin(browser: Client, text: str) -> str:
    """To Harvest's consent page; its address."""
    away: str = browser.get("/connect-account/authorize", {"link_token": text})["Location"]
    return away


def consented(sandbox: RunningSandbox, authorize_url: str, **consent: Any) -> str:
    """The callback that Harvest sends the browser to."""
    return sandbox.consent(authorize_url, "alice", **{"accounts": [sandbox.account], **consent}).removeprefix(OURS)


def state_in(url: str) -> str:
    return parse_qs(urlsplit(url).query)["state"][0]


def assert_refused(response: Any) -> None:
    assert response.status_code == 403
    assert "link_state_mismatch" in response.content.decode()
    assert_nothing_stored()


@pytest.mark.django_db
class TestInvariant12:
    @pytest.fixture
    def browser(self) -> Client:
        return Client()

    @pytest.fixture
    def callback(self, api: APIClient, sandbox: RunningSandbox, browser: Client) -> str:
        """What Harvest would send `browser` to, after Alice allowed access."""
        return consented(sandbox, begin(browser, ask_link_token(api)))

    def test_states_are_long_random_and_never_the_same(self, api: APIClient, browser: Client) -> None:
        states = {state_in(begin(browser, ask_link_token(api))) for _ in range(5)}
        assert len(states) == 5
        assert min(map(len, states)) >= 16

    def test_a_missing_cookie_is_refused(self, callback: str) -> None:
        assert_refused(Client().get(callback))

    def test_another_browser_with_a_flow_of_its_own_is_refused(self, api: APIClient, callback: str) -> None:
        other = Client()
        begin(other, ask_link_token(api))
        assert_refused(other.get(callback))

    def test_a_state_swapped_in_from_another_browser_is_refused(
        self, api: APIClient, sandbox: RunningSandbox, browser: Client, callback: str
    ) -> None:
        """Login CSRF: the attacker's own code, or state, brought to the victim's browser."""
        attacker = Client()
        theirs = consented(sandbox, begin(attacker, ask_link_token(api)))
        for brought in (theirs, callback.replace(state_in(callback), state_in(theirs))):
            assert_refused(browser.get(brought))

    @pytest.mark.parametrize("altered", ["state=x", "other=", "state=&other=", "state=%01"])
    def test_a_missing_or_altered_state_is_refused(self, browser: Client, callback: str, altered: str) -> None:
        assert_refused(browser.get(callback.replace("state=", altered)))

    def test_a_second_callback_is_refused(self, browser: Client, callback: str) -> None:
        first = browser.get(callback)
        assert browser.get(callback).status_code == 403
        assert not Connection.objects.exists()
        assert confirm(browser, first).status_code == 200
        assert browser.get(callback).status_code == 403
        assert Connection.objects.get().token_generation == 1

    def test_a_state_is_spent_by_a_denial_too(self, api: APIClient, sandbox: RunningSandbox, browser: Client) -> None:
        away = begin(browser, ask_link_token(api))
        assert browser.get(consented(sandbox, away, allow=False)).status_code == 403
        assert_refused(browser.get(consented(sandbox, away)))

    def test_a_state_is_spent_though_harvest_was_away(
        self, sandbox: RunningSandbox, browser: Client, callback: str
    ) -> None:
        sandbox.fault("status", path="/api/v2/accounts", status=403, times=1)
        assert browser.get(callback).status_code == 502
        assert_refused(browser.get(callback))

    def test_a_state_older_than_ten_minutes_is_refused(
        self, browser: Client, callback: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        now = statekit.time.time()
        monkeypatch.setattr(statekit.time, "time", lambda: now + 601)
        assert_refused(browser.get(callback))

    def test_a_link_token_that_ended_meanwhile_is_refused(self, browser: Client, callback: str) -> None:
        LinkToken.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
        assert browser.get(callback).status_code == 401
        assert_nothing_stored()

    def test_a_link_token_that_another_window_spent_makes_no_second_connection(
        self, api: APIClient, sandbox: RunningSandbox, browser: Client
    ) -> None:
        text = ask_link_token(api)
        first, second = (consented(sandbox, begin(browser, text)) for _ in range(2))
        assert confirm(browser, browser.get(first)).status_code == 200
        assert browser.get(second).status_code == 401
        assert Connection.objects.get().token_generation == 1

    def test_the_state_decides_whose_link_it_is(
        self, api: APIClient, stranger: NewHostApp, board: NewHostApp, sandbox: RunningSandbox, browser: Client
    ) -> None:
        """Two hosts in one browser: what came back under one host's state never links to the other."""
        begin(browser, ask_link_token(api))
        theirs = begin(browser, ask_link_token(rest(stranger.api_key)))
        assert confirm(browser, browser.get(consented(sandbox, theirs))).status_code == 200
        assert [row.host_app for row in Connection.objects.all()] == [stranger.host_app]
        assert LinkToken.objects.get(host_app=board.host_app).spent_at is None

    def test_a_choice_on_one_hosts_page_never_finishes_the_link_of_another(
        self, api: APIClient, stranger: NewHostApp, board: NewHostApp, sandbox: RunningSandbox, browser: Client
    ) -> None:
        several = {"accounts": [sandbox.account, sandbox.studio]}
        ours = go_through_consent(sandbox, browser, ask_link_token(api), "alice", **several)
        go_through_consent(sandbox, browser, ask_link_token(rest(stranger.api_key)), "alice", **several)
        assert choose(browser, ours, sandbox.studio.id).status_code == 200
        assert [row.host_app for row in Connection.objects.all()] == [board.host_app]

    def test_a_retry_belongs_to_the_browser_that_failed(
        self, api: APIClient, sandbox: RunningSandbox, browser: Client
    ) -> None:
        go_through_consent(sandbox, browser, ask_link_token(api), "alice", allow=False)
        again = {"again": str(LinkToken.objects.get().pk)}
        assert browser.get("/connect-account/authorize", again).status_code == 302
        assert Client().get("/connect-account/authorize", again).status_code == 401

    def test_nothing_in_a_callback_forwards_anywhere(self, browser: Client, callback: str) -> None:
        """The loophole that forced Nango's revert: a callback that passes code and state on where it is told to."""
        more = "".join(f"&{name}=https://evil.example/" for name in ("redirect_uri", "next", "return_to", "url"))
        back = browser.get(callback + more)
        assert (back.status_code, urlsplit(back["Location"]).path) == (302, "/connect-account/account")
        assert "evil.example" not in back["Location"] + confirm(browser, back).content.decode()
        refused = browser.get(f"/connect-account/callback?code=x&state=https://evil.example/{more}")
        assert (refused.status_code, refused.headers.get("Location")) == (403, None)

    def test_an_abandoned_choice_leaves_nothing(self, api: APIClient, sandbox: RunningSandbox, browser: Client) -> None:
        several = [sandbox.account, sandbox.studio]
        back = go_through_consent(sandbox, browser, ask_link_token(api), "alice", accounts=several)
        assert LinkToken.objects.exclude(sealed_grant="").exists()
        assert pending_grants.forget_abandoned(now=timezone.now() + pending_grants.LIFE / 2) == 0
        assert pending_grants.forget_abandoned(now=timezone.now() + 2 * pending_grants.LIFE) == 1
        assert_nothing_stored()
        assert choose(browser, back, sandbox.studio.id).status_code == 502
        assert_nothing_stored()


def test_invariant_12_of_callbacks_at_the_same_moment_one_is_taken(bridge: Bridge, sandbox: RunningSandbox) -> None:
    """Sixteen at once, in one browser, against a running bridge."""
    text = bridge.api.post("/link-token", json={"tenant_id": "double-callback"}).json()["link_token"]
    with httpx.Client(base_url=bridge.url, trust_env=False, timeout=60) as browser:
        away = browser.get("/connect-account/authorize", params={"link_token": text}).headers["Location"]
        callback = sandbox.consent(away, "alice", accounts=[sandbox.account])
        with ThreadPoolExecutor(16) as threads:
            answers = list(threads.map(browser.get, [callback] * 16))
    assert sorted(answer.status_code for answer in answers) == [302] + [403] * 15
    asked = [request.body for request in sandbox.requests("POST", "/api/v2/oauth2/token")]
    assert len([body for body in asked if b"authorization_code" in body]) == 1  # the worker may renew other tokens
