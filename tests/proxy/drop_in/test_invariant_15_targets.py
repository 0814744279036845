"""No request target leads anywhere but to Harvest's API, and none reaches it in a form with two meanings.

Sent raw to the real bridge process; Harvest is a recorder, and so is the host that the targets try to name.
"""

from __future__ import annotations

import random
import string
from urllib.parse import unquote

import pytest

from tests.processes import Bridge
from tests.proxy.drop_in.recorder import Recorder, raw_exchange, recorder, reply

ELSEWHERE = [
    "http://evil.example/v2/users",
    "http://{evil}/v2/users",
    "https://{evil}/v2/users",
    "//{evil}/v2/users",
    "///{evil}/v2/users",
    "/\\{evil}/v2/users",
    "/v2//{evil}/users",
    "/v2/\\\\{evil}/users",
    "/v2/users@{evil}",
    "@{evil}/v2/users",
    "{evil}/v2/users",
    "/v2/http://{evil}/",
    "/v2/%2f%2f{evil}/users",
    "/v2/..//{evil}/",
    "/v2/../../{evil}",
    "/v2?@{evil}",
    "/v2:80@{evil}/",
    "/v2/%0d%0aHost:%20{evil}",
    "/v2/users%0d%0aX-Injected:1",
    "/v2/users\tHTTP/1.1",
]
TWO_MEANINGS = [
    "/v2/../oauth2/token",
    "/v2/./users",
    "/v2/users/..",
    "/v2/users/.",
    "/v2/%2e%2e/users",
    "/v2/.%2e/users",
    "/v2/%2E%2E/users",
    "/v2/..%2fusers",
    "/v2/%2e%2e%2fusers",
    "/v2/..%5cusers",
    "/v2/users%2f1",
    "/v2/users%5c1",
    "/v2/users\\1",
    "/v2/%252e%252e/users",
    "/v2/users%252f1",
    "/v2/..;/users",
    "/v2/..;a=b/users",
    "/v2//users",
    "/v2/users//1",
    "/v2/users//",
    "/v2/users%00",
    "/v2/users%0a",
    "/v2/users%7f",
    "/v2/users%3fa=b",
    "/v2/users%23a",
    "/v2/users#a",
    "/v2/users/%",
    "/v2/users/%zz",
    "/v2/users/%e2%80%ae1",
    "/%76%32/users",
    "/v2%2fusers",
    "/V2/users",
    "/api//v2/users",
    "/api/../v2/users",
    "/api/v2/../../oauth2/token",
    "/api/v2/oauth2/token",
    "/api/v2/accounts",
    "/v2/users?a=b#c",
    "/v2/users?a=\x80",
    "*",
]
PLAIN = [
    "/v2/users",
    "/v2/users/",
    "/api/v2/users/1",
    "/v2/users.json",
    "/v2/time_entries/1/stop",
    "/v2/a(b),c;d=1/~x",
    "/v2/users/%C3%A4",
    '/v2/users?a=%2F..%2f&b[]="{}|\\^`&c=//x@y',
    "/v2/users??a",
]


def ask(bridge: Bridge, target: str, *, host: str = "bridge.example") -> bytes:
    lines = [
        f"GET {target} HTTP/1.1",
        f"Host: {host}",
        f"Authorization: Bearer {bridge.host['api_key']}",
        "Harvest-Account-Id: 42",
        "Connection: close",
    ]
    return raw_exchange(bridge.url, ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1"))


def status(answer: bytes) -> int:
    return int(answer.split(b" ")[1]) if answer.startswith(b"HTTP/1.1 ") else 0


@pytest.mark.parametrize("target", ELSEWHERE)
def test_invariant_15_no_target_leads_to_another_host(recorded_bridge: Bridge, upstream: Recorder, target: str) -> None:
    with recorder() as evil:
        named = target.format(evil=evil.url.removeprefix("http://"))
        answer = ask(recorded_bridge, named, host=evil.url.removeprefix("http://"))
        assert evil.requests == []
    assert all(request.header("host") == upstream.url.removeprefix("http://") for request in upstream.requests)
    assert 400 <= status(answer) < 500 or upstream.requests[0].target.startswith("/v2/"), answer


@pytest.mark.parametrize("target", TWO_MEANINGS)
def test_invariant_15_a_target_with_two_meanings_reaches_nobody(
    recorded_bridge: Bridge, upstream: Recorder, target: str
) -> None:
    answer = ask(recorded_bridge, target)
    assert 400 <= status(answer) < 500, answer
    assert upstream.requests == []


@pytest.mark.parametrize("target", PLAIN)
def test_a_plain_target_arrives_byte_for_byte(recorded_bridge: Bridge, upstream: Recorder, target: str) -> None:
    assert status(ask(recorded_bridge, target)) == 200
    assert [request.target for request in upstream.requests] == [target]


def test_invariant_15_three_hundred_random_targets_stay_below_v2(recorded_bridge: Bridge, upstream: Recorder) -> None:
    rng = random.Random(20261124)
    pieces = [
        "/",
        "//",
        "\\",
        "..",
        ".",
        "%2e",
        "%2f",
        "%5c",
        "%25",
        "%00",
        "@",
        ":",
        ";",
        "#",
        "v2",
        "users",
        "http:",
        "%0d%0a",
        "[::1]",
        "?",
        "&",
        *string.ascii_lowercase[:5],
    ]
    targets = ["/v2/" + "".join(rng.choices(pieces, k=rng.randint(1, 6))) for _ in range(300)]
    statuses = [status(ask(recorded_bridge, target)) for target in targets]
    assert {
        target: code for target, code in zip(targets, statuses, strict=True) if code != 200 and code // 100 != 4
    } == {}
    assert len(upstream.requests) == statuses.count(200) > 0
    for request in upstream.requests:
        path = request.target.partition("?")[0]
        assert path.startswith("/v2/")
        assert not {"", ".", ".."} & set(unquote(path).strip("/").replace("\\", "/").split("/"))


@pytest.mark.parametrize("location", ["http://evil.example/v2/users", "//evil.example/", "/v2/elsewhere"])
def test_invariant_15_redirects_are_handed_back_and_not_followed(
    recorded_bridge: Bridge, upstream: Recorder, location: str
) -> None:
    upstream.reset(reply(b"", status=302, location=location))
    answer = ask(recorded_bridge, "/v2/users")
    assert status(answer) == 302
    assert f"location: {location}".encode() in answer.lower()
    assert len(upstream.requests) == 1


@pytest.mark.parametrize(
    "header",
    [
        "Content-Length: 5\r\nTransfer-Encoding: chunked",
        "Content-Length: 5\r\nContent-Length: 6",
        "Content-Length: +5",
        "Transfer-Encoding: chunked, identity",
        "X: a\x00b",
        "X : y",
        "X: a\rb",
    ],
)
def test_invariant_15_no_header_smuggles_a_second_request(
    recorded_bridge: Bridge, upstream: Recorder, header: str
) -> None:
    smuggled = "GET /v2/smuggled HTTP/1.1\r\nHost: evil\r\n\r\n"
    head = (
        f"POST /v2/clients HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {recorded_bridge.host['api_key']}\r\n"
        f"Harvest-Account-Id: 42\r\nConnection: close\r\n{header}\r\n\r\n"
    )
    raw_exchange(recorded_bridge.url, (head + "0\r\n\r\n" + smuggled).encode("latin-1"), seconds=3)
    assert [request.target for request in upstream.requests if "smuggled" in request.line] == []
    assert all(b"smuggled" not in request.body for request in upstream.requests)
