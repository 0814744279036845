"""When a link token was last used: kept to the minute, and shown to operators."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from harvest_bridge.connections.models import LinkToken
from harvest_bridge.connections.services import create_link_token
from harvest_bridge.hosts.services import NewHostApp
from tests.console.operators import signed_in, superuser

pytestmark = pytest.mark.django_db
USES: list[Callable[[str], Any]] = [
    lambda text: Client().get("/connect-account", {"link_token": text}),
    lambda text: Client().get("/connect-account/authorize", {"link_token": text}),
    lambda text: Client().get("/connect-account/linked", {"link_token": text}),
    lambda text: Client().get("/connect-account/status", headers={"Authorization": f"Bearer {text}"}),
]


@pytest.fixture
def text(board: NewHostApp) -> str:
    return create_link_token(host_app=board.host_app, tenant_id="acme")


@pytest.mark.parametrize("use", USES, ids=["connect page", "consent", "linked accounts", "status"])
def test_the_use_of_a_link_token_is_noted(text: str, use: Callable[[str], Any]) -> None:
    assert LinkToken.objects.get().last_used_at is None
    use(text)
    assert LinkToken.objects.get().last_used_at is not None


def test_it_is_written_once_a_minute(text: str) -> None:
    for age, is_written in ((30, False), (90, True)):
        before = timezone.now() - timedelta(seconds=age)
        LinkToken.objects.update(last_used_at=before)
        USES[0](text)
        assert (LinkToken.objects.get().last_used_at != before) is is_written


def test_an_expired_one_is_not_used_by_being_refused(text: str) -> None:
    LinkToken.objects.update(expires_at=timezone.now())
    USES[0](text)
    assert LinkToken.objects.get().last_used_at is None


@pytest.mark.parametrize(
    ("fields", "state"),
    [({}, "live"), ({"spent_at": timezone.now()}, "used up"), ({"expires_at": timezone.now()}, "expired")],
)
def test_operators_see_when_it_was_used_and_whether_it_lives_and_never_the_token(
    text: str, fields: dict[str, Any], state: str
) -> None:
    LinkToken.objects.update(last_used_at=timezone.now() - timedelta(days=1), **fields)
    browser, row = signed_in(superuser()), LinkToken.objects.get()
    for page in ("", f"{row.pk}/change/"):
        shown = browser.get(f"/admin/connections/linktoken/{page}").content.decode()
        assert state in shown
        assert "Last used at" in shown
        assert text not in shown
        assert row.token_hash not in shown
