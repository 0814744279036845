"""A widget token whose parts are odd is a 401 that says so, never a 500."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import time
from typing import Any

import pytest
from rest_framework.test import APIClient

from harvest_bridge.hosts.services import NewHostApp
from tests.people import ORIGIN

pytestmark = pytest.mark.django_db


def part(raw: bytes) -> bytes:
    return base64.urlsafe_b64encode(raw).rstrip(b"=")


def signed(board: NewHostApp, claims: bytes, header: bytes) -> str:
    """As a host might sign it whose library lets anything through."""
    body = part(header) + b"." + part(claims)
    return (body + b"." + part(hmac.digest(board.widget_secret.encode(), body, hashlib.sha256))).decode()


def answer(board: NewHostApp, *, claims: bytes | None = None, header: bytes | None = None) -> tuple[int, str]:
    head = header or json.dumps({"alg": "HS256", "kid": board.widget_key.pk}).encode()
    token = signed(board, claims or good(board), head)
    response = APIClient().post("/timer/session", {"token": token, "origin": ORIGIN}, format="json")
    return response.status_code, response.json().get("code", "")


def good(board: NewHostApp, **changed: Any) -> bytes:
    now = int(time.time())
    claims = {"iss": str(board.host_app.pk), "aud": "timer", "sub": "carmen", "tenant_id": "acme", "origin": ORIGIN}
    return json.dumps({**claims, "iat": now, "exp": now + 60, "jti": "j-1", **changed}).encode()


def test_the_same_signature_over_good_claims_is_taken(board: NewHostApp) -> None:
    assert answer(board)[0] == 200


@pytest.mark.parametrize("kid", ['"\\u0000"', '"wk_\\u0000"', '"\\ud800"', "7", "null", "[]", '"' + "x" * 1000 + '"'])
def test_an_odd_key_id_is_no_key(board: NewHostApp, kid: str) -> None:
    assert answer(board, header=b'{"alg": "HS256", "kid": %s}' % kid.encode()) == (401, "widget_token_invalid")


@pytest.mark.parametrize("name", ["exp", "iat"])
@pytest.mark.parametrize(
    "value", ['"1795500000"', "1e400", "NaN", "-Infinity", "9" * 400, "9" * 1500, "true", "null", "[]", "-1", '"soon"']
)
def test_an_odd_moment_is_refused(board: NewHostApp, name: str, value: str) -> None:
    claims = good(board, **{name: "HERE"}).replace(b'"HERE"', value.encode())
    assert answer(board, claims=claims) == (401, "widget_token_invalid")


@pytest.mark.parametrize("name", ["sub", "tenant_id", "origin", "jti", "email", "name", "iss", "aud"])
@pytest.mark.parametrize("value", ['"a\\u0000b"', '"\\ud800"', "{}", "1e400"])
def test_an_odd_text_is_refused(board: NewHostApp, name: str, value: str) -> None:
    claims = good(board, **{name: "HERE"}).replace(b'"HERE"', value.encode())
    status, code = answer(board, claims=claims)
    assert (status, code in ("widget_token_invalid", "origin_not_allowed")) in ((401, True), (403, True))


@pytest.mark.parametrize("claims", [b"[]", b"null", b"[" * 900, b"\xff", b'{"a":' * 300, b"{}{}", b"\0"])
def test_claims_that_are_no_object_are_refused(board: NewHostApp, claims: bytes) -> None:
    assert answer(board, claims=claims) == (401, "widget_token_invalid")


@pytest.mark.parametrize("items", ['["a\\u0000"]', '["\\ud800"]', "[[]]", "{}", "7"])
def test_odd_items_are_refused(board: NewHostApp, items: str) -> None:
    assert answer(board, claims=good(board, items="HERE").replace(b'"HERE"', items.encode()))[0] == 401
