"""A body that breaks off: repeated while nothing was passed on, and later never taken for whole."""

from __future__ import annotations

import socket
import time

import httpx
import pytest

from tests.processes import Bridge
from tests.proxy.drop_in.recorder import Recorded, Recorder, raw_exchange, reply

CUT = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 1000\r\n\r\n"
CHUNKS = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n"
PIECE = b"x" * 1000


def breaks_off(head: bytes, *pieces: bytes, times: int):  # type: ignore[no-untyped-def]
    """A Harvest whose first answers break off after `pieces`."""
    asked: list[Recorded] = []

    def respond(request: Recorded, connection: socket.socket) -> None:
        asked.append(request)
        if len(asked) > times:
            connection.sendall(reply(b'{"id": 1}'))
            return
        connection.sendall(head)
        for piece in pieces:
            connection.sendall(piece)
            time.sleep(0.2)
        connection.shutdown(socket.SHUT_RDWR)

    return respond


@pytest.mark.parametrize("head", [CUT, CHUNKS], ids=["length", "chunks"])
@pytest.mark.parametrize("path", ["/v2/users/1", "/v2/clients"])
def test_a_read_whose_body_never_came_is_repeated(
    client: httpx.Client, upstream: Recorder, head: bytes, path: str
) -> None:
    upstream.reset(respond=breaks_off(head, times=2))
    answer = client.get(path)
    assert (answer.status_code, answer.json()) == (200, {"id": 1})
    assert len(upstream.requests) == 3


def test_a_read_whose_body_never_comes_ends_as_a_503(client: httpx.Client, upstream: Recorder) -> None:
    upstream.reset(respond=breaks_off(CUT, times=99))
    answer = client.get("/v2/users/1")
    assert (answer.status_code, answer.json()["code"]) == (503, "harvest_unavailable")
    assert 1 < len(upstream.requests) <= 4


def test_a_read_is_tried_four_times_in_whichever_ways_it_fails(client: httpx.Client, upstream: Recorder) -> None:
    def falters(request: Recorded, connection: socket.socket) -> None:
        if len(upstream.requests) % 2:
            connection.sendall(reply(b"", status=503))
            return
        connection.sendall(CUT)
        connection.shutdown(socket.SHUT_RDWR)

    upstream.reset(respond=falters)
    answer = client.get("/v2/users/1")
    assert (answer.status_code, answer.json()["code"]) == (503, "harvest_unavailable")
    assert len(upstream.requests) == 4


def test_a_write_whose_answer_never_came_is_not_repeated(client: httpx.Client, upstream: Recorder) -> None:
    upstream.reset(respond=breaks_off(CUT, times=1))
    answer = client.post("/v2/clients", json={"name": "Acme"})
    assert (answer.status_code, answer.json()["code"]) == (503, "harvest_outcome_unknown")
    assert len(upstream.requests) == 1


def over_http_1_0(bridge: Bridge, path: str) -> tuple[bytes, bytes]:
    head = f"GET {path} HTTP/1.0\r\nHost: x\r\nAuthorization: Bearer {bridge.host['api_key']}\r\n"
    said = raw_exchange(bridge.url, f"{head}Harvest-Account-Id: 42\r\n\r\n".encode(), seconds=5)
    answer, _, body = said.partition(b"\r\n\r\n")
    return answer.lower(), body


@pytest.mark.parametrize("path", ["/v2/users/1", "/v2/clients"])
def test_over_http_1_0_an_answer_that_broke_off_never_looks_whole(
    recorded_bridge: Bridge, upstream: Recorder, path: str
) -> None:
    upstream.reset(respond=breaks_off(CHUNKS, b"3e8\r\n" + PIECE + b"\r\n", times=99))
    head, _ = over_http_1_0(recorded_bridge, path)
    assert b" 503 " in head.splitlines()[0]


@pytest.mark.parametrize("path", ["/v2/users/1", "/v2/clients"])
def test_over_http_1_0_a_whole_answer_has_its_length(recorded_bridge: Bridge, upstream: Recorder, path: str) -> None:
    def whole(request: Recorded, connection: socket.socket) -> None:
        connection.sendall(CHUNKS)
        for _ in range(3):
            connection.sendall(b"3e8\r\n" + PIECE + b"\r\n")
            time.sleep(0.1)
        connection.sendall(b"0\r\n\r\n")

    upstream.reset(respond=whole)
    head, body = over_http_1_0(recorded_bridge, path)
    assert body == PIECE * 3
    assert b"content-length: 3000" in head
    assert b"transfer-encoding" not in head
