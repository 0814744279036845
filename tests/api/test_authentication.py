"""Who may call: one kind of token each, refused with a code of its own."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone
from rest_framework.test import APIClient

from harvest_bridge.connections.models import Connection
from harvest_bridge.connections.services import create_link_token
from harvest_bridge.hosts.models import ApiKey
from harvest_bridge.hosts.services import NewHostApp, issue_api_key, revoke_api_key
from tests.people import account_token, rest, widget_token

pytestmark = pytest.mark.django_db
PATH = "/integrated-account"


def test_a_live_key_is_let_in_and_its_use_is_noted(api: APIClient, board: NewHostApp) -> None:
    assert api.get(PATH).status_code == 200
    assert ApiKey.objects.get().last_used_at is not None


@pytest.mark.parametrize(
    ("header", "code"),
    [
        (None, "missing_token"),
        ("Basic aGk6aG8=", "missing_token"),
        ("Bearer ", "missing_token"),
        ("Bearer hb_live_wrong", "invalid_api_key"),
        ("Bearer something", "unknown_token"),
    ],
)
def test_a_wrong_key_is_a_401_with_its_reason(board: NewHostApp, header: str | None, code: str) -> None:
    response = APIClient().get(PATH, headers={"Authorization": header} if header else {})
    assert (response.status_code, response.json()["code"]) == (401, code)
    assert response.json()["statusCode"] == 401
    assert response.headers["WWW-Authenticate"] == "Bearer"


def test_a_revoked_key_is_refused_from_the_next_request_on(api: APIClient, board: NewHostApp) -> None:
    assert api.get(PATH).status_code == 200
    revoke_api_key(api_key=ApiKey.objects.get())
    refused = api.get(PATH)
    assert (refused.status_code, refused.json()["code"]) == (401, "invalid_api_key")
    assert "revoked" in refused.json()["message"]


def test_an_expired_key_is_refused(board: NewHostApp) -> None:
    _, text = issue_api_key(
        host_app=board.host_app, scopes=["connections"], expires_at=timezone.now() - timedelta(seconds=1)
    )
    assert "expired" in rest(text).get(PATH).json()["message"]


def test_a_key_without_the_scope_is_a_403_that_names_it(board: NewHostApp) -> None:
    _, text = issue_api_key(host_app=board.host_app, scopes=["directory"])
    response = rest(text).get(PATH)
    assert (response.status_code, response.json()["code"]) == (403, "missing_scope")
    assert "connections" in response.json()["message"]


def test_no_token_is_accepted_in_place_of_another(board: NewHostApp, alices: Connection) -> None:
    """API key, link token, integrated-account token, widget token and timer session: each only at its own doors."""
    session = APIClient().post(
        "/timer/session", {"token": widget_token(board), "origin": "http://127.0.0.1:8002"}, format="json"
    )
    tokens = {
        "api key": board.api_key,
        "link token": create_link_token(host_app=board.host_app, tenant_id="acme"),
        "account token": account_token(alices),
        "widget token": widget_token(board),
        "timer session": session.json()["session"],
    }
    doors = {
        "/integrated-account": {"api key"},
        "/integrated-account/me": {"account token"},
        f"/unified/user-directory/me?integrated_account_id={alices.pk}": {"api key", "account token"},
        "/timer/state": {"timer session"},
    }
    for path, welcome in doors.items():
        let_in = {name for name, token in tokens.items() if rest(token).get(path).status_code == 200}
        assert let_in == welcome, path


def test_a_cookie_or_a_query_string_is_no_credential(board: NewHostApp) -> None:
    client = APIClient()
    client.cookies["hb_session"] = board.api_key
    assert client.get(PATH, {"access_token": board.api_key}).status_code == 401
