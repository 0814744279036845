"""A portal token is signed for one client of one account, buys one session, and is good for nothing else."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from harvest_bridge.connections.models import Connection
from harvest_bridge.connections.services import disconnect
from harvest_bridge.embed.models import PortalSession
from harvest_bridge.embed.portal import rate_limits, sessions
from harvest_bridge.hosts.models import AllowedOrigin
from harvest_bridge.hosts.services import NewHostApp, issue_widget_key, revoke_widget_key
from tests.mirror.reading.conftest import connected
from tests.people import ORIGIN, STRANGERS_ORIGIN, rest, widget_token

from .conftest import exchange, portal, portal_token

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("mirror")]


def refused(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"]


@pytest.mark.parametrize(
    ("claims", "code"),
    [
        ({"aud": "timer"}, "portal_token_invalid"),
        ({"aud": None}, "portal_token_invalid"),
        ({"aud": "insights"}, "portal_token_invalid"),
        ({"client_id": None}, "portal_token_invalid"),
        ({"client_id": ""}, "portal_token_invalid"),
        ({"client_id": "3 OR 1=1"}, "portal_token_invalid"),
        ({"client_id": -3}, "portal_token_invalid"),
        ({"client_id": True}, "portal_token_invalid"),
        ({"client_id": 3.0}, "portal_token_invalid"),
        ({"client_id": [3, 4]}, "portal_token_invalid"),
        ({"client_id": 2**63}, "portal_token_invalid"),
        ({"tenant_id": "globex"}, "portal_token_invalid"),
        ({"tenant_id": None}, "portal_token_invalid"),
        ({"integrated_account_id": "5f0f7b5e-33f5-4f7c-9d8a-7a5a3c2c8b11"}, "portal_token_invalid"),
        ({"integrated_account_id": 7}, "portal_token_invalid"),
        ({"sub": None}, "portal_token_invalid"),
        ({"jti": ""}, "portal_token_invalid"),
        ({"iss": "somebody"}, "portal_token_invalid"),
        ({"iat": 0, "exp": 60}, "portal_token_expired"),
        ({"origin": "https://evil.example"}, "origin_not_allowed"),
    ],
    ids=str,
)
def test_a_token_that_is_not_whole_is_refused(board: NewHostApp, claims: dict[str, Any], code: str) -> None:
    answer = exchange(portal_token(board, **claims))
    assert answer.json()["code"] == code
    assert answer.status_code in (401, 403)
    assert not PortalSession.objects.exists()


def test_it_lives_five_minutes_at_most_and_is_used_once(board: NewHostApp) -> None:
    now = int(time.time())
    assert refused(exchange(portal_token(board, iat=now, exp=now + 301))) == (401, "portal_token_invalid")
    token = portal_token(board)
    assert exchange(token).status_code == 200
    assert refused(exchange(token)) == (401, "portal_token_replayed")


def test_the_page_has_to_be_where_the_token_says(board: NewHostApp, stranger: NewHostApp) -> None:
    assert refused(exchange(portal_token(board), origin=STRANGERS_ORIGIN)) == (403, "origin_not_allowed")
    elsewhere = portal_token(board, origin=STRANGERS_ORIGIN)
    assert refused(exchange(elsewhere, origin=STRANGERS_ORIGIN)) == (403, "origin_not_allowed")


def test_another_host_apps_signature_opens_nothing_of_ours(stranger: NewHostApp, account: Connection) -> None:
    for claims in ({}, {"integrated_account_id": str(account.pk)}):
        token = portal_token(stranger, origin=STRANGERS_ORIGIN, **claims)
        assert refused(exchange(token, origin=STRANGERS_ORIGIN)) == (401, "portal_token_invalid")


def test_where_a_tenant_has_two_accounts_the_token_names_one(board: NewHostApp, account: Connection) -> None:
    connected(board, account_id=99)
    assert refused(exchange(portal_token(board))) == (401, "portal_token_invalid")
    assert exchange(portal_token(board, integrated_account_id=str(account.pk))).status_code == 200


def test_another_tenants_account_cannot_be_named(board: NewHostApp) -> None:
    theirs = connected(board, tenant_id="globex", account_id=99)
    assert refused(exchange(portal_token(board, integrated_account_id=str(theirs.pk)))) == (401, "portal_token_invalid")


def test_neither_token_nor_session_is_taken_for_another(board: NewHostApp) -> None:
    """Every other route by every class of token: tests/test_who_may_call.py."""
    session = exchange(portal_token(board)).json()["session"]
    assert rest(session).get("/timer/state").status_code == 403
    assert refused(exchange(session)) == (401, "portal_token_invalid")
    for token in (widget_token(board), portal_token(board)):
        assert rest(token).get("/portal/invoices").status_code == 401
    answer = rest("").post("/timer/session", {"token": portal_token(board), "origin": ORIGIN}, format="json")
    assert refused(answer) == (401, "widget_token_invalid")


def _revoke_key(board: NewHostApp, account: Connection) -> None:
    issue_widget_key(host_app=board.host_app)
    revoke_widget_key(widget_key=board.widget_key)


def _end_connection(board: NewHostApp, account: Connection) -> None:
    disconnect(connection=account, actor="test")


def _unlist_origin(board: NewHostApp, account: Connection) -> None:
    AllowedOrigin.objects.filter(host_app=board.host_app).delete()


def _delete_host_app(board: NewHostApp, account: Connection) -> None:
    board.host_app.delete()


def _expire(board: NewHostApp, account: Connection) -> None:
    PortalSession.objects.update(expires_at=timezone.now())


@pytest.mark.parametrize("end", [_revoke_key, _end_connection, _unlist_origin, _delete_host_app, _expire])
def test_a_session_ends_with_what_it_rests_on(
    board: NewHostApp, account: Connection, end: Callable[[NewHostApp, Connection], None]
) -> None:
    visitor = portal(board)
    assert visitor.get("/portal/invoices").status_code == 200
    end(board, account)
    assert refused(visitor.get("/portal/invoices")) == (401, "portal_session_expired")
    assert refused(visitor.get("/portal/invoices/2/print")) == (401, "portal_session_expired")


def test_signing_out_ends_the_session_at_once(board: NewHostApp) -> None:
    visitor = portal(board)
    assert visitor.post("/portal/sign-out").status_code == 204
    assert refused(visitor.get("/portal/invoices")) == (401, "portal_session_expired")


def test_a_session_is_kept_as_a_hash_and_forgotten_when_it_is_over(board: NewHostApp) -> None:
    text = exchange(portal_token(board)).json()["session"]
    assert text not in str(list(PortalSession.objects.values()))
    assert sessions.forget_expired(now=timezone.now() + timedelta(minutes=16)) == 1


@pytest.mark.parametrize("headers", [{"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "cross-site"}])
def test_a_call_from_elsewhere_is_refused(board: NewHostApp, headers: dict[str, str]) -> None:
    assert refused(exchange(portal_token(board), **headers)) == (403, "cross_site_call")
    assert refused(portal(board).get("/portal/invoices", headers=headers)) == (403, "cross_site_call")


@pytest.mark.usefixtures("standing_rate_limits")
def test_a_visitor_who_asks_too_often_is_told_when_to_come_back(
    board: NewHostApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rate_limits, "VISITOR", "3/m")
    for _ in range(2):  # a new session does not begin anew
        visitor = portal(board)
        answers = [visitor.get("/portal/invoices/99") for _ in range(3)]
    assert refused(answers[-1]) == (429, "too_many_requests")
    assert int(answers[-1]["Retry-After"]) > 0
    assert portal(board, sub="somebody else").get("/portal/invoices").status_code == 200


@pytest.mark.usefixtures("standing_rate_limits")
def test_an_address_that_tries_tokens_too_often_is_told_when_to_come_back(
    board: NewHostApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rate_limits, "ADDRESS_SESSIONS", "2/m")
    answers = [exchange("garbage") for _ in range(3)]
    assert refused(answers[-1]) == (429, "too_many_requests")
