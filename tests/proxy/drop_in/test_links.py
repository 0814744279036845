"""Links of a list point at us; every other byte stays, whatever it looks like and however it arrives."""

from __future__ import annotations

import gzip
import json
from typing import Any

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harvest_bridge.proxy.links import LinkRewriter, headers_pointed_at_us
from tests.processes import Bridge
from tests.proxy.drop_in.recorder import Recorder, reply

HARVEST, US = "https://api.harvestapp.com", "https://time.example.com"
LINKS = {"first": f"{HARVEST}/v2/clients?page=1&ref=first", "next": None, "last": f"{HARVEST}/v2/clients?page=9"}
OURS = {name: url and url.replace(HARVEST, US) for name, url in LINKS.items()}


def rewritten(body: bytes, size: int = 1 << 30) -> bytes:
    rewriter = LinkRewriter(US, query_bytes=0)
    pieces = [rewriter.feed(body[at : at + size]) for at in range(0, len(body), size)]
    return b"".join([*pieces, rewriter.finish()])


def envelope(records: Any, **rest: Any) -> bytes:
    return json.dumps({"clients": records, **rest, "links": LINKS}).encode()


@pytest.mark.parametrize("size", [1, 7, 4096, 1 << 20])
@pytest.mark.parametrize("count", [0, 3, 400])
def test_links_at_the_end_point_at_us_however_the_list_arrives(count: int, size: int) -> None:
    body = envelope([{"id": n, "notes": f"see {HARVEST}/v2/clients/{n}"} for n in range(count)])
    head, tail = body.split(b'"links"')
    assert rewritten(body, size) == head + b'"links"' + tail.replace(HARVEST.encode(), US.encode())


NOTES = [
    f'"links": {{"first": "{HARVEST}/v2/x"}}',
    f'{{"links": {{"next": "{HARVEST}/v2/x"}}}}',
    "links",
    '\\"links\\":',
    f"{HARVEST}/v2/clients?page=2",
]


@pytest.mark.parametrize("note", NOTES)
def test_a_note_that_looks_like_links_stays_as_it_is(note: str) -> None:
    body = json.dumps({"clients": [{"notes": note}], "links": LINKS, "note": note}).encode()
    assert json.loads(rewritten(body)) == {"clients": [{"notes": note}], "links": OURS, "note": note}
    without = json.dumps({"clients": [{"notes": note}]}).encode()
    assert rewritten(without) == without


@pytest.mark.parametrize(
    "body",
    [
        {"clients": [{"links": LINKS}]},
        {"clients": [], "more": {"links": LINKS}},
        {"clients": [], "links": f"{HARVEST}/v2"},
        [{"links": LINKS}],
        {"links": [LINKS["first"]]},
    ],
)
def test_what_is_not_the_envelopes_links_stays_as_it_is(body: Any) -> None:
    raw = json.dumps(body).encode()
    assert rewritten(raw) == raw


@pytest.mark.parametrize(
    "raw", [b"", b"{", b'{"links":{', b'"links"', b'{"links":{}', b"\xff\xfe" + b'"links":{"a":1}}', b"<html>"]
)
def test_what_is_not_json_stays_as_it_is(raw: bytes) -> None:
    assert rewritten(raw) == raw


def test_links_may_come_first_and_in_any_layout() -> None:
    first = (
        b'\n{ "links" : {"next": "http:\\/\\/harvest:80\\/v2?a=\\"https:\\/\\/x\\""},"clients":'
        + b"["
        + b" " * 20000
        + b"]}"
    )
    expected = first.replace(b"http:\\/\\/harvest:80", US.encode())
    assert rewritten(first, 1000) == expected
    pretty = json.dumps({"clients": [], "links": LINKS, "page": 1}, indent=4).encode()
    assert json.loads(rewritten(pretty)) == {"clients": [], "links": OURS, "page": 1}


@settings(max_examples=40, deadline=None)
@given(
    st.recursive(
        st.none() | st.text() | st.sampled_from(NOTES),
        lambda inner: st.lists(inner) | st.dictionaries(st.text() | st.just("links"), inner),
    ),
    st.integers(1, 64),
)
def test_any_list_differs_in_its_links_alone(records: Any, size: int) -> None:
    body = json.dumps({"clients": records, "links": LINKS}).encode()
    assert json.loads(rewritten(body, size)) == {"clients": records, "links": OURS}


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (f"{HARVEST}/api/v2/clients/1", f"{US}/api/v2/clients/1"),
        ("//api.harvestapp.com/v2", f"{US}/v2"),
        ("/v2/clients/1", "/v2/clients/1"),
        ("https://files.example/receipt?of=https", "https://files.example/receipt?of=https"),
        ("https://api.harvestapp.com.evil.example/v2", "https://api.harvestapp.com.evil.example/v2"),
        (f'<{HARVEST}/v2/clients?page=2>; rel="next"', f'<{US}/v2/clients?page=2>; rel="next"'),
    ],
)
def test_headers_with_harvests_address_point_at_us(value: str, expected: str) -> None:
    pairs = [(b"location", value.encode()), (b"x-other", value.encode())]
    pointed = headers_pointed_at_us(pairs, harvest=HARVEST, origin=US)
    assert pointed == [(b"location", expected.encode()), (b"x-other", value.encode())]


def test_a_list_that_comes_compressed_all_the_same_is_unpacked(
    client: httpx.Client, upstream: Recorder, recorded_bridge: Bridge
) -> None:
    upstream.reset(reply(gzip.compress(envelope([{"n": n} for n in range(9000)])), content_encoding="gzip"))
    answer = client.get("/v2/clients")
    assert "content-encoding" not in answer.headers
    assert answer.json()["links"]["first"] == f"{recorded_bridge.url}/v2/clients?page=1&ref=first"


def test_a_list_packed_in_a_way_we_cannot_read_is_not_passed_on(client: httpx.Client, upstream: Recorder) -> None:
    upstream.reset(reply(b"???", content_encoding="br"))
    answer = client.get("/v2/clients")
    assert (answer.status_code, answer.json()["code"]) == (502, "harvest_malformed")


def test_other_answers_stay_compressed(client: httpx.Client, upstream: Recorder) -> None:
    packed = gzip.compress(b'{"links":{"first":"http://x/"}}')
    upstream.reset(reply(packed, content_encoding="gzip"))
    with client.stream("GET", "/v2/clients/1") as answer:
        assert b"".join(answer.iter_raw()) == packed
        assert answer.headers["content-encoding"] == "gzip"
