"""Link tokens end with the API key that made them (invariant 10); account tokens: proxy/drop_in/test_admissions.py."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from harvest_bridge.connections.models import Connection
from harvest_bridge.hosts.models import ApiKey
from harvest_bridge.hosts.services import NewHostApp, issue_api_key, revoke_api_key
from harvest_bridge.sandbox.testing import RunningSandbox
from tests.people import go_through_consent, rest

pytestmark = pytest.mark.django_db


def _expire(api_key: ApiKey) -> None:
    ApiKey.objects.filter(pk=api_key.pk).update(expires_at=timezone.now() - timedelta(seconds=1))


def _narrow(api_key: ApiKey) -> None:
    ApiKey.objects.filter(pk=api_key.pk).update(scopes=["directory", "harvest"])


ENDS: dict[str, Callable[[ApiKey], object]] = {
    "revoked": lambda api_key: revoke_api_key(api_key=api_key),
    "expired": _expire,
    "without the scope": _narrow,
    "deleted": lambda api_key: api_key.delete(),
}


@pytest.fixture
def made(board: NewHostApp) -> tuple[ApiKey, str]:
    row, text = issue_api_key(host_app=board.host_app, scopes=["connections"])
    return row, str(rest(text).post("/link-token", {"tenant_id": "acme"}, format="json").json()["link_token"])


@pytest.mark.parametrize("end", ENDS)
@pytest.mark.parametrize("page", ["/connect-account", "/connect-account/authorize"])
def test_invariant_10_a_link_token_ends_with_its_key(made: tuple[ApiKey, str], end: str, page: str) -> None:
    row, link_token = made
    assert Client().get(page, {"link_token": link_token}).status_code in (200, 302)
    ENDS[end](row)
    assert Client().get(page, {"link_token": link_token}).status_code == 401


@pytest.mark.parametrize("end", ENDS)
def test_invariant_10_consent_given_after_the_keys_end_links_nothing(
    made: tuple[ApiKey, str], end: str, sandbox: RunningSandbox
) -> None:
    row, link_token = made
    browser = Client()
    away = browser.get("/connect-account/authorize", {"link_token": link_token})
    back = sandbox.consent(away["Location"], "alice", accounts=[sandbox.account])
    ENDS[end](row)
    assert browser.get(back.removeprefix("http://localhost:8000")).status_code >= 400
    assert not Connection.objects.exists()


def test_a_key_that_lives_links(made: tuple[ApiKey, str], sandbox: RunningSandbox) -> None:
    assert go_through_consent(sandbox, Client(), made[1], "alice").status_code == 200
    assert Connection.objects.get().status == "active"
