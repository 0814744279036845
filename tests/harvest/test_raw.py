"""Answers that are passed on as Harvest's own bytes: whatever comes, they are records in JSON, or malformed."""

from __future__ import annotations

from typing import TypeVar

import httpx
import pytest

from harvest_bridge.harvest.answers import decoded
from harvest_bridge.harvest.errors import HarvestMalformed
from harvest_bridge.harvest.operations import Operation
from harvest_bridge.harvest.operations.raw import get_raw, list_raw
from harvest_bridge.harvest.transport import Answer

T = TypeVar("T")
LIST, RECORD = list_raw("/v2/users", "users"), get_raw("/v2/users/7")
DEEP = b"[" * 3000 + b"]" * 3000
SPLIT = b'{"x": "' + b"a" * (64 * 1024 - 8)  # the next byte is the last of the first piece that is looked at


def read(operation: Operation[T], body: bytes) -> T:
    return operation.read(decoded(Answer(200, httpx.Headers(), body), operation.decoded_as))


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"null",
        b"[]",
        b"{}",
        b"\xef\xbb\xbf{}",
        b'{"users": null}',
        b'{"users": {}}',
        b'{"users": [{"id": 1}, null]}',
        b'{"users": [[]]}',
        b'{"users": [{"x": "\\ud800"}]}',
        b'{"users": [{"x": "\xed\xa0\x80"}]}',
        b'{"users": [{"x": %s}]}' % DEEP,
        b'{"users": [], "next_page": 1e400}',
        b'{"users": [], "total_entries": ' + b"9" * 5000 + b"}",
        b'{"users": [], "links": {"next": "http://[::1/?per_page=2"}}',
    ],
)
def test_what_is_no_list_of_records_is_malformed(body: bytes) -> None:
    with pytest.raises(HarvestMalformed):
        read(LIST, body)


@pytest.mark.parametrize("body", [b"", b" ", b"null", b"[{}]", b"7", DEEP, b'{"x": %s}' % DEEP, SPLIT + b'\xc3"}'])
def test_what_is_no_record_is_malformed(body: bytes) -> None:
    with pytest.raises(HarvestMalformed):
        read(RECORD, body)


def test_records_are_passed_on_byte_for_byte() -> None:
    body = (
        b' {"users" : [ {"id": 1.10} ,\n{"b": 1e400 , "a": "\\u00e9"} ], "more": 1e400, "next_page": "'
        + b"9" * 19
        + b'"}'
    )
    page = read(LIST, body)
    assert [*map(bytes, page.items)] == [b'{"id": 1.10}', b'{"b": 1e400 , "a": "\\u00e9"}']
    assert page.next is None
    split = SPLIT + b'\xc3\xa9"}'
    assert bytes(read(RECORD, b" \n" + split)) == split
