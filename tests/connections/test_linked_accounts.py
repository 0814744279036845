"""The customer's own page: what is linked, for whom a link token was made, and ending it."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.utils import timezone
from django.utils.formats import date_format
from rest_framework.test import APIClient

from harvest_bridge.connections.history import What
from harvest_bridge.connections.models import Connection, ConnectionEvent, LinkToken, Status
from harvest_bridge.connections.services import create_link_token
from harvest_bridge.hosts.models import ApiKey, HostApp
from harvest_bridge.hosts.services import NewHostApp
from harvest_bridge.sandbox.testing import RunningSandbox
from tests.links import ask_link_token, confirm
from tests.people import ORIGIN, go_through_consent, widget_token

pytestmark = pytest.mark.django_db
PATH = "/connect-account/linked"


def linked(host_app: HostApp, name: str, *, tenant_id: str = "acme", user_id: str = "", **more: Any) -> Connection:
    return Connection.objects.create(
        host_app=host_app,
        tenant_id=tenant_id,
        kind="personal" if user_id else "account",
        user_id=user_id,
        harvest_account_id=Connection.objects.count() + 1,
        harvest_account_name=name,
        harvest_user_id=7,
        **{"linked_by": "Alice Okafor <alice@acme.example>", "status": Status.ACTIVE, **more},
    )


def frame() -> Client:
    """As in a frame: no cookies, CSRF checks on."""
    return Client(enforce_csrf_checks=True)


def page(text: str, **query: str) -> Any:
    return frame().get(PATH, {"link_token": text, **query})


def end(text: str, connection_id: object) -> Any:
    return frame().post(PATH, {"link_token": text, "connection": str(connection_id)})


def names(answer: Any) -> list[str]:
    return re.findall(r"<h2><bdi>(.*?)</bdi></h2>", answer.content.decode())


def is_linked(connection: Connection) -> bool:
    return Connection.objects.filter(pk=connection.pk, disconnected_at=None).exists()


class TestSeeing:
    def test_each_account_is_shown_with_who_linked_it_its_state_and_its_rights(
        self, api: APIClient, board: NewHostApp
    ) -> None:
        now = timezone.now()
        linked(board.host_app, "Acme", rights=["read", "invoices"], created_at=now, last_used_at=now)
        linked(board.host_app, "Broken", status=Status.NEEDS_REAUTH)
        answer = page(ask_link_token(api))
        shown = answer.content.decode()
        assert (answer.status_code, names(answer)) == (200, ["Broken", "Acme"])
        acme = shown.partition("<bdi>Acme</bdi>")[2]
        for words in ("Alice Okafor", "alice@acme.example", "everyone at this customer", ">Active<"):
            assert words in acme
        assert acme.count(date_format(now)) == 2
        assert "see everything that you can see" in acme
        assert "invoices, estimates and payments" in acme
        assert "archive people" not in acme
        broken = shown.partition("<bdi>Acme</bdi>")[0]
        assert "Must be linked again" in broken
        assert "Not yet" in broken

    def test_nothing_linked_is_said(self, api: APIClient) -> None:
        answer = page(ask_link_token(api))
        assert (answer.status_code, "No Harvest account is linked." in answer.content.decode()) == (200, True)

    def test_a_customers_link_shows_all_of_the_customer_and_a_persons_only_their_own(
        self, api: APIClient, board: NewHostApp, stranger: NewHostApp
    ) -> None:
        linked(board.host_app, "Acme")
        linked(board.host_app, "Bob’s", user_id="bob")
        linked(board.host_app, "Carmen’s", user_id="carmen")
        linked(board.host_app, "Other tenant’s", tenant_id="other", user_id="bob")
        linked(stranger.host_app, "Stranger’s", user_id="bob")
        linked(board.host_app, "Gone", user_id="bob", disconnected_at=timezone.now())
        assert sorted(names(page(ask_link_token(api)))) == ["Acme", "Bob’s", "Carmen’s"]
        assert names(page(ask_link_token(api, user_id="bob"))) == ["Bob’s"]
        assert names(page(ask_link_token(api, user_id="nobody"))) == []

    def test_a_link_that_renews_one_shows_that_one(self, api: APIClient, board: NewHostApp) -> None:
        linked(board.host_app, "Acme")
        one = linked(board.host_app, "Acme two")
        assert names(page(ask_link_token(api, integrated_account_id=str(one.pk)))) == ["Acme two"]

    def test_many_are_shown_page_by_page(self, api: APIClient, board: NewHostApp) -> None:
        for number in range(25):
            linked(board.host_app, f"Account {number}")
        text = ask_link_token(api)
        first, second = page(text), page(text, page="2")
        assert (len(names(first)), len(names(second))) == (20, 5)
        assert len({*names(first), *names(second)}) == 25
        assert "Older ones" in first.content.decode()
        assert "Newer ones" in second.content.decode()

    def test_the_day_is_that_of_the_last_linking(self, api: APIClient, board: NewHostApp) -> None:
        row = linked(board.host_app, "Acme")
        day = timezone.now() - timedelta(days=400)
        ConnectionEvent.objects.create(connection=row, what=What.RELINKED, actor="linker: Bob", at=day)
        assert str(day.year) in page(ask_link_token(api)).content.decode()

    def test_it_is_kept_nowhere_and_framed_by_the_host_alone(self, api: APIClient) -> None:
        answer = page(ask_link_token(api))
        assert "no-store" in answer["Cache-Control"]
        assert f"frame-ancestors {ORIGIN}" in answer["Content-Security-Policy"]
        assert not answer.cookies


class TestEnding:
    def test_it_asks_first_and_ends_with_a_row_of_history(self, api: APIClient, board: NewHostApp) -> None:
        one, other = linked(board.host_app, "Acme"), linked(board.host_app, "Kept")
        text = ask_link_token(api)
        question = page(text, connection=str(one.pk))
        assert (question.status_code, "Disconnect Acme?" in question.content.decode()) == (200, True)
        assert is_linked(one)
        done = end(text, one.pk)
        assert done.status_code == 302
        after = frame().get(done["Location"])
        assert ("The account was disconnected." in after.content.decode(), names(after)) == (True, ["Kept"])
        assert not is_linked(one)
        assert is_linked(other)
        event = ConnectionEvent.objects.get(connection=one)
        assert (event.what, event.actor) == (What.DISCONNECTED, "customer")

    def test_of_a_persons_own_link_the_history_names_the_person(self, api: APIClient, board: NewHostApp) -> None:
        own = linked(board.host_app, "Bob’s", user_id="bob")
        end(ask_link_token(api, user_id="bob"), own.pk)
        assert ConnectionEvent.objects.get(connection=own).actor == "customer: bob"

    def test_the_connection_of_somebody_else_is_not_found_and_stays(
        self, api: APIClient, board: NewHostApp, stranger: NewHostApp
    ) -> None:
        others = [
            linked(stranger.host_app, "Stranger’s", user_id="bob"),
            linked(board.host_app, "Other tenant’s", tenant_id="other", user_id="bob"),
            linked(board.host_app, "Carmen’s", user_id="carmen"),
            linked(board.host_app, "Acme"),
        ]
        text = ask_link_token(api, user_id="bob")
        for wanted in [*[row.pk for row in others], uuid4(), "no-id", "", "\x00"]:
            answer = end(text, wanted)
            assert (answer.status_code, "not linked here" in answer.content.decode()) == (404, True), wanted
        for row in others:
            assert is_linked(row)
            assert row.harvest_account_name not in page(text, connection=str(row.pk)).content.decode()
        assert not ConnectionEvent.objects.exists()

    def test_ending_it_twice_ends_it_once(self, api: APIClient, board: NewHostApp) -> None:
        one, text = linked(board.host_app, "Acme"), ask_link_token(api)
        assert [end(text, one.pk).status_code for _ in range(2)] == [302, 404]
        assert ConnectionEvent.objects.count() == 1


class TestWhoMay:
    def refused(self, text: str, row: Connection) -> None:
        for answer in (page(text), page(text, connection=str(row.pk)), end(text, row.pk)):
            assert (answer.status_code, "invalid_link_token" in answer.content.decode()) == (401, True)
            assert row.harvest_account_name not in answer.content.decode()
        assert is_linked(row)

    def test_forged_and_expired_link_tokens_and_those_of_a_revoked_key_see_nothing(
        self, api: APIClient, board: NewHostApp
    ) -> None:
        row, text = linked(board.host_app, "Acme"), ask_link_token(api)
        self.refused("hb_link_forged", row)
        LinkToken.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
        self.refused(text, row)
        text = ask_link_token(api)
        ApiKey.objects.update(revoked_at=timezone.now())
        self.refused(text, row)

    def test_without_a_link_token_there_is_nothing(self, board: NewHostApp) -> None:
        row = linked(board.host_app, "Acme")
        assert frame().get(PATH).status_code == 401
        assert frame().post(PATH, {"connection": str(row.pk)}).status_code == 403
        assert Client().post(PATH, {"connection": str(row.pk)}).status_code == 401
        assert is_linked(row)

    def test_a_spent_link_token_opens_only_what_it_made(
        self, api: APIClient, board: NewHostApp, sandbox: RunningSandbox
    ) -> None:
        kept, text = linked(board.host_app, "Kept"), ask_link_token(api)
        go_through_consent(sandbox, Client(), text, "alice")
        made = Connection.objects.exclude(pk=kept.pk).get()
        assert names(page(text)) == [made.harvest_account_name.replace("&", "&amp;")]
        assert end(text, kept.pk).status_code == 404
        assert end(text, made.pk).status_code == 302
        assert (is_linked(kept), is_linked(made), names(page(text))) == (True, False, [])

    def test_a_link_begun_in_a_browser_opens_in_that_browser_alone(
        self, board: NewHostApp, sandbox: RunningSandbox
    ) -> None:
        asked = {"token": widget_token(board, sub="carmen"), "origin": ORIGIN}
        session = APIClient().post("/timer/session", asked, format="json").json()["session"]
        panel = APIClient()
        panel.credentials(HTTP_AUTHORIZATION=f"Bearer {session}")
        begun = panel.post("/timer/connect", {}, format="json").json()
        text = begun["url"].partition("link_token=")[2].partition("&")[0]
        assert (page(text).status_code, "started in another browser" in page(text).content.decode()) == (403, True)
        browser = Client()
        away = browser.post(begun["url"].removeprefix("http://localhost:8000"), {"proof": begun["proof"]})
        back = sandbox.consent(away["Location"], "carmen", accounts=[sandbox.account])
        confirm(browser, browser.get(back.removeprefix("http://localhost:8000")))
        again = str(LinkToken.objects.get().pk)
        assert Client().get(PATH, {"again": again}).status_code == 401
        assert len(names(browser.get(PATH, {"again": again}))) == 1


class TestTheWayThere:
    def test_the_connect_page_leads_there(self, api: APIClient) -> None:
        shown = Client().get("/connect-account", {"link_token": ask_link_token(api)}).content.decode()
        assert f'href="{PATH}?link_token=' in shown

    def test_the_page_after_connecting_leads_there_in_the_same_browser(
        self, api: APIClient, sandbox: RunningSandbox
    ) -> None:
        browser = Client()
        done = go_through_consent(sandbox, browser, ask_link_token(api), "alice")
        address = re.search(rf'href="({PATH}\?again=[^"]+)"', done.content.decode())
        assert address is not None
        assert (browser.get(address[1]).status_code, Client().get(address[1]).status_code) == (200, 401)

    def test_in_the_window_that_linked_ending_takes_a_csrf_token(
        self, api: APIClient, board: NewHostApp, sandbox: RunningSandbox
    ) -> None:
        text = create_link_token(host_app=board.host_app, tenant_id="acme")
        browser = Client()
        go_through_consent(sandbox, browser, text, "alice")
        made, again = Connection.objects.get(), str(LinkToken.objects.get().pk)
        question = browser.get(PATH, {"again": again, "connection": str(made.pk)}).content.decode()
        fields = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', question))
        browser.handler.enforce_csrf_checks = True
        without = {"again": again, "connection": str(made.pk)}
        assert browser.post(PATH, without).status_code == 403
        assert is_linked(made)
        assert browser.post(PATH, {**fields, "connection": str(made.pk)}).status_code == 302
        assert not is_linked(made)
