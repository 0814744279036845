"""A host app and its people: Alice linked her company's account, Bob works with her, Charlie is a stranger."""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import httpx
import jwt
import pytest
from django.test import Client
from rest_framework.test import APIClient

from harvest_bridge.connections import linking
from harvest_bridge.connections.models import Authentication, Connection
from harvest_bridge.connections.oauth.provider import callback_url
from harvest_bridge.connections.queries import link_token_of_any_age
from harvest_bridge.connections.services import create_account_token, create_link_token
from harvest_bridge.hosts.models import HostApp
from harvest_bridge.hosts.services import NewHostApp, create_host_app
from harvest_bridge.sandbox.testing import RunningSandbox
from tests.links import confirm

ORIGIN = "http://127.0.0.1:8002"
STRANGERS_ORIGIN = "https://stranger.example"


@pytest.fixture
def board(db: None) -> NewHostApp:
    """The host app of these tests, with its secrets."""
    return create_host_app(name="Ticket board", origins=[ORIGIN])


@pytest.fixture
def stranger(db: None) -> NewHostApp:
    return create_host_app(name="Stranger", origins=[STRANGERS_ORIGIN])


@pytest.fixture
def api(board: NewHostApp) -> APIClient:
    """The board's back end."""
    return rest(board.api_key)


def rest(token: str) -> APIClient:
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {token}")
    return client


def go_through_consent(sandbox: RunningSandbox, browser: Client, link_token: str, who: str, **consent: Any) -> Any:
    """What a browser does from our authorize page to Harvest, back, and to the person's yes; the page it ends on.

    Where there is an account to choose it stops at the callback's answer.
    """
    away = browser.get("/connect-account/authorize", {"link_token": link_token})
    assert away.status_code == 302, away.content
    back = sandbox.consent(away["Location"], who, **{"accounts": [sandbox.account], **consent})
    return confirm(browser, browser.get(back.removeprefix("http://localhost:8000")))


@pytest.fixture
def link(sandbox: RunningSandbox) -> Callable[..., Connection]:
    """Link a Harvest account for a host app: what is done below the pages, which `tests/connections` goes through."""

    def link_as(
        who: str, host_app: HostApp, *, tenant_id: str = "acme", user_id: str = "", **consent: Any
    ) -> Connection:
        text = create_link_token(host_app=host_app, tenant_id=tenant_id, user_id=user_id)
        link_token = link_token_of_any_age(text)
        assert link_token is not None
        code = code_of_consent(sandbox, who, **consent)
        asked = linking.receive_code(link_token=link_token, code=code)
        link_token.refresh_from_db()
        [account] = asked.accounts
        named = {"grant_id": asked.grant_id, "harvest_account_id": str(account.id)}
        return linking.confirm(link_token=link_token, method=Authentication.OAUTH2, **named)

    return link_as


def code_of_consent(sandbox: RunningSandbox, who: str, **consent: Any) -> str:
    """What Harvest gives the browser of a person who said yes, to bring to us."""
    asked = {
        "client_id": sandbox.client.client_id,
        "redirect_uri": callback_url(),
        "response_type": "code",
        "state": "x",
    }
    address = httpx.URL(f"{sandbox.url}/oauth2/authorize", params=asked)
    back = sandbox.consent(str(address), who, **{"accounts": [sandbox.account], **consent})
    return httpx.URL(back).params["code"]


@pytest.fixture
def alices(link: Callable[..., Connection], board: NewHostApp) -> Connection:
    """The account connection that Alice, an administrator, made for the board's customer."""
    return link("alice", board.host_app)


@pytest.fixture
def standing_rate_limits(monkeypatch: pytest.MonkeyPatch) -> None:
    """Rate limits count in windows of a minute; none turns over while this test runs."""
    now = time.time()
    monkeypatch.setattr("django_ratelimit.core.time", SimpleNamespace(time=lambda: now))


def account_token(connection: Connection) -> str:
    """As the host's back end gets it, with its first key."""
    return create_account_token(connection=connection, api_key=connection.host_app.api_keys.earliest("created_at"))


def widget_token(host: NewHostApp, **claims: Any) -> str:
    """As the host's back end signs it; `claims` add or replace, None leaves one out."""
    now = int(time.time())
    body = {
        "iss": str(host.host_app.pk),
        "aud": "timer",
        "sub": "carmen",
        "tenant_id": "acme",
        "origin": ORIGIN,
        "iat": now,
        "exp": now + 60,
        "jti": uuid.uuid4().hex,
    } | claims
    given = {name: value for name, value in body.items() if value is not None}
    return jwt.encode(given, host.widget_secret, algorithm="HS256", headers={"kid": host.widget_key.pk})
