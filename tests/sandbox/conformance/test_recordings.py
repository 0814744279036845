"""Recorded exchanges with the real Harvest, replayed to a sandbox that holds the same records."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest

from harvest_bridge.sandbox.clock import Clock
from harvest_bridge.sandbox.identities import personal_token_of
from harvest_bridge.sandbox.testing import RunningSandbox, running_sandbox
from tests.sandbox.conformance.allowances import ALLOWED, AS_OF_OLD
from tests.sandbox.conformance.cassettes import FOLDER, HOST, Cassette, Exchange, cassettes
from tests.sandbox.conformance.comparing import Difference, differences
from tests.sandbox.conformance.recorded_world import RecordedWorld

# Headers that mean something to a client. What was sent of these must be sent again, and nothing but the last is new.
HEADERS = ("content-type", "location", "hint", "www-authenticate", "retry-after", "cache-control", "vary")
NEW_HEADERS = {"vary"}  # REFERENCE §1 [R24]


@pytest.fixture(scope="module")
def harvest_of_old() -> Iterator[RunningSandbox]:
    with running_sandbox(clock=Clock(lambda: 0.0), entries=0) as harvest:
        yield harvest


@pytest.mark.parametrize("cassette", cassettes(), ids=str)
def test_recording(harvest_of_old: RunningSandbox, cassette: Cassette) -> None:
    """Status, headers and body are as recorded: the same keys in the same order with the same values."""
    allowed = {(what, where) for what, where, _ in ALLOWED}
    found = list(replayed(harvest_of_old, cassette))
    assert [one for one in found if (one.what, one.where) not in allowed] == []


def test_no_recording_is_missed() -> None:
    assert len(cassettes()) == len(list(FOLDER.glob("*.yml"))) == 25
    assert sum(len(one.exchanges) for one in cassettes()) == 26


def test_every_allowance_is_needed(harvest_of_old: RunningSandbox) -> None:
    needed = {(one.what, one.where) for cassette in cassettes() for one in replayed(harvest_of_old, cassette)}
    assert needed == {(what, where) for what, where, _ in ALLOWED}


def replayed(harvest: RunningSandbox, cassette: Cassette) -> Iterator[Difference]:
    seed = RecordedWorld(cassette)
    harvest.switch(**AS_OF_OLD)
    harvest.world.reset(seed)
    for exchange in cassette.exchanges:
        answer = ask(harvest, exchange, seed)
        if exchange.status != answer.status_code:
            yield Difference("changed", "status", f"{exchange.status}, now {answer.status_code}: {answer.text}")
        yield from header_differences(exchange, answer, harvest.url)
        text = answer.text.replace(harvest.url, HOST)
        if exchange.answer is not None and exchange.status < 400:
            yield from differences(exchange.answer, httpx.Response(200, text=text).json(), exchange.resource)
        elif exchange.text != text:
            yield Difference("changed", "body", f"{exchange.text}, now {text}")


def ask(harvest: RunningSandbox, exchange: Exchange, seed: RecordedWorld) -> httpx.Response:
    """At the recorded moment, with the recorded headers; the names of tokens and account become real ones."""
    harvest.clock.offset = exchange.at.timestamp()
    headers = {name: exchange.sent_headers[name] for name in ("user-agent", "authorization", "harvest-account-id")}
    for name, identity in seed.people.items():
        headers["authorization"] = headers["authorization"].replace(name, personal_token_of(identity))
    headers["harvest-account-id"] = headers["harvest-account-id"].replace("$HARVEST_ACCOUNT_ID", str(seed.account_id))
    if "content-type" in exchange.sent_headers:
        headers["content-type"] = exchange.sent_headers["content-type"]
    with httpx.Client(base_url=harvest.url, trust_env=False) as client:
        if exchange.status == 429:
            harvest.switch(requests_per_window=1)
            client.get(exchange.url, headers=headers)
        return client.request(exchange.method, exchange.url, headers=headers, content=exchange.sent)


def header_differences(exchange: Exchange, answer: httpx.Response, url: str) -> Iterator[Difference]:
    for name in HEADERS:
        before, now = exchange.headers.get(name), answer.headers.get(name, "").replace(url, HOST) or None
        if before != now and not (before is None and name in NEW_HEADERS):
            yield Difference("changed", f"header {name}", f"{before}, now {now}")
