"""The same for what never reaches Django, over a real socket: every route of the ASGI application."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from urllib.parse import quote_from_bytes, urlsplit

import pytest

from harvest_bridge.asgi import application
from harvest_bridge.sandbox.testing import RunningSandbox
from tests.processes import Bridge, running_bridge
from tests.proxy.drop_in.conftest import link_account

from . import corpus
from .mutations import HEADERS
from .sampling import picker

ROUTES = sorted({route.path.replace("{path:path}", "users") for route in application.routes if route.path})
pytestmark = pytest.mark.django_db  # the bridge has a database of the kind that this run is on
BROKEN = b"500"


@pytest.fixture(scope="module")
def unhurried(
    tmp_path_factory: pytest.TempPathFactory, sandbox_of_the_session: RunningSandbox
) -> Iterator[tuple[Bridge, dict[str, bytes]]]:
    sandbox_of_the_session.reset()
    sandbox_of_the_session.switch(requests_per_window=1_000_000, report_requests_per_window=1_000_000)
    folder = tmp_path_factory.mktemp("unhurried")
    url, settings = sandbox_of_the_session.url, {"HARVEST_REQUESTS_PER_WINDOW": "1000000"}
    with running_bridge(folder, harvest_url=url, **settings) as bridge:
        link_account(bridge, sandbox_of_the_session, "alice")
        key, account = bridge.host["api_key"], sandbox_of_the_session.account.id
        yield (
            bridge,
            {
                "authorization": f"Bearer {key}".encode(),
                "harvest-account-id": str(account).encode(),
                "user-agent": b"x (x@example.com)",
            },
        )


@pytest.mark.parametrize("path", ROUTES)
def test_no_byte_from_outside_makes_a_500_before_django(unhurried: tuple[Bridge, dict[str, bytes]], path: str) -> None:
    bridge, headers = unhurried
    broken = [asked for asked in requests(path, headers) if status_of(bridge, asked) == BROKEN]
    assert not broken, b"\n".join(request[:400] for request in broken).decode("latin-1")


def requests(path: str, headers: dict[str, bytes]) -> Iterator[bytes]:
    pick = picker(path, at_most=6)
    for word in pick("path", corpus.WORDS):
        yield request("GET", f"{path}/{quote_from_bytes(word)}".encode(), headers)
        yield request("GET", path.encode() + b"/" + word.translate(None, b" \r\n"), headers)
    for name in ("page", "per_page", "updated_since", "access_token", "x[]"):
        for word in pick(f"query {name}", corpus.WORDS):
            yield request("GET", f"{path}?{name}={quote_from_bytes(word)}".encode(), headers)
    for name in [*HEADERS, *headers, "harvest-bridge-connection", "connection", "content-type"]:
        for value in pick(f"header {name}", corpus.HEADER_VALUES + corpus.CONTENT_TYPES):
            yield request("GET", path.encode(), {**headers, name: value})
    for body in pick("body", corpus.BODIES):
        for kind in pick(f"type {body[:20]!r}", corpus.CONTENT_TYPES)[:2]:
            length = str(len(body)).encode()
            yield request("POST", path.encode(), {**headers, "content-type": kind, "content-length": length}, body)


def request(method: str, target: bytes, headers: dict[str, bytes], body: bytes = b"") -> bytes:
    lines = [f"{method} ".encode() + target + b" HTTP/1.1", b"connection: close"]
    lines += [name.encode() + b": " + value for name, value in ({"host": b"localhost"} | headers).items()]
    return b"\r\n".join(lines) + b"\r\n\r\n" + body


def status_of(bridge: Bridge, raw: bytes) -> bytes:
    """Empty where the server hung up or waits for more of it, as some of these deserve."""
    with socket.create_connection(("127.0.0.1", urlsplit(bridge.url).port or 80), timeout=2) as line:
        try:
            line.sendall(raw)
            return line.recv(64).partition(b" ")[2][:3]
        except (TimeoutError, ConnectionError):
            return b""
