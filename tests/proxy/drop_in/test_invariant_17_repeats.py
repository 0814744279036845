"""What is sent again, and what never: a read may be repeated, a write only if it cannot have happened (17, 18)."""

from __future__ import annotations

import socket
import time
from collections import defaultdict
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from email.utils import formatdate

import httpx
import pytest

from harvest_bridge.sandbox.testing import RunningSandbox
from tests.processes import Bridge
from tests.proxy.drop_in.recorder import Recorded, Recorder, reply

FINE = reply(b'{"id": 1}')


def drop(request: Recorded, connection: socket.socket) -> None:
    """Received, and no answer."""
    connection.shutdown(socket.SHUT_RDWR)


def test_a_read_is_repeated_when_harvest_falters(client: httpx.Client, upstream: Recorder) -> None:
    upstream.reset(reply(b"", status=503), reply(b"", status=502), FINE)
    answer = client.get("/v2/users/1")
    assert (answer.status_code, answer.content) == (200, b'{"id": 1}')
    assert len(upstream.requests) == 3


def test_a_read_that_stays_in_vain_ends_with_harvests_own_words(client: httpx.Client, upstream: Recorder) -> None:
    upstream.reset(reply(b"<h1>down</h1>", status=503, content_type="text/html"))
    answer = client.get("/v2/users/1")
    assert (answer.status_code, answer.content) == (503, b"<h1>down</h1>")
    assert int(answer.headers["retry-after"]) >= 1
    assert 1 < len(upstream.requests) <= 4


def test_repeats_are_spread_out_and_further_apart_each_time(client: httpx.Client, upstream: Recorder) -> None:
    """Callers who failed together do not come back together."""
    asked: dict[str, list[float]] = defaultdict(list)

    def falters_twice(request: Recorded, connection: socket.socket) -> None:
        asked[request.target].append(time.monotonic())
        connection.sendall(FINE if len(asked[request.target]) == 3 else reply(b"", status=503))

    upstream.reset(respond=falters_twice)
    with ThreadPoolExecutor(8) as callers:
        answers = list(callers.map(client.get, [f"/v2/users/{n}" for n in range(1, 9)]))
    assert [answer.status_code for answer in answers] == [200] * 8
    first, second = ([moments[at + 1] - moments[at] for moments in asked.values()] for at in (0, 1))
    assert all(pause > 0.125 for pause in first)
    assert all(pause > 0.25 for pause in second)
    assert max(second) - min(second) > 0.02


@pytest.mark.parametrize("verb", ["POST", "PATCH", "DELETE", "PUT"])
def test_invariant_17_a_write_that_harvest_failed_is_not_repeated(
    client: httpx.Client, upstream: Recorder, verb: str
) -> None:
    upstream.reset(reply(b"oops", status=500))
    answer = client.request(verb, "/v2/clients/1", content=b"{}")
    assert (answer.status_code, answer.content) == (500, b"oops")
    assert len(upstream.requests) == 1


@pytest.mark.parametrize("verb", ["POST", "PATCH", "DELETE"])
def test_invariant_17_a_write_whose_answer_was_lost_is_said_to_be_unknown(
    client: httpx.Client, upstream: Recorder, verb: str
) -> None:
    upstream.reset(respond=drop)
    answer = client.request(verb, "/v2/clients/1", content=b"{}")
    assert (answer.status_code, answer.json()["code"]) == (503, "harvest_outcome_unknown")
    assert "look before you repeat" in answer.json()["message"]
    assert len(upstream.requests) == 1


def test_a_read_whose_answer_was_lost_is_repeated(client: httpx.Client, upstream: Recorder) -> None:
    def once(request: Recorded, connection: socket.socket) -> None:
        drop(request, connection) if len(upstream.requests) == 1 else connection.sendall(FINE)

    upstream.reset(respond=once)
    assert client.get("/v2/users/1").status_code == 200
    assert len(upstream.requests) == 2


@pytest.fixture
def patient(client: httpx.Client, upstream: Recorder) -> Iterator[None]:
    """Harvest's refusals hold the budget back for as long as they said; let that pass before the next test."""
    yield
    upstream.reset()
    assert client.get("/v2/users/1").status_code == 200


@pytest.mark.usefixtures("patient")
def test_a_write_that_harvest_throttled_is_sent_again_since_it_did_not_happen(
    client: httpx.Client, upstream: Recorder
) -> None:
    upstream.reset(reply(b"", status=429, retry_after="1"), FINE)
    answer = client.post("/v2/clients", content=b"{}")
    assert answer.status_code == 200
    assert len(upstream.requests) == 2


@pytest.mark.usefixtures("patient")
@pytest.mark.parametrize("form", ["seconds", "date"])
def test_invariant_18_a_wait_beyond_the_callers_is_a_429_at_once_with_the_value(
    client: httpx.Client, upstream: Recorder, form: str
) -> None:
    """A date counts from Harvest's own clock."""
    value = "5" if form == "seconds" else formatdate(1_000_005, usegmt=True)
    upstream.reset(reply(b"", status=429, retry_after=value, date=formatdate(1_000_000, usegmt=True)))
    first = client.get("/v2/users/1", headers={"Prefer": "wait=1"})
    again = client.get("/v2/users/2", headers={"Prefer": "wait=0"})
    assert (first.status_code, first.headers["retry-after"]) == (429, value)
    assert (again.status_code, again.json()["code"]) == (429, "harvest_rate_limited")
    assert 1 <= int(again.headers["retry-after"]) <= 5
    assert again.headers["ratelimit-remaining"] == "0"
    assert len(upstream.requests) == 1


def test_invariant_6_a_refused_token_is_renewed_once_and_the_write_repeated(
    harvest: httpx.Client, sandbox: RunningSandbox
) -> None:
    end_token(harvest, sandbox)
    created = harvest.post("/v2/clients", json={"name": "Quince"})
    assert created.status_code == 201
    assert_renewed_once(sandbox)
    assert [request.status for request in sandbox.requests("POST", "/v2/clients")] == [401, 201]


def assert_renewed_once(sandbox: RunningSandbox) -> None:
    """The bridge's worker may try tokens of other tests' connections meanwhile, which Harvest knows no longer."""
    asked = sandbox.requests("POST", "/api/v2/oauth2/token")
    [granted] = [request for request in asked if request.status == 200]
    assert [request.body for request in asked].count(granted.body) == 1


def end_token(harvest: httpx.Client, sandbox: RunningSandbox) -> None:
    """Harvest takes the token that the bridge holds no longer, and has not said so yet."""
    harvest.get("/v2/users/me")
    [received] = sandbox.requests("GET", "/v2/users/me")
    sandbox.expire(received.headers["authorization"].removeprefix("Bearer "))


def test_a_long_body_that_met_a_refused_token_can_be_sent_again(harvest: httpx.Client, sandbox: RunningSandbox) -> None:
    end_token(harvest, sandbox)
    long = {"name": "Quince", "address": "x" * 200_000}
    first = harvest.post("/v2/clients", json=long)
    assert (first.status_code, first.json()["code"]) == (503, "harvest_token_renewed")
    assert first.headers["retry-after"] == "1"
    assert harvest.post("/v2/clients", json=long).status_code == 201
    assert_renewed_once(sandbox)


def test_a_token_that_is_about_to_end_is_renewed_before_it_is_used(
    bridge: Bridge, harvest: httpx.Client, linked: str, sandbox: RunningSandbox
) -> None:
    harvest.get("/v2/users/me")
    soon = "Connection.objects.filter(pk='{}').update(access_token_expires_at=timezone.now() + timedelta(minutes=1))"
    imports = "from datetime import timedelta\nfrom django.utils import timezone\n"
    model = "from harvest_bridge.connections.models import Connection\n"
    bridge.manage("shell", "--no-imports", "-c", imports + model + soon.format(linked))
    assert [harvest.get("/v2/users/me").status_code for _ in range(3)] == [200] * 3
    assert_renewed_once(sandbox)
