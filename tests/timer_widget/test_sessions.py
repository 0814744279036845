"""A widget token buys one timer session, kept as a hash, that ends by itself (test_d10.py: what is refused)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from rest_framework.test import APIClient

from harvest_bridge.hosts.services import NewHostApp, revoke_widget_key
from tests.people import ORIGIN, rest, widget_token
from timer_widget.models import Person, SpentWidgetToken, TimerSession
from timer_widget.sessions import widget_tokens
from timer_widget.sessions.exchange import forget_expired

pytestmark = pytest.mark.django_db


def exchange(token: str, origin: str = ORIGIN, **headers: str) -> Any:
    return APIClient().post("/timer/session", {"token": token, "origin": origin}, format="json", headers=headers)


def test_a_good_token_answers_a_session_and_the_state(board: NewHostApp) -> None:
    response = exchange(widget_token(board, email="carmen@example.com", name="Carmen"))
    body = response.json()
    assert response.status_code == 200
    assert (body["session"][:6], body["expires_in"]) == ("hb_ts_", 900)
    assert body["state"]["person"] == {"id": "carmen", "name": "Carmen", "email": "carmen@example.com"}
    assert body["state"]["connection"]["status"] == "none"
    assert rest(body["session"]).get("/timer/state").status_code == 200


def test_a_token_lives_five_minutes_and_not_a_second_more(board: NewHostApp) -> None:
    now = int(timezone.now().timestamp())
    assert exchange(widget_token(board, iat=now, exp=now + 300)).status_code == 200
    assert exchange(widget_token(board, iat=now, exp=now + 301)).json()["code"] == "widget_token_invalid"


def test_it_sets_no_cookie_and_may_not_be_cached(board: NewHostApp) -> None:
    response = exchange(widget_token(board))
    assert not response.cookies
    assert response["Cache-Control"] == "no-store"


def test_the_session_is_kept_only_as_a_hash(board: NewHostApp) -> None:
    session = exchange(widget_token(board)).json()["session"]
    assert session not in str(list(TimerSession.objects.values()))


def test_a_spent_token_is_remembered_for_as_long_as_verification_takes_it(board: NewHostApp) -> None:
    """Ten seconds beyond `exp` are for hosts whose clock is behind."""
    just_over = int(timezone.now().timestamp()) - 2
    token = widget_token(board, iat=just_over - 60, exp=just_over)
    assert exchange(token).status_code == 200
    forget_expired(now=timezone.now())
    assert exchange(token).json()["code"] == "widget_token_replayed"
    forget_expired(now=timezone.now() + widget_tokens.LEEWAY)
    assert SpentWidgetToken.objects.exists()


def test_a_session_ends_after_fifteen_minutes(board: NewHostApp) -> None:
    client = rest(exchange(widget_token(board)).json()["session"])
    TimerSession.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    ended = client.get("/timer/state")
    assert (ended.status_code, ended.json()["code"]) == (401, "timer_session_expired")


def test_invariant_10_a_session_ends_with_the_widget_key_that_bought_it(board: NewHostApp) -> None:
    client = rest(exchange(widget_token(board)).json()["session"])
    link_token = client.post("/timer/connect").json()["url"].partition("link_token=")[2]
    assert client.get("/timer/state").status_code == 200
    revoke_widget_key(widget_key=board.widget_key)
    ended = client.get("/timer/state")
    assert (ended.status_code, ended.json()["code"]) == (401, "timer_session_expired")
    assert Client().get("/connect-account/authorize", {"link_token": link_token}).status_code == 401


def test_what_has_expired_is_forgotten_and_nothing_else(board: NewHostApp) -> None:
    exchange(widget_token(board))
    assert forget_expired(now=timezone.now()) == 0
    assert forget_expired(now=timezone.now() + timedelta(hours=1)) == 2
    assert not SpentWidgetToken.objects.exists()
    assert Person.objects.exists()
