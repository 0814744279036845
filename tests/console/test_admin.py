"""Operators: sign-in by allauth, host apps and connections to look at, never a secret."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth import get_user_model
from django.test import Client

from harvest_bridge.connections.models import Connection
from harvest_bridge.crypto.ring import key_ring
from harvest_bridge.hosts.models import ApiKey, WidgetKey
from harvest_bridge.hosts.services import NewHostApp
from harvest_bridge.sandbox.testing import RunningSandbox
from tests.people import rest

pytestmark = pytest.mark.django_db


@pytest.fixture
def operator(db: None) -> Client:
    user = get_user_model().objects.create_superuser("operator", "operator@example.com", "a long pass phrase")
    client = Client()
    client.force_login(user)
    return client


def test_the_admin_signs_people_in_through_allauth() -> None:
    assert Client().get("/admin/")["Location"].startswith("/admin/login/")
    assert Client().get("/admin/login/")["Location"].startswith("/accounts/login/")
    assert Client().get("/accounts/login/").status_code == 200


def test_a_pass_phrase_signs_in_and_a_wrong_one_does_not() -> None:
    get_user_model().objects.create_superuser("operator", "operator@example.com", "a long pass phrase")
    browser = Client()
    wrong = browser.post("/accounts/login/", {"login": "operator", "password": "wrong"})
    assert "incorrect" in wrong.content.decode() or "not correct" in wrong.content.decode()
    right = browser.post("/accounts/login/", {"login": "operator", "password": "a long pass phrase"})
    assert right["Location"] == "/admin/"
    assert browser.get("/admin/").status_code == 200


def test_nobody_can_sign_themself_up() -> None:
    page = Client().post("/accounts/signup/", {"username": "x", "password1": "a long pass phrase"})
    assert not get_user_model().objects.exists()
    assert "closed" in page.content.decode().lower()


@pytest.mark.parametrize(
    "path",
    ["", "hosts/hostapp/", "hosts/apikey/", "hosts/widgetkey/", "connections/connection/", "timer_widget/intent/"],
)
def test_every_list_opens(operator: Client, alices: Connection, path: str) -> None:
    assert operator.get(f"/admin/{path}").status_code == 200


def test_a_connection_shows_its_state_and_last_error_and_no_token(
    operator: Client, alices: Connection, sandbox: RunningSandbox
) -> None:
    alices.last_error = {"code": "needs_reauth", "message": "Harvest refused the refresh token.", "at": "2026-11-24"}
    alices.save()
    pages = [
        operator.get(f"/admin/connections/connection/{rest}").content.decode() for rest in ("", f"{alices.pk}/change/")
    ]
    access = key_ring().open(alices.sealed_access_token, bound_to=alices.binding("access token"))
    for page in pages:
        assert "Active" in page
        assert "Harvest refused the refresh token." in page
        assert access not in page
        assert alices.sealed_access_token not in page
        assert "hb1." not in page


def test_an_api_key_is_shown_once_and_works(operator: Client, board: NewHostApp) -> None:
    change = f"/admin/hosts/hostapp/{board.host_app.pk}/change/"
    assert "Issue API key" in operator.get(change).content.decode()
    issue = f"/admin/hosts/hostapp/{board.host_app.pk}/issue-api-key/"
    assert operator.get(issue).status_code == 200
    assert ApiKey.objects.count() == 1
    shown = operator.post(issue, {"label": "Back end", "scopes": ["connections"]})
    key = re.findall(r"hb_live_[\w-]+", shown.content.decode())[0]
    assert "no-store" in shown["Cache-Control"]
    assert rest(key).get("/integrated-account").status_code == 200
    assert ApiKey.objects.get(label="Back end").scopes == ["connections"]
    assert key not in operator.get(change).content.decode()
    assert key not in str(list(LogEntry.objects.values()))
    assert LogEntry.objects.filter(change_message__contains="Issued the API key").exists()


def test_a_widget_secret_is_shown_once(operator: Client, board: NewHostApp) -> None:
    issue = f"/admin/hosts/hostapp/{board.host_app.pk}/issue-widget-key/"
    page = operator.post(issue).content.decode()
    secret = re.findall(r"hb_widget_[\w-]+", page)[0]
    assert WidgetKey.objects.count() == 2
    assert secret not in operator.get(f"/admin/hosts/hostapp/{board.host_app.pk}/change/").content.decode()


def test_a_key_revoked_in_the_admin_is_refused_at_once(operator: Client, board: NewHostApp) -> None:
    row = ApiKey.objects.get()
    asked = operator.post("/admin/hosts/apikey/", {"action": "revoke_selected", "_selected_action": [row.pk]})
    assert "cannot be undone" in asked.content.decode()
    assert rest(board.api_key).get("/integrated-account").status_code == 200
    operator.post(
        "/admin/hosts/apikey/", {"action": "revoke_selected", "_selected_action": [row.pk], "confirmed": "yes"}
    )
    assert rest(board.api_key).get("/integrated-account").status_code == 401


@pytest.mark.parametrize("kind", ["apikey", "widgetkey"])
def test_revoking_one_key_asks_first(operator: Client, board: NewHostApp, kind: str) -> None:
    row: ApiKey | WidgetKey = ApiKey.objects.get() if kind == "apikey" else WidgetKey.objects.get()
    path = f"/admin/hosts/{kind}/{row.pk}/revoke/"
    assert str(row) in operator.get(path).content.decode()
    row.refresh_from_db()
    assert row.revoked_at is None
    operator.post(path)
    row.refresh_from_db()
    assert row.revoked_at is not None


def test_a_key_is_issued_with_an_expiry(operator: Client, board: NewHostApp) -> None:
    issue = f"/admin/hosts/hostapp/{board.host_app.pk}/issue-api-key/"
    past = operator.post(issue, {"scopes": ["connections"], "expires_at": "2001-01-01T00:00"})
    assert "Choose a time to come" in past.content.decode()
    operator.post(issue, {"label": "Short", "scopes": ["connections"], "expires_at": "2999-01-01T00:00"})
    assert ApiKey.objects.get(label="Short").expires_at == datetime(2999, 1, 1, tzinfo=UTC)


def test_an_origin_that_another_host_app_has_is_refused_in_words(
    operator: Client, board: NewHostApp, stranger: NewHostApp
) -> None:
    form = {
        "name": "Ticket board",
        "logo_url": "",
        "origins-TOTAL_FORMS": "1",
        "origins-INITIAL_FORMS": "0",
        "origins-0-host_app": str(board.host_app.pk),
        "origins-0-origin": "https://stranger.example",
        **{f"{name}-{part}_FORMS": "0" for name in ("api_keys", "widget_keys") for part in ("TOTAL", "INITIAL")},
    }
    page = operator.post(f"/admin/hosts/hostapp/{board.host_app.pk}/change/", form).content.decode()
    assert "an origin belongs to exactly one host app" in page


@pytest.mark.parametrize(
    ("action", "event"),
    [
        ("refresh-now", "refreshed"),
        ("test-call", "tested"),
        ("relink-address", "relink_address"),
        ("disconnect", "disconnected"),
    ],
)
def test_every_action_asks_first_and_leaves_an_audit_row(
    operator: Client, alices: Connection, action: str, event: str
) -> None:
    path = f"/admin/connections/connection/{alices.pk}/{action}/"
    assert operator.get(path).status_code == 200
    assert not alices.events.filter(what=event).exists()
    operator.post(path)
    assert alices.events.filter(what=event).exists()
    assert LogEntry.objects.filter(object_id=str(alices.pk)).exists()


def test_a_relink_address_opens_the_connect_page(operator: Client, alices: Connection) -> None:
    page = operator.post(f"/admin/connections/connection/{alices.pk}/relink-address/").content.decode()
    token = re.findall(r"link_token=(hb_link_[\w-]+)", page)[0]
    assert Client().get("/connect-account", {"link_token": token}).status_code == 200


def test_a_failing_action_says_why_and_is_logged_too(
    operator: Client, alices: Connection, sandbox: RunningSandbox
) -> None:
    sandbox.revoke_all("alice")
    path = f"/admin/connections/connection/{alices.pk}/refresh-now/"
    page = operator.post(path, follow=True).content.decode()
    assert "must be linked again" in page
    assert LogEntry.objects.filter(change_message__contains="needs_reauth").exists()


def test_the_history_can_be_read_at_a_glance_and_changed_by_nobody(operator: Client, alices: Connection) -> None:
    page = operator.get(f"/admin/connections/connection/{alices.pk}/change/").content.decode()
    assert "Linked" in page
    assert "linker: Alice Okafor" in page
