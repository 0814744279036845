"""Who leaves /proxy, /custom or /unified is noticed, as on /v2; and what is too long for the envelope is not held."""

from __future__ import annotations

import socket
import threading
from typing import Any
from urllib.parse import urlencode

import httpx
import pytest

from tests.processes import Bridge
from tests.proxy.drop_in.recorder import Recorded, Recorder, ask_and_leave, reply
from tests.proxy.drop_in.test_invariant_19_streams import (
    ALLOWED_GROWTH,
    MB,
    forget_peak,
    peak_memory,
    sends,
    waits_until_gone,
)

CALLERS = 16  # HARVEST_MAX_CALLS_IN_FLIGHT
READS = ["/proxy/clients", "/custom/v2/clients", "/unified/user-directory/users"]


@pytest.fixture
def account(recorded_bridge: Bridge) -> dict[str, Any]:
    return {"integrated_account_id": recorded_bridge.connection_id}  # type: ignore[attr-defined]


@pytest.mark.parametrize("path", READS)
def test_a_caller_that_goes_away_ends_the_call_to_harvest(
    client: httpx.Client, upstream: Recorder, recorded_bridge: Bridge, account: dict[str, Any], path: str
) -> None:
    gone = threading.Event()
    client.get(path, params=account)
    upstream.reset(respond=waits_until_gone(gone))
    ask_and_leave(recorded_bridge, upstream, f"{path}?{urlencode(account)}")
    assert gone.wait(60), upstream.requests


@pytest.mark.parametrize("path", READS[:2])
def test_callers_that_went_away_keep_no_places(
    client: httpx.Client, upstream: Recorder, recorded_bridge: Bridge, account: dict[str, Any], path: str
) -> None:
    """As many as may be under way at once hang; once they are gone the next one is served."""
    hangs = threading.Event()

    def respond(request: Recorded, connection: socket.socket) -> None:
        if "hang" in request.target or "client_id=7" in request.target:
            hangs.wait(120)
        connection.sendall(reply(b'{"clients":[],"projects":[],"links":{}}'))

    upstream.reset(respond=respond)
    leaving = {"/proxy/clients": "/proxy/projects?client_id=7", "/custom/v2/clients": "/custom/v2/clients?hang=1"}[path]
    ask_and_leave(recorded_bridge, upstream, f"{leaving}&{urlencode(account)}", times=CALLERS)
    served = client.get(path, params=account, timeout=60)
    hangs.set()
    assert served.status_code == 200


def test_a_write_that_has_left_is_brought_to_its_end_and_answered_under_its_key(
    client: httpx.Client, upstream: Recorder, account: dict[str, Any]
) -> None:
    may_answer = threading.Event()

    def respond(request: Recorded, connection: socket.socket) -> None:
        may_answer.wait(60)
        connection.sendall(reply(b'{"id":7}', status=201))

    upstream.reset(respond=respond)
    asked: dict[str, Any] = {"params": account, "json": {"name": "x"}, "headers": {"Idempotency-Key": "left-early"}}
    with pytest.raises(httpx.ReadTimeout):
        client.post("/proxy/clients", timeout=0.5, **asked)
    may_answer.set()
    again = client.post("/proxy/clients", **asked)
    assert (again.status_code, again.json()) == (201, {"id": 7})
    assert len(upstream.requests) == 1


@pytest.mark.parametrize("path", ["/custom/v2/files/1", "/proxy/clients/1", "/proxy/clients"])
@pytest.mark.parametrize("megabytes", [10, 100])
def test_an_answer_that_is_too_long_for_the_envelope_is_refused_before_it_is_read(
    client: httpx.Client,
    upstream: Recorder,
    recorded_bridge: Bridge,
    account: dict[str, Any],
    path: str,
    megabytes: int,
) -> None:
    client.get("/custom/v2/users/1", params=account)
    upstream.reset(respond=sends(megabytes, "application/json"))
    forget_peak(recorded_bridge)
    before = peak_memory(recorded_bridge)
    answer = client.get(path, params=account)
    assert (answer.status_code, answer.json()["code"]) == (502, "harvest_answer_too_long")
    assert "/v2" in answer.json()["message"]
    assert peak_memory(recorded_bridge) - before < ALLOWED_GROWTH


def test_an_answer_of_unknown_length_is_refused_once_it_is_too_long(
    client: httpx.Client, upstream: Recorder, recorded_bridge: Bridge, account: dict[str, Any]
) -> None:
    def endless(request: Recorded, connection: socket.socket) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n")
        while True:
            connection.sendall(b"10000\r\n" + b" " * 65536 + b"\r\n")

    client.get("/custom/v2/users/1", params=account)
    upstream.reset(respond=endless)
    forget_peak(recorded_bridge)
    before = peak_memory(recorded_bridge)
    answer = client.get("/custom/v2/files/1", params=account)
    assert (answer.status_code, answer.json()["code"]) == (502, "harvest_answer_too_long")
    assert peak_memory(recorded_bridge) - before < ALLOWED_GROWTH + 8 * MB
