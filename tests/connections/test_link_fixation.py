"""Invariant 12, link fixation: somebody sends a colleague the address with which they began to connect.

Whatever is refused here stores nothing. `test_link_fixation.py` of the timer's browser tests has the same in two real
browsers.
"""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.contrib.sessions.models import Session
from django.test import Client
from rest_framework.test import APIClient

from harvest_bridge.connections.models import Connection, LinkToken
from harvest_bridge.connections.pages.flow_cookie import COOKIE
from harvest_bridge.hosts.services import NewHostApp
from harvest_bridge.sandbox.testing import RunningSandbox
from tests.links import ask_link_token, assert_nothing_stored, confirm, confirmation_form
from tests.people import ORIGIN, widget_token

pytestmark = pytest.mark.django_db
OURS = "http://localhost:8000"
SIGN_IN = f"/platform/sign-in/harvest?origin={ORIGIN}"


def browser() -> Client:
    return Client(enforce_csrf_checks=True)


def consent(sandbox: RunningSandbox, at: Client, address: str, who: str = "alice") -> Any:
    """What Harvest's consent, given by `who`, brings to `at`."""
    return at.get(sandbox.consent(address, who, accounts=[sandbox.account]).removeprefix(OURS))


def assert_refused(response: Any) -> None:
    assert response.status_code == 403, response.content
    assert "link_state_mismatch" in response.content.decode()
    assert_nothing_stored()


class TestFromTheTimer:
    """Mallory's panel asked for the address; Alice is who gets it in a message."""

    @pytest.fixture
    def begun(self, board: NewHostApp) -> dict[str, str]:
        bought = APIClient().post(
            "/timer/session",
            {
                "token": widget_token(board, sub="mallory", name="Alice Okafor", email="m@acme.example"),
                "origin": ORIGIN,
            },
            format="json",
        )
        panel = APIClient()
        panel.credentials(HTTP_AUTHORIZATION=f"Bearer {bought.json()['session']}")
        answer: dict[str, str] = panel.post("/timer/connect", {}, format="json").json()
        return {"address": answer["url"].removeprefix(OURS), "proof": answer["proof"]}

    def prove(self, at: Client, begun: dict[str, str], **changed: str) -> Any:
        page = at.get(begun["address"]).content.decode()
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
        fields = {"csrfmiddlewaretoken": token[1] if token else "", "proof": begun["proof"]} | changed
        return at.post(begun["address"], fields)

    def test_the_address_alone_leads_nobody_to_harvest(self, begun: dict[str, str]) -> None:
        page = browser().get(begun["address"])
        assert (page.status_code, page.headers.get("Location")) == (200, None)
        assert "started in another browser" in page.content.decode()
        assert begun["proof"] not in page.content.decode()

    @pytest.mark.parametrize("proof", ["", "guessed", "hb_link_proof_"])
    def test_a_guessed_proof_is_refused(self, begun: dict[str, str], proof: str) -> None:
        assert_refused(self.prove(browser(), begun, proof=proof))

    def test_the_proof_of_another_link_is_refused(self, begun: dict[str, str], board: NewHostApp) -> None:
        LinkToken.objects.update(browser_hash="0" * 64)
        assert_refused(self.prove(browser(), begun))

    def test_a_page_elsewhere_cannot_post_the_proof_for_its_reader(self, begun: dict[str, str]) -> None:
        alice = browser()
        assert alice.post(begun["address"], {"proof": begun["proof"]}).status_code == 403
        assert COOKIE not in alice.cookies

    def test_no_other_page_takes_the_link_either(self, begun: dict[str, str], sandbox: RunningSandbox) -> None:
        text = parse_qs(urlsplit(begun["address"]).query)["link_token"][0]
        for path in ("/connect-account", "/connect-account/personal-token"):
            assert_refused(browser().get(path, {"link_token": text}))
        pasted = {"link_token": text, "token": sandbox.personal_token("carmen")}
        assert_refused(browser().post("/connect-account/personal-token", pasted))

    def test_harvests_own_address_is_no_use_in_another_browser(
        self, begun: dict[str, str], sandbox: RunningSandbox
    ) -> None:
        mallory, alice = browser(), browser()
        away = self.prove(mallory, begun)["Location"]
        assert_refused(consent(sandbox, alice, away))
        alice.get(begun["address"])
        assert_refused(consent(sandbox, alice, mallory.get(begun["address"])["Location"]))

    def test_the_browser_that_began_connects_after_a_yes_that_names_the_person_by_id(
        self, begun: dict[str, str], sandbox: RunningSandbox
    ) -> None:
        """A name can be anybody's; the host's own id cannot."""
        mallory = browser()
        back = consent(sandbox, mallory, self.prove(mallory, begun)["Location"], "carmen")
        assert not Connection.objects.exists()
        page = mallory.get(back["Location"]).content.decode()
        for named in (
            "Ticket board",
            "acme",
            "Alice Okafor",
            "m@acme.example",
            "mallory",
            "Fennel &amp; Finch",
            "carmen@",
        ):
            assert named in page
        assert confirm(mallory, back).status_code == 200
        assert Connection.objects.get().user_id == "mallory"

    def test_a_no_forgets_the_permission_at_once(self, begun: dict[str, str], sandbox: RunningSandbox) -> None:
        alice = browser()
        back = consent(sandbox, alice, self.prove(alice, begun)["Location"])
        form = confirmation_form(alice.get(back["Location"]).content.decode())
        no = alice.post("/connect-account/account", form | {"cancel": "true"})
        assert (no.status_code, "You did not allow access" in no.content.decode()) == (403, True)
        assert_nothing_stored()
        yes = alice.post("/connect-account/account", form | {"account": str(sandbox.account.id)})
        assert yes.status_code == 502
        assert_nothing_stored()

    def test_the_yes_is_given_on_our_own_page_in_the_browser_that_consented(
        self, begun: dict[str, str], sandbox: RunningSandbox
    ) -> None:
        alice, other = browser(), browser()
        back = consent(sandbox, alice, self.prove(alice, begun)["Location"])
        form = confirmation_form(alice.get(back["Location"]).content.decode())
        yes = form | {"account": str(sandbox.account.id)}
        forged = alice.post("/connect-account/account", yes | {"csrfmiddlewaretoken": "x" * 64})
        other.cookies["hb_csrf"] = alice.cookies["hb_csrf"].value
        assert (forged.status_code, other.post("/connect-account/account", yes).status_code) == (403, 403)
        assert not Connection.objects.exists()


class TestFromTheSignInWindow:
    def begin(self, at: Client) -> str:
        page = at.get(f"/platform/sign-in?origin={ORIGIN}").content.decode()
        token = confirmation_form(page)["csrfmiddlewaretoken"]
        away: str = at.post(SIGN_IN, {"csrfmiddlewaretoken": token})["Location"]
        return away

    def test_looking_at_the_window_stores_nothing(self, board: NewHostApp) -> None:
        for _ in range(3):
            assert browser().get("/platform/sign-in", {"origin": ORIGIN}).status_code == 200
            assert browser().get(SIGN_IN).status_code == 405
            assert browser().post(SIGN_IN).status_code == 403
        assert not LinkToken.objects.exists()
        assert not Session.objects.exists()

    def test_harvests_address_is_no_use_in_another_browser(self, board: NewHostApp, sandbox: RunningSandbox) -> None:
        mallory, alice = browser(), browser()
        away = self.begin(mallory)
        assert away.startswith(sandbox.url), "no address of ours that could be sent to somebody"
        assert_refused(consent(sandbox, alice, away))
        self.begin(alice)
        assert_refused(consent(sandbox, alice, self.begin(mallory)))

    def test_a_guest_is_signed_in_after_a_yes_that_names_page_and_account(
        self, board: NewHostApp, sandbox: RunningSandbox
    ) -> None:
        alice = browser()
        back = consent(sandbox, alice, self.begin(alice))
        page = alice.get(back["Location"]).content.decode()
        for named in ("Ticket board", ORIGIN, "you, in this browser", "Fennel &amp; Finch", "alice@"):
            assert named in page
        home = confirm(alice, back)["Location"]
        assert "data-code" in alice.get(home.removeprefix(OURS)).content.decode()

    @pytest.mark.usefixtures("standing_rate_limits")
    def test_whoever_begins_very_often_is_told_to_wait(
        self, board: NewHostApp, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("timer_widget.sessions.rate_limits.ADDRESS_SIGN_INS", "3/m")
        at = Client()
        answers = [at.post(SIGN_IN).status_code for _ in range(5)]
        assert answers == [302, 302, 302, 429, 429]
        assert LinkToken.objects.count() == 3


def test_pages_of_link_tokens_name_everybody_and_keep_nothing_on_the_server(
    api: APIClient, sandbox: RunningSandbox
) -> None:
    """Opened from a mail or by the host: there is no browser that began, so what the pages say is the protection."""
    text = ask_link_token(api, user_id="u-7", user_name="Carmen Ruiz", tenant_name="Acme Corp")
    alice = browser()
    for path in ("/connect-account", "/connect-account/personal-token"):
        page = alice.get(path, {"link_token": text}).content.decode().replace("<wbr>", "")
        for named in ("Ticket board", "Acme Corp", "acme", "Carmen Ruiz", "u-7"):
            assert named in page
    back = consent(sandbox, alice, alice.get("/connect-account/authorize", {"link_token": text})["Location"])
    page = alice.get(back["Location"]).content.decode().replace("<wbr>", "")
    for named in ("Ticket board", "Acme Corp", "Carmen Ruiz", "u-7", "alice@fennelfinch.example", "Fennel &amp; Finch"):
        assert named in page
    assert not Connection.objects.exists()
    assert not Session.objects.exists()


def test_a_pasted_token_connects_after_a_yes_that_names_its_owner(api: APIClient, sandbox: RunningSandbox) -> None:
    text = ask_link_token(api, user_id="u-7")
    page = browser().post(
        "/connect-account/personal-token", {"link_token": text, "token": sandbox.personal_token("carmen")}
    )
    assert not Connection.objects.exists()
    for named in ("Ticket board", "acme", "u-7", "carmen@fennelfinch.example", "Fennel &amp; Finch"):
        assert named in page.content.decode().replace("<wbr>", "")


def test_an_older_copy_of_the_cookie_brings_no_state_back(api: APIClient, sandbox: RunningSandbox) -> None:
    alice = browser()
    away = alice.get("/connect-account/authorize", {"link_token": ask_link_token(api)})["Location"]
    before = alice.cookies[COOKIE].value
    assert consent(sandbox, alice, away).status_code == 302
    alice.cookies[COOKIE] = before
    assert consent(sandbox, alice, away).status_code == 403


@pytest.mark.parametrize("path", ["", "/personal-token"])
def test_a_page_that_is_loaded_again_after_success_says_connected(
    api: APIClient, sandbox: RunningSandbox, path: str
) -> None:
    text = ask_link_token(api)
    alice = browser()
    back = consent(sandbox, alice, alice.get("/connect-account/authorize", {"link_token": text})["Location"])
    confirm(alice, back)
    for page in (alice.get(back["Location"]), browser().get(f"/connect-account{path}", {"link_token": text})):
        assert page.status_code == 200
        assert "Harvest is connected" in page.content.decode()
        assert "Not connected" not in page.content.decode()
