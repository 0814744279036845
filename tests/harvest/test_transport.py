"""What the transport does on a real socket, where stock clients were seen to do otherwise (DESIGN §2)."""

from __future__ import annotations

import asyncio
import gzip
import socket
from collections.abc import AsyncIterator, Callable

import pytest

from harvest_bridge.harvest.config import HarvestConfig, Timeouts
from harvest_bridge.harvest.errors import HarvestMalformed, HarvestTimeout, HarvestUnavailable
from harvest_bridge.harvest.operations.operation import Host
from harvest_bridge.harvest.transport import Answer, Flight, Outgoing, Transport
from tests.harvest.raw_server import RawServer, Received, answers, raw_server, reply

QUICK = Timeouts(connect=0.2, pool=0.2, read=0.15, total=0.6)


@pytest.fixture
async def transport(upstream: RawServer, config_for: Callable[..., HarvestConfig]) -> AsyncIterator[Transport]:
    transport = Transport(config_for(upstream.url, max_response_bytes=100_000))
    yield transport
    await transport.aclose()


@pytest.fixture
async def hasty(upstream: RawServer, config_for: Callable[..., HarvestConfig]) -> AsyncIterator[Transport]:
    transport = Transport(config_for(upstream.url, timeouts=QUICK))
    yield transport
    await transport.aclose()


async def ask(
    transport: Transport, verb: str = "GET", path: str = "/v2/x", query: str = "", *, body: bytes = b"", **more: str
) -> Answer:
    return await transport.fetch(Outgoing(verb, Host.API, path, query, more, body), Flight(), timeout=30)


async def test_the_target_arrives_byte_for_byte(upstream: RawServer, transport: Transport) -> None:
    await ask(transport, path="/v2/a%2Fb/c%41;d=1,2", query="q=%41%20b+c&e=a%2Cb'%22&f=%e2%82%ac")
    assert upstream.requests[0].target == "/v2/a%2Fb/c%41;d=1,2?q=%41%20b+c&e=a%2Cb'%22&f=%e2%82%ac"


async def test_a_cookie_set_for_one_token_is_not_sent_with_another(upstream: RawServer, transport: Transport) -> None:
    upstream.script = answers(reply(set_cookie="session=alice; Path=/"))
    await ask(transport, authorization="Bearer alice")
    await ask(transport, authorization="Bearer bob")
    assert [r.headers["authorization"] for r in upstream.requests] == ["Bearer alice", "Bearer bob"]
    assert all("cookie" not in r.headers for r in upstream.requests)


async def test_requests_share_a_connection(upstream: RawServer, transport: Transport) -> None:
    for _ in range(3):
        await ask(transport)
    assert upstream.connections == 1


async def test_a_redirect_is_an_answer_and_the_token_stays_here(upstream: RawServer, transport: Transport) -> None:
    async with raw_server() as elsewhere:
        upstream.script = answers(reply(302, location=f"{elsewhere.url}/steal"))
        answer = await ask(transport, authorization="Bearer alice")
        assert (answer.status, elsewhere.requests) == (302, [])


async def test_proxies_of_the_environment_are_ignored(
    monkeypatch: pytest.MonkeyPatch, upstream: RawServer, config_for: Callable[..., HarvestConfig]
) -> None:
    async with raw_server() as proxy:
        for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
            monkeypatch.setenv(name, proxy.url)
        transport = Transport(config_for(upstream.url))
        await ask(transport)
        await transport.aclose()
        assert (len(upstream.requests), proxy.requests) == (1, [])


async def test_the_two_hosts_get_their_own_requests(
    upstream: RawServer, config_for: Callable[..., HarvestConfig]
) -> None:
    async with raw_server() as identity:
        transport = Transport(config_for(upstream.url, id_url=identity.url))
        await transport.fetch(Outgoing("GET", Host.IDENTITY, "/api/v2/accounts"), Flight(), timeout=30)
        await transport.aclose()
        assert (len(identity.requests), upstream.requests) == (1, [])


@pytest.mark.parametrize(
    "path",
    [
        "//evil.example/v2",
        "/v2/../x",
        "/v2/%2e%2e/x",
        "/v2/x?y=1",
        "/v2/x#y",
        "/v2\\x",
        "v2/x",
        "/v2/a b",
        "/v2/\r\nX: y",
    ],
)
async def test_a_path_that_could_mean_another_place_is_not_sent(
    path: str, upstream: RawServer, transport: Transport
) -> None:
    with pytest.raises(ValueError, match="not a plain absolute path"):
        await ask(transport, path=path)
    assert upstream.requests == []


async def test_gzip_is_asked_for_and_undone(upstream: RawServer, transport: Transport) -> None:
    upstream.script = answers(reply(body=gzip.compress(b'{"id": 1}'), content_encoding="gzip"))
    answer = await ask(transport)
    assert (answer.body, upstream.requests[0].headers["accept-encoding"]) == (b'{"id": 1}', "gzip")


async def test_an_answer_that_only_claims_to_be_gzip_is_malformed(upstream: RawServer, transport: Transport) -> None:
    upstream.script = answers(reply(body=b"not gzip at all", content_encoding="gzip"))
    with pytest.raises(HarvestMalformed):
        await ask(transport)


@pytest.mark.parametrize("encoding", ["identity", "gzip"])
async def test_an_answer_is_cut_off_at_the_cap(encoding: str, upstream: RawServer, transport: Transport) -> None:
    body = b"x" * 1_000_000
    upstream.script = answers(
        reply(body=gzip.compress(body), content_encoding="gzip") if encoding == "gzip" else reply(body=body)
    )
    with pytest.raises(HarvestMalformed, match="longer than 100,000 bytes"):
        await ask(transport)


# --- What each way of failing says about whether the request may have been carried out


async def _drop(request: Received, writer: asyncio.StreamWriter) -> None:
    writer.close()


async def _reset(request: Received, writer: asyncio.StreamWriter) -> None:
    writer.transport.abort()


async def _silence(request: Received, writer: asyncio.StreamWriter) -> None:
    await asyncio.sleep(5)


async def _half_a_head(request: Received, writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Le")
    await writer.drain()
    writer.close()


async def _half_a_body(request: Received, writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 201 Created\r\nContent-Length: 100\r\n\r\n{")
    await writer.drain()
    writer.close()


async def _slow_body(request: Received, writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{")
    await writer.drain()
    await asyncio.sleep(5)


async def _drip(request: Received, writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 10000\r\n\r\n")
    for _ in range(100):
        writer.write(b" ")
        await writer.drain()
        await asyncio.sleep(0.05)


async def _nonsense(request: Received, writer: asyncio.StreamWriter) -> None:
    writer.write(b"SSH-2.0-OpenSSH_9.2\r\n\r\n")


@pytest.mark.parametrize("verb", ["GET", "POST", "PATCH", "DELETE"])
@pytest.mark.parametrize(
    ("script", "error"),
    [
        (_drop, HarvestUnavailable),
        (_reset, HarvestUnavailable),
        (_half_a_head, HarvestUnavailable),
        (_half_a_body, HarvestUnavailable),
        (_nonsense, HarvestUnavailable),
        (_silence, HarvestTimeout),
        (_slow_body, HarvestTimeout),
    ],
)
async def test_a_request_that_was_received_has_left_and_is_sent_once(
    verb: str,
    script: Callable[..., object],
    error: type[Exception],
    upstream: RawServer,
    transport: Transport,
    hasty: Transport,
) -> None:
    upstream.script = script  # type: ignore[assignment]
    flight = Flight()
    chosen = hasty if error is HarvestTimeout else transport
    with pytest.raises(error):
        await chosen.fetch(Outgoing(verb, Host.API, "/v2/x"), flight, timeout=30)
    assert (flight.has_left, len(upstream.requests)) == (True, 1)


async def test_a_body_that_drips_is_ended_by_the_total_time(upstream: RawServer, hasty: Transport) -> None:
    upstream.script = _drip
    with pytest.raises(HarvestTimeout):
        await ask(hasty)


@pytest.mark.parametrize("verb", ["GET", "DELETE", "POST"])
async def test_a_used_connection_that_breaks_is_not_retried_behind_our_back(
    verb: str, upstream: RawServer, transport: Transport
) -> None:
    await ask(transport)
    upstream.script = _drop
    with pytest.raises(HarvestUnavailable):
        await ask(transport, verb)
    assert [request.verb for request in upstream.requests] == ["GET", verb]


async def test_a_refused_connection_never_left(config_for: Callable[..., HarvestConfig]) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        await _expect_never_left(config_for(f"http://127.0.0.1:{unused.getsockname()[1]}", timeouts=QUICK))


async def test_an_unknown_host_name_never_left(config_for: Callable[..., HarvestConfig]) -> None:
    await _expect_never_left(config_for("http://nowhere.invalid", timeouts=QUICK))


async def test_a_failed_tls_handshake_never_left(upstream: RawServer, config_for: Callable[..., HarvestConfig]) -> None:
    await _expect_never_left(config_for(upstream.url.replace("http:", "https:"), timeouts=QUICK))


async def test_a_connection_that_is_not_accepted_never_left(config_for: Callable[..., HarvestConfig]) -> None:
    with socket.socket() as deaf, socket.socket() as filler:
        deaf.bind(("127.0.0.1", 0))
        deaf.listen(0)
        filler.connect(deaf.getsockname())
        await _expect_never_left(config_for(f"http://127.0.0.1:{deaf.getsockname()[1]}", timeouts=QUICK))


async def test_a_request_that_got_no_connection_from_the_pool_never_left(
    upstream: RawServer, config_for: Callable[..., HarvestConfig]
) -> None:
    upstream.script = _silence
    transport = Transport(config_for(upstream.url, timeouts=Timeouts(pool=0.1, read=5, total=5), max_connections=1))
    first = asyncio.create_task(ask(transport))
    await asyncio.sleep(0.05)
    flight = Flight()
    with pytest.raises(HarvestUnavailable, match="could not be reached"):
        await transport.fetch(Outgoing("POST", Host.API, "/v2/x"), flight, timeout=30)
    first.cancel()
    await asyncio.gather(first, return_exceptions=True)
    await transport.aclose()
    assert (flight.has_left, len(upstream.requests)) == (False, 1)


async def _expect_never_left(config: HarvestConfig) -> None:
    transport, flight = Transport(config), Flight()
    with pytest.raises(HarvestUnavailable, match="could not be reached"):
        await transport.fetch(Outgoing("POST", Host.API, "/v2/x", body=b"{}"), flight, timeout=30)
    await transport.aclose()
    assert not flight.has_left
