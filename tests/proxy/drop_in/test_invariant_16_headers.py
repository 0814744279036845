"""Credentials, cookies, `Host` and hop-by-hop headers pass in neither direction; everything else does."""

from __future__ import annotations

import random

import httpx
import pytest

from tests.processes import Bridge
from tests.proxy.drop_in.conftest import RECORDED_TOKEN
from tests.proxy.drop_in.recorder import Recorder, raw_exchange, reply

NEVER = {
    "cookie": "session=theirs",
    "cookie2": "x",
    "keep-alive": "timeout=5",
    "te": "trailers",
    "trailer": "x-checksum",
    "upgrade": "h2c",
    "proxy-authorization": "Basic eHg6eHg=",
    "proxy-connection": "keep-alive",
    "x-named": "by connection",
    "forwarded": "for=10.0.0.1;host=evil.example",
    "x-forwarded-host": "evil.example",
    "x-forwarded-for": "10.0.0.1",
    "x-real-ip": "10.0.0.1",
    "x-original-url": "/v2/users",
    "prefer": "wait=5",
    "harvest_account_id": "999",
    "x_forwarded_host": "evil.example",
}


def send(bridge: Bridge, *lines: str, target: str = "/v2/users/me", verb: str = "GET") -> bytes:
    own = [
        f"{verb} {target} HTTP/1.1",
        "Host: bridge.example",
        f"Authorization: Bearer {bridge.host['api_key']}",
        "Harvest-Account-Id: 42",
    ]
    return raw_exchange(bridge.url, "\r\n".join([*own, *lines, "", ""]).encode("latin-1"))


def test_invariant_16_what_is_not_harvests_matter_does_not_reach_it(
    recorded_bridge: Bridge, upstream: Recorder
) -> None:
    answer = send(recorded_bridge, "Connection: close, x-named", *(f"{name}: {value}" for name, value in NEVER.items()))
    assert answer.startswith(b"HTTP/1.1 200"), answer
    [request] = upstream.requests
    assert {name for name, _ in request.headers} == {"host", "authorization", "harvest-account-id", "user-agent"}
    assert request.header("host") == upstream.url.removeprefix("http://")
    assert request.header("authorization") == f"Bearer {RECORDED_TOKEN}"
    assert request.header("harvest-account-id") == "42"
    assert request.header("user-agent") == "Harvest Bridge tests (tests@example.com)"


def test_invariant_16_every_other_header_reaches_harvest_as_it_was(recorded_bridge: Bridge, upstream: Recorder) -> None:
    lines = [
        "Connection: close",
        "X-Custom: Grüße",
        'If-None-Match: W/"1"',
        "Accept-Encoding: br;q=1, gzip",
        "X-Custom: 2",
    ]
    send(recorded_bridge, *(line.encode().decode("latin-1") for line in lines))
    [request] = upstream.requests
    told = [(name, value.encode("latin-1").decode()) for name, value in request.headers]
    assert [pair for pair in told if pair[0] == "x-custom"] == [("x-custom", "Grüße"), ("x-custom", "2")]
    assert request.header("if-none-match") == 'W/"1"'
    assert request.header("accept-encoding") == "br;q=1, gzip"


def spelled(rng: random.Random, name: str) -> str:
    """One way to write it that some server reads as the same name, or that is no name at all."""
    cased = "".join(rng.choice((letter.upper(), letter)) for letter in name)
    marks = (*["{}:", "x{}:", "x-{}:"] * 4, "{} :", " {}:", "\t{}:", "{}\x00:", "{}\r:", "{}", "{};:", "{}\x0b:")
    return rng.choice(marks).format(rng.choice((cased, cased.replace("-", "_"))))


def test_invariant_16_three_hundred_random_headers_change_nobodys_credentials(
    recorded_bridge: Bridge, upstream: Recorder
) -> None:
    rng = random.Random(20261124)
    names = ["harvest-account-id", "authorization", "cookie", "host", "user-agent", "te"]
    names += ["upgrade", "connection", "x-forwarded-host", "proxy-authorization"]
    values = ["999", "Bearer 999.at.theirs", "evil.example", "chunked", "0", "harvest-account-id, authorization"]
    reached = 0
    for _ in range(300):
        lines = [f"{spelled(rng, rng.choice(names))} {rng.choice(values)}" for _ in range(rng.randint(1, 3))]
        upstream.reset()
        answer = send(recorded_bridge, *lines, "Connection: close")
        assert answer[:10] in (b"HTTP/1.1 2", b"HTTP/1.1 4"), lines
        reached += len(upstream.requests)
        for request in upstream.requests:
            told = [(name.replace("_", "-"), value) for name, value in request.headers]
            whose = {name: value for name, value in told if name in ("authorization", "harvest-account-id", "host")}
            host = upstream.url.removeprefix("http://")
            assert whose == {"authorization": f"Bearer {RECORDED_TOKEN}", "harvest-account-id": "42", "host": host}
            assert len([name for name, _ in told if name in whose]) == 3, lines
            assert not {"cookie", "proxy-authorization", "te", "upgrade"} & {name for name, _ in told}, lines
            assert all(
                value != "999.at.theirs" and "evil" not in value for name, value in told if not name.startswith("x")
            )
    assert 30 < reached < 300


def test_lists_are_asked_for_uncompressed(client: httpx.Client, upstream: Recorder) -> None:
    client.get("/v2/clients")
    assert upstream.requests[0].header("accept-encoding") == "identity"


def test_nothing_is_added_to_a_bare_request(recorded_bridge: Bridge, upstream: Recorder) -> None:
    send(recorded_bridge, "Connection: close")
    assert len(upstream.requests[0].headers) == 4


@pytest.mark.parametrize("name", ["set-cookie", "connection", "keep-alive", "proxy-authenticate", "x-named"])
def test_invariant_16_harvests_cookies_and_hop_by_hop_headers_do_not_come_back(
    client: httpx.Client, upstream: Recorder, name: str
) -> None:
    upstream.reset(
        reply(
            set_cookie="a=b",
            keep_alive="timeout=9",
            proxy_authenticate="Basic",
            connection="keep-alive, x-named",
            x_named="1",
        )
    )
    headers = client.get("/v2/users/me").headers
    assert name not in headers


def test_harvests_other_headers_come_back(client: httpx.Client, upstream: Recorder) -> None:
    upstream.reset(reply(etag='W/"7"', x_request_id="r-1", cache_control="max-age=0", hint="Ünïcode", vary="Origin"))
    headers = client.get("/v2/users/me").headers
    assert headers["etag"] == 'W/"7"'
    assert headers["x-harvest-request-id"] == "r-1"  # ours is in its place
    assert headers["cache-control"] == "max-age=0"
    assert headers["hint"] == "Ünïcode"
    assert headers.get_list("date", split_commas=False).__len__() == 1


def test_invariant_16_a_caller_cannot_name_an_account_twice(recorded_bridge: Bridge, upstream: Recorder) -> None:
    answer = send(recorded_bridge, "Harvest-Account-Id: 999", "Connection: close")
    assert answer.startswith(b"HTTP/1.1 400")
    assert upstream.requests == []


@pytest.mark.parametrize(
    "query",
    [
        "access_token=x",
        "account_id=999",
        "a=1&account%5fid=999",
        "a=1;account_id=9",
        "access_token[]=1",
        "+account_id=9",
    ],
)
def test_credentials_in_the_query_are_refused_and_never_forwarded(
    client: httpx.Client, upstream: Recorder, query: str
) -> None:
    answer = client.get(f"/v2/clients?{query}")
    assert (answer.status_code, answer.json()["code"]) == (400, "credentials_in_query")
    assert upstream.requests == []


def test_credentials_in_a_form_are_refused(client: httpx.Client, upstream: Recorder) -> None:
    answer = client.post("/v2/clients", data={"name": "Pear", "account_id": "999"})
    assert (answer.status_code, answer.json()["code"]) == (400, "credentials_in_query")
    assert upstream.requests == []


def test_trace_would_echo_our_token(recorded_bridge: Bridge, upstream: Recorder) -> None:
    answer = send(recorded_bridge, "Connection: close", verb="TRACE")
    assert answer.startswith(b"HTTP/1.1 405")
    assert upstream.requests == []
