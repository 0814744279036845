"""No credential of Harvest's leaves in a body, long or short; what only looks like one does, byte for byte."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from tests.processes import Bridge
from tests.proxy.drop_in.recorder import Recorded, Recorder
from tests.proxy.smuggled import END, FORM, HONEST, JSON, MULTIPART, SMUGGLED, part

DROPPED = "json hidden by a second"
SENT_AS_JSON = [how for how in SMUGGLED if how.startswith("form that begins like json")]
LONG = b"x" * 150_000
LATE_PATH = "/v2/late"
LATE = {
    "json": (JSON, b'{"notes": "' + LONG + b'", "access_token": "t"}'),
    "json as text": ("text/plain", b'{"notes": "' + LONG + b'", "access_token": "t"}'),
    "form": (FORM, b"notes=" + LONG + b"&access_token=t"),
    "form without a type": ("", b"notes=" + LONG + b"&access_token=t"),
    "multipart": (MULTIPART, part("file", LONG.decode()) + part("access_token") + END),
}


def headers_of(content_type: str) -> dict[str, str]:
    return {"Content-Type": content_type} if content_type else {}


def arrived(upstream: Recorder) -> list[Recorded]:
    """Without what broke off in a test before, which may be heard of late."""
    return [request for request in upstream.requests if request.target != LATE_PATH]


def in_pieces(body: bytes) -> Iterator[bytes]:
    yield from (body[at : at + 10_000] for at in range(0, len(body), 10_000))


@pytest.mark.parametrize("path", ["/v2/clients", "/api/v2/clients"])
@pytest.mark.parametrize("how", SMUGGLED)
def test_invariant_16_a_credential_in_a_body_never_reaches_harvest(
    client: httpx.Client, upstream: Recorder, how: str, path: str
) -> None:
    content_type, body = SMUGGLED[how]
    answer = client.post(path, content=body, headers=headers_of(content_type))
    assert answer.status_code in (400, 415), answer.content
    assert answer.json()["code"] in ("credentials_in_query", "invalid_request", "unsupported_media_type")
    assert arrived(upstream) == []


@pytest.mark.parametrize("framing", ["content-length", "chunked"])
@pytest.mark.parametrize("how", LATE)
def test_invariant_16_a_long_body_breaks_off_before_the_credential(
    client: httpx.Client, upstream: Recorder, how: str, framing: str
) -> None:
    content_type, body = LATE[how]
    length = {"Content-Length": str(len(body))} if framing == "content-length" else {}
    answer = client.post(LATE_PATH, content=in_pieces(body), headers=headers_of(content_type) | length)
    assert (answer.status_code, answer.json()["code"]) == (400, "credentials_in_query")
    deadline = time.monotonic() + 60
    while any(request.is_whole for request in upstream.requests) and time.monotonic() < deadline:
        time.sleep(0.02)
    assert not any(request.is_whole for request in upstream.requests)
    assert all(b"access_token" not in request.body for request in upstream.requests)


@pytest.mark.parametrize("how", HONEST)
def test_what_only_looks_like_a_credential_arrives(client: httpx.Client, upstream: Recorder, how: str) -> None:
    content_type, body = HONEST[how]
    assert client.post("/v2/clients", content=body, headers=headers_of(content_type)).status_code == 200
    assert [request.body for request in arrived(upstream)] == [body]


@pytest.mark.parametrize("route", ["/proxy/clients", "/custom/v2/clients", "/custom/clients"])
@pytest.mark.parametrize("how", [*SMUGGLED, *(f"late {how}" for how in LATE)])
def test_invariant_16_nor_through_the_envelope(
    recorded_bridge: Bridge, client: httpx.Client, upstream: Recorder, how: str, route: str
) -> None:
    content_type, body = LATE[how[5:]] if how.startswith("late ") else SMUGGLED[how]
    account: Any = recorded_bridge.connection_id  # type: ignore[attr-defined]
    answer = client.post(
        route, params={"integrated_account_id": account}, content=body, headers=headers_of(content_type)
    )
    if how == DROPPED:  # of two fields of one name the last counts, and is what is sent
        assert [request.body for request in arrived(upstream)] == [b'{"a":1}']
        return
    if how in SENT_AS_JSON:  # nothing but JSON goes on from here, whatever it came as
        assert [request.header("content-type") for request in arrived(upstream)] == [JSON]
        return
    assert answer.status_code in (400, 415), answer.content
    assert arrived(upstream) == []


@pytest.mark.parametrize(
    "name",
    [
        "access_token",
        "account_id",
        "Account_Id",
        "account_id%5B%5D",
        "foo[access_token]",
        "%2561ccess_token",
        "+account_id",
    ],
)
@pytest.mark.parametrize("route", ["/v2/company", "/api/v2/company", "/proxy/company", "/custom/v2/company"])
def test_invariant_16_nor_in_the_query(
    recorded_bridge: Bridge, client: httpx.Client, upstream: Recorder, route: str, name: str
) -> None:
    account: Any = recorded_bridge.connection_id  # type: ignore[attr-defined]
    answer = client.get(f"{route}?integrated_account_id={account}&{name}=1")
    assert (answer.status_code, answer.json()["code"]) == (400, "credentials_in_query")
    assert arrived(upstream) == []


@pytest.mark.parametrize("prefix", ["/v2/", "/api/v2/", "/custom/", "/custom/v2/", "/custom/api/v2/"])
@pytest.mark.parametrize("path", ["accounts", "Accounts", "accounts.json", "oauth2/token", "OAuth2/token", "oauth2"])
def test_paths_of_the_identity_host_reach_nobody(
    recorded_bridge: Bridge, client: httpx.Client, upstream: Recorder, prefix: str, path: str
) -> None:
    account: Any = recorded_bridge.connection_id  # type: ignore[attr-defined]
    for method in ("GET", "POST"):
        answer = client.request(method, prefix + path, params={"integrated_account_id": account})
        assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
    assert arrived(upstream) == []
