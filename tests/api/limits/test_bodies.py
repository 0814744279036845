"""No body is read before it is known who sends it, none that a route does not take, and none for ever."""

from __future__ import annotations

import json
import socket
from contextlib import closing, suppress

import httpx
import pytest

from tests.api.limits.raw import connect, exchange, head, heard, status_of
from tests.processes import Bridge

MB = 1024 * 1024


def code_of(answer: bytes) -> str:
    found: str = json.loads(answer.partition(b"\r\n\r\n")[2])["code"]
    return found


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("POST", "/ping", 403),
        ("POST", "/health/ready", 403),
        ("POST", "/health/live", 404),
        ("POST", "/metrics", 200),
        ("PUT", "/schema/", 403),
        ("POST", "/nothing/here", 404),
        ("POST", "/static/nothing.js", 404),
    ],
)
def test_a_route_without_a_body_answers_although_none_of_an_announced_one_comes(
    bridge: Bridge, method: str, path: str, status: int
) -> None:
    answer = exchange(bridge, head(method, path, f"Content-Length: {150 * MB}"))
    assert status_of(answer) == status
    assert b"\r\nconnection: close\r\n" in answer.lower()


@pytest.mark.parametrize("length", ["Content-Length: 1000", f"Content-Length: {5 * MB}", "Transfer-Encoding: chunked"])
@pytest.mark.parametrize("path", ["/link-token", "/proxy/clients", "/custom/v2/clients", "/unified/mappings/preview"])
def test_an_unknown_caller_is_refused_before_the_body_comes(bridge: Bridge, path: str, length: str) -> None:
    for line in ("X-Nothing: 1", "Authorization: Bearer hb_live_unknown", "Authorization: Bearer nonsense"):
        assert status_of(exchange(bridge, head("POST", path, line, length))) == 401


@pytest.mark.parametrize("path", ["/v2/clients", "/api/v2/clients"])
def test_so_is_one_of_the_drop_in_path(bridge: Bridge, path: str) -> None:
    asked = head(
        "POST", path, "Authorization: Bearer hb_live_unknown", "Harvest-Account-Id: 1", "Content-Length: 999999"
    )
    assert status_of(exchange(bridge, asked)) == 401


@pytest.mark.parametrize(
    ("path", "megabytes"),
    [("/link-token", 9), ("/unified/user-directory/identities", 9), ("/proxy/expenses", 21), ("/timer/start", 1),
     ("/accounts/login/", 1), ("/connect-account/personal-token", 1), ("/admin/login/", 3), ("/v2/expenses", 300)],
)  # fmt: skip
def test_a_body_beyond_the_routes_limit_is_refused_by_its_length(bridge: Bridge, path: str, megabytes: int) -> None:
    key = f"Authorization: Bearer {bridge.host['api_key']}"
    answer = exchange(bridge, head("POST", path, key, f"Content-Length: {megabytes * MB}"))
    assert (status_of(answer), code_of(answer)) == (413, "body_too_long")


def test_a_body_in_chunks_is_counted(bridge: Bridge) -> None:
    with closing(connect(bridge)) as connection:
        key = f"Authorization: Bearer {bridge.host['api_key']}"
        connection.sendall(head("POST", "/link-token", key, "Transfer-Encoding: chunked"))
        piece = b"10000\r\n" + b" " * 65536 + b"\r\n"
        with suppress(BrokenPipeError, ConnectionResetError):
            for _ in range(9 * 16):
                connection.sendall(piece)
        assert status_of(heard(connection)) == 413


def test_who_sends_on_after_a_refusal_still_reads_it(bridge: Bridge) -> None:
    """150 MB to a route that takes none: an answer, not a broken connection."""
    said = iter([b" " * 65536] * 16 * 150)
    answer = httpx.post(f"{bridge.url}/ping", content=said, trust_env=False)
    assert answer.status_code == 403


def test_a_caller_who_asks_before_sending_is_told_no_at_once(bridge: Bridge) -> None:
    answer = exchange(bridge, head("POST", "/link-token", "Expect: 100-continue", f"Content-Length: {7 * MB}"))
    assert status_of(answer) == 401
    assert b"100 Continue" not in answer


def test_a_known_callers_body_in_pieces_arrives_whole(bridge: Bridge) -> None:
    body = json.dumps({"tenant_id": "pieces"}).encode()
    key = f"Authorization: Bearer {bridge.host['api_key']}"
    with closing(connect(bridge)) as connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        lines = (key, "Content-Type: application/json", f"Content-Length: {len(body)}", "Connection: close")
        connection.sendall(head("POST", "/link-token", *lines))
        for place in range(0, len(body), 5):
            connection.sendall(body[place : place + 5])
        assert status_of(heard(connection)) == 200
