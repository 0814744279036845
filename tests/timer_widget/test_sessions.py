"""A widget token buys one timer session, once, on its own origin (widget.md D10)."""

from __future__ import annotations

import time
from datetime import timedelta
from typing import Any

import jwt
import pytest
from django.utils import timezone
from rest_framework.test import APIClient

from harvest_bridge.hosts.services import NewHostApp, revoke_widget_key
from tests.people import ORIGIN, STRANGERS_ORIGIN, rest, widget_token
from timer_widget.models import Person, SpentWidgetToken, TimerSession
from timer_widget.sessions import forget_expired

pytestmark = pytest.mark.django_db


def exchange(token: str, origin: str = ORIGIN, **headers: str) -> Any:
    return APIClient().post("/timer/session", {"token": token, "origin": origin}, format="json", headers=headers)


def assert_refused(response: Any, status: int, code: str) -> None:
    assert (response.status_code, response.json()["code"]) == (status, code), response.content
    assert not TimerSession.objects.exists()


def test_a_good_token_answers_a_session_and_the_state(board: NewHostApp) -> None:
    response = exchange(widget_token(board, email="carmen@example.com", name="Carmen"))
    body = response.json()
    assert response.status_code == 200
    assert (body["session"][:6], body["expires_in"]) == ("hb_ts_", 900)
    assert body["state"]["person"] == {"id": "carmen", "name": "Carmen", "email": "carmen@example.com"}
    assert body["state"]["connection"]["status"] == "none"
    assert rest(body["session"]).get("/timer/state").status_code == 200


def test_it_sets_no_cookie_and_may_not_be_cached(board: NewHostApp) -> None:
    response = exchange(widget_token(board))
    assert not response.cookies
    assert response["Cache-Control"] == "no-store"


def test_the_session_is_kept_only_as_a_hash(board: NewHostApp) -> None:
    session = exchange(widget_token(board)).json()["session"]
    assert session not in str(list(TimerSession.objects.values()))


def test_a_second_use_is_refused(board: NewHostApp) -> None:
    token = widget_token(board)
    assert exchange(token).status_code == 200
    again = exchange(token)
    assert (again.status_code, again.json()["code"]) == (401, "widget_token_replayed")


def test_an_expired_token_has_a_code_of_its_own(board: NewHostApp) -> None:
    now = int(time.time())
    assert_refused(exchange(widget_token(board, iat=now - 120, exp=now - 60)), 401, "widget_token_expired")


@pytest.mark.parametrize(
    "claims",
    [
        {"aud": "admin"},
        {"aud": None},
        {"iss": "somebody else"},
        {"sub": None},
        {"sub": ""},
        {"sub": 7},
        {"tenant_id": None},
        {"origin": None},
        {"jti": None},
        {"exp": None},
        {"iat": "+3600", "exp": "+3660"},
        {"exp": "+3600"},
        {"items": "T-1"},
        {"sub": "x" * 256},
    ],
    ids=str,
)
def test_a_token_with_a_wrong_claim_is_refused(board: NewHostApp, claims: dict[str, Any]) -> None:
    """`+3600` stands for an hour from now."""
    now = int(time.time())
    claims = {name: now + int(value) if str(value).startswith("+") else value for name, value in claims.items()}
    assert_refused(exchange(widget_token(board, **claims)), 401, "widget_token_invalid")


def forged(board: NewHostApp, secret: str, algorithm: str, **header: Any) -> str:
    body = jwt.decode(widget_token(board), options={"verify_signature": False})
    headers = {"kid": board.widget_key.pk} | header
    return jwt.encode(body, secret, algorithm=algorithm, headers={k: v for k, v in headers.items() if v})


def test_another_secret_another_algorithm_or_none_is_refused(board: NewHostApp) -> None:
    for token in (
        forged(board, "another secret of at least 32 bytes", "HS256"),
        forged(board, board.widget_secret + "x" * 32, "HS512"),
        forged(board, "", "none"),
        forged(board, board.widget_secret, "HS256", kid="wk_unknown"),
        forged(board, board.widget_secret, "HS256", kid=None),
        "not a token",
        "a.b.c",
    ):
        assert_refused(exchange(token), 401, "widget_token_invalid")


def test_a_key_of_another_host_app_signs_for_nobody_else(board: NewHostApp, stranger: NewHostApp) -> None:
    token = widget_token(stranger, iss=str(board.host_app.pk))
    assert_refused(exchange(token), 401, "widget_token_invalid")
    token = widget_token(stranger)
    assert_refused(exchange(token), 403, "origin_not_allowed")


def test_a_revoked_key_signs_no_more(board: NewHostApp) -> None:
    revoke_widget_key(widget_key=board.widget_key)
    assert_refused(exchange(widget_token(board)), 401, "widget_token_invalid")


@pytest.mark.parametrize("origin", ["https://evil.example", STRANGERS_ORIGIN, "null", "", "http://127.0.0.1:8003"])
def test_a_page_on_another_origin_is_refused(board: NewHostApp, stranger: NewHostApp, origin: str) -> None:
    response = exchange(widget_token(board), origin=origin)
    assert response.status_code in {400, 403}
    assert not TimerSession.objects.exists()


def test_a_token_signed_for_an_unlisted_origin_is_refused(board: NewHostApp) -> None:
    token = widget_token(board, origin="https://evil.example")
    assert_refused(exchange(token, origin="https://evil.example"), 403, "origin_not_allowed")


@pytest.mark.parametrize(
    "headers", [{"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"}, {"Origin": "https://evil.example"}]
)
def test_a_call_from_another_site_is_refused(board: NewHostApp, headers: dict[str, str]) -> None:
    assert_refused(exchange(widget_token(board), **headers), 403, "cross_site_call")


def test_a_form_post_is_no_json(board: NewHostApp) -> None:
    response = APIClient().post("/timer/session", {"token": widget_token(board), "origin": ORIGIN})
    assert response.status_code == 415
    assert not TimerSession.objects.exists()


def test_a_session_ends_after_fifteen_minutes(board: NewHostApp) -> None:
    client = rest(exchange(widget_token(board)).json()["session"])
    TimerSession.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    ended = client.get("/timer/state")
    assert (ended.status_code, ended.json()["code"]) == (401, "timer_session_expired")


def test_what_has_expired_is_forgotten_and_nothing_else(board: NewHostApp) -> None:
    exchange(widget_token(board))
    assert forget_expired(now=timezone.now()) == 0
    assert forget_expired(now=timezone.now() + timedelta(hours=1)) == 2
    assert not SpentWidgetToken.objects.exists()
    assert Person.objects.exists()
