"""No credential of Harvest's passes in a body, however it is written and however the body is cut into pieces."""

from __future__ import annotations

from contextlib import suppress

import pytest

from harvest_bridge.api.credentials import CredentialsRefused
from harvest_bridge.api.errors import InvalidRequest
from harvest_bridge.proxy.body_scan import UnreadableBody, scan, scanner_for
from tests.proxy.smuggled import HONEST, JSON, SMUGGLED


def passed(content_type: str, body: bytes, size: int) -> bytes:
    """What went on before the refusal, if there was one, in pieces of `size` after the first."""
    pieces = [body[:32], *(body[at : at + size] for at in range(32, len(body), size))]
    gone = b""
    with suppress(CredentialsRefused, InvalidRequest, UnreadableBody):
        scanner = scanner_for(content_type, pieces[0])
        for piece in pieces:
            scanner.feed(piece)
            gone += piece
    return gone


@pytest.mark.parametrize("size", [1, 2, 3, 7, 64, 100_000])
@pytest.mark.parametrize("how", SMUGGLED)
def test_a_credential_does_not_pass(how: str, size: int) -> None:
    content_type, body = SMUGGLED[how]
    assert passed(content_type, body, size) != body


@pytest.mark.parametrize("size", [1, 2, 3, 7, 64, 100_000])
@pytest.mark.parametrize("how", HONEST)
def test_what_only_looks_so_passes(how: str, size: int) -> None:
    content_type, body = HONEST[how]
    if body:
        assert passed(content_type, body, size) == body
    scan(content_type, body)


@pytest.mark.parametrize("encoding", ["gzip", "deflate", "br", "gzip, identity"])
def test_a_compressed_body_is_refused(encoding: str) -> None:
    with pytest.raises(UnreadableBody):
        scan(JSON, b"{}", encoding=encoding)


def test_what_is_held_does_not_grow_with_the_body() -> None:
    """Of a long string, a long name and a long part only the beginning, or nothing, is kept."""
    longest = {
        JSON: b'{"notes": "' + b"x" * 1_000_000 + b'", "' + b"n" * 1_000_000,
        "application/x-www-form-urlencoded": b"a=" + b"x" * 1_000_000 + b"&" + b"n" * 1_000_000,
        "multipart/form-data; boundary=xyz": b'--xyz\r\nContent-Disposition: form-data; name="a"\r\n\r\n'
        + b"x" * 2_000_000,
    }
    for content_type, body in longest.items():
        scanner = scanner_for(content_type, body[:64])
        for at in range(0, len(body), 1000):
            scanner.feed(body[at : at + 1000])
        held = sum(len(value) for value in vars(scanner).values() if isinstance(value, bytes | str))
        assert held < 20_000, content_type
