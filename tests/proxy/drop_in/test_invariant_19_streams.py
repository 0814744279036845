"""Long bodies pass as they come, in both directions: byte for byte, in little memory, and nobody waits for ever."""

from __future__ import annotations

import hashlib
import re
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.processes import Bridge, running_bridge
from tests.proxy.drop_in.conftest import CONNECTION, RECORDED_TOKEN
from tests.proxy.drop_in.recorder import Recorded, Recorder, ask_and_leave, raw_exchange, recorder, reply

MB = 1024 * 1024
PIECE = bytes(range(256)) * 256  # 64 KiB that is not all the same
ALLOWED_GROWTH = 16 * MB


def peak_memory(bridge: Bridge) -> int:
    """The most that the web process ever held since `forget_peak`."""
    status = Path(f"/proc/{bridge.web.pid}/status").read_text()
    return int(re.search(r"VmHWM:\s+(\d+)", status)[1]) * 1024  # type: ignore[index]


def forget_peak(bridge: Bridge) -> None:
    Path(f"/proc/{bridge.web.pid}/clear_refs").write_text("5")


def stream_of(megabytes: int) -> Iterator[bytes]:
    for _ in range(megabytes * 16):
        yield PIECE


def digest_of(megabytes: int) -> str:
    digest = hashlib.sha256()
    for piece in stream_of(megabytes):
        digest.update(piece)
    return digest.hexdigest()


def sends(megabytes: int, content_type: str = "application/octet-stream", tail: bytes = b""):  # type: ignore[no-untyped-def]
    def respond(request: Recorded, connection: socket.socket) -> None:
        size = megabytes * MB + len(tail)
        head = f"HTTP/1.1 200 OK\r\ncontent-type: {content_type}\r\ncontent-length: {size}\r\n\r\n"
        connection.sendall(head.encode())
        for piece in stream_of(megabytes):
            connection.sendall(piece)
        connection.sendall(tail)

    return respond


@pytest.mark.parametrize("megabytes", [1, 10, 100])
def test_invariant_19_a_download_grows_no_memory(
    client: httpx.Client, upstream: Recorder, recorded_bridge: Bridge, megabytes: int
) -> None:
    client.get("/v2/users/1")
    upstream.reset(respond=sends(megabytes))
    forget_peak(recorded_bridge)
    before = peak_memory(recorded_bridge)
    digest = hashlib.sha256()
    with client.stream("GET", "/v2/files/1") as answer:
        for piece in answer.iter_raw():
            digest.update(piece)
    assert answer.headers["content-length"] == str(megabytes * MB)
    assert digest.hexdigest() == digest_of(megabytes)
    assert peak_memory(recorded_bridge) - before < ALLOWED_GROWTH


def test_invariant_19_a_long_list_grows_no_memory_and_its_links_point_at_us(
    client: httpx.Client, upstream: Recorder, recorded_bridge: Bridge
) -> None:
    links = b'"links":{"first":"https://api.harvestapp.com/v2/clients?page=1","next":null}}'
    upstream.reset(respond=sends(100, "application/json", links.replace(b'"links"', b'{"links"')))
    forget_peak(recorded_bridge)
    before = peak_memory(recorded_bridge)
    size, end = 0, b""
    with client.stream("GET", "/v2/clients") as answer:
        for piece in answer.iter_raw():
            size, end = size + len(piece), (end + piece)[-200:]
    ours = recorded_bridge.url.encode()
    assert end.endswith(b'{"links":{"first":"' + ours + b'/v2/clients?page=1","next":null}}')
    assert size == 100 * MB + len(links) + 1 + len(ours) - len(b"https://api.harvestapp.com")
    assert peak_memory(recorded_bridge) - before < ALLOWED_GROWTH


@pytest.mark.parametrize(("megabytes", "framing"), [(1, "content-length"), (20, "content-length"), (100, "chunked")])
def test_invariant_19_an_upload_grows_no_memory(
    client: httpx.Client, upstream: Recorder, recorded_bridge: Bridge, megabytes: int, framing: str
) -> None:
    client.get("/v2/users/1")
    upstream.reset()
    forget_peak(recorded_bridge)
    before = peak_memory(recorded_bridge)
    length = {"Content-Length": str(megabytes * MB)} if framing == "content-length" else {}
    answer = client.post("/v2/expenses", content=stream_of(megabytes), headers=length)
    assert answer.status_code == 200
    [request] = upstream.requests
    assert (request.size, request.is_whole) == (megabytes * MB, True)
    assert request.body == (PIECE * 4)[: len(request.body)]
    assert request.header("content-length") == length.get("Content-Length")
    assert peak_memory(recorded_bridge) - before < ALLOWED_GROWTH


def test_invariant_19_a_length_claimed_beside_chunks_is_refused(recorded_bridge: Bridge, upstream: Recorder) -> None:
    """RFC 9112 §6.3 lets a server do so: two who read it differently are how requests are smuggled."""
    head = (
        f"POST /v2/expenses HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {recorded_bridge.host['api_key']}\r\n"
        "Harvest-Account-Id: 42\r\nConnection: close\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n"
    )
    chunks = b"".join(b"%x\r\n%b\r\n" % (len(PIECE), PIECE) for _ in range(MB // len(PIECE)))
    answer = raw_exchange(recorded_bridge.url, head.encode() + chunks + b"0\r\n\r\n", seconds=3)
    assert answer.startswith(b"HTTP/1.1 400")
    assert upstream.requests == []


def test_invariant_19_whoever_takes_nothing_is_sent_nothing_more(
    client: httpx.Client, upstream: Recorder, recorded_bridge: Bridge
) -> None:
    """Back pressure: a caller that stops reading stops Harvest."""
    upstream.reset(respond=sends(100))
    forget_peak(recorded_bridge)
    before = peak_memory(recorded_bridge)
    with client.stream("GET", "/v2/files/1") as answer:
        next(answer.iter_raw(1024))
        time.sleep(1)
        assert peak_memory(recorded_bridge) - before < ALLOWED_GROWTH


def waits_until_gone(gone: threading.Event, *, head: bytes = b""):  # type: ignore[no-untyped-def]
    """A Harvest that sends `head` and then nothing, and sees whether we are still there."""

    def respond(request: Recorded, connection: socket.socket) -> None:
        connection.sendall(head)
        connection.settimeout(60)
        if connection.recv(1) == b"":
            gone.set()

    return respond


@pytest.mark.parametrize(
    "head", [b"", b"HTTP/1.1 200 OK\r\ncontent-length: 1000000\r\n\r\nabc"], ids=["before", "within"]
)
def test_invariant_19_a_caller_that_goes_away_ends_the_call_to_harvest(
    recorded_bridge: Bridge, upstream: Recorder, head: bytes
) -> None:
    gone = threading.Event()
    upstream.reset(respond=waits_until_gone(gone, head=head))
    ask_and_leave(recorded_bridge, upstream, "/v2/users/1", hears=head[-3:])
    assert gone.wait(60)


def test_invariant_19_an_upload_that_breaks_off_is_not_taken_for_whole(
    client: httpx.Client, upstream: Recorder
) -> None:
    def half() -> Iterator[bytes]:
        yield from stream_of(1)
        raise ConnectionAbortedError

    for framing in ({}, {"Content-Length": str(2 * MB)}):
        upstream.reset()
        with pytest.raises(ConnectionAbortedError):
            client.post("/v2/expenses", content=half(), headers=framing)
        deadline = time.monotonic() + 60
        while (not upstream.requests or upstream.requests[0].is_whole) and time.monotonic() < deadline:
            time.sleep(0.02)
        assert [request.is_whole for request in upstream.requests] == [False]


def test_an_answer_that_breaks_off_is_not_taken_for_whole(client: httpx.Client, upstream: Recorder) -> None:
    def half(request: Recorded, connection: socket.socket) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n")
        connection.sendall(b"10000\r\n" + PIECE + b"\r\n")
        time.sleep(0.2)
        connection.shutdown(socket.SHUT_RDWR)

    upstream.reset(respond=half)
    with pytest.raises(httpx.RemoteProtocolError), client.stream("GET", "/v2/clients") as answer:
        answer.read()


@pytest.fixture(scope="module")
def strict(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Bridge, Recorder]]:
    """A bridge that passes no more than a megabyte."""
    folder = tmp_path_factory.mktemp("strict")
    with (
        recorder() as harvest,
        running_bridge(folder, harvest_url=harvest.url, HARVEST_MAX_RESPONSE_BYTES=str(MB)) as bridge,
    ):
        code = CONNECTION.format(host=bridge.host["host_app_id"], token=RECORDED_TOKEN)
        bridge.manage("shell", "--no-imports", "-c", code)
        bridge.api.headers["Harvest-Account-Id"] = "42"
        yield bridge, harvest


def test_invariant_19_an_answer_over_the_cap_is_refused_where_its_length_is_known(
    strict: tuple[Bridge, Recorder],
) -> None:
    bridge, harvest = strict
    harvest.reset(respond=sends(2))
    answer = bridge.api.get("/v2/files/1")
    assert (answer.status_code, answer.json()["code"]) == (502, "harvest_answer_too_long")
    harvest.reset(reply(b"x" * MB))
    assert len(bridge.api.get("/v2/files/1").content) == MB


def test_invariant_19_an_answer_that_grows_over_the_cap_is_cut_off(strict: tuple[Bridge, Recorder]) -> None:
    bridge, harvest = strict

    def endless(request: Recorded, connection: socket.socket) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n")
        while True:
            connection.sendall(b"10000\r\n" + PIECE + b"\r\n")

    harvest.reset(respond=endless)
    with pytest.raises(httpx.RemoteProtocolError), bridge.api.stream("GET", "/v2/files/1") as answer:
        answer.read()
