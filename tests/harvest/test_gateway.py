"""The gateway over a real socket: tokens, retries, deadlines, and what a failed write may have done."""

from __future__ import annotations

import asyncio
import socket
import time
from collections.abc import AsyncIterator, Callable, Iterator
from datetime import date

import pytest

from harvest_bridge.harvest.budgets import Allowance, BudgetMeter
from harvest_bridge.harvest.config import HarvestConfig, Timeouts
from harvest_bridge.harvest.credentials import Credentials, StaticTokenSource
from harvest_bridge.harvest.errors import (
    HarvestForbidden,
    HarvestMalformed,
    HarvestNotFound,
    HarvestOutcomeUnknown,
    HarvestRateLimited,
    HarvestUnauthorized,
    HarvestUnavailable,
    RefreshInProgress,
)
from harvest_bridge.harvest.gateway import Gateway
from harvest_bridge.harvest.operations import (
    Operation,
    create_time_entry,
    delete_time_entry,
    exchange_code,
    get_me,
    list_accounts,
    stop_time_entry,
)
from harvest_bridge.harvest.records import TimeEntry
from tests.harvest.raw_server import RawServer, Received, Script, answers, reply

ME = {"id": 7, "first_name": "Ada"}
ENTRY = {"id": 2**33, "spent_date": "2026-01-05", "hours": 0.0, "is_running": True}


class RenewingSource:
    """Generation n's token is `token-n`."""

    budget_key = "renewing"
    at_hand = None

    def __init__(self, *, last_generation: int = 9) -> None:
        self.generation = 0
        self.renewals = 0
        self.may_renew = asyncio.Event()
        self.may_renew.set()
        self._last_generation = last_generation

    async def credentials(self) -> Credentials:
        return Credentials(f"token-{self.generation}", "42", self.generation)

    async def renew(self, rejected: Credentials, *, about: str) -> Credentials:
        await self.may_renew.wait()
        self.renewals += 1
        self.generation = min(self.generation + 1, self._last_generation)
        return await self.credentials()


@pytest.fixture
async def gateway(upstream: RawServer, config_for: Callable[..., HarvestConfig]) -> AsyncIterator[Gateway]:
    gateway = Gateway.from_config(config_for(upstream.url, general=Allowance(50, 15)))
    yield gateway
    await gateway.aclose()


@pytest.fixture
async def hasty_gateway(upstream: RawServer, config_for: Callable[..., HarvestConfig]) -> AsyncIterator[Gateway]:
    gateway = Gateway.from_config(config_for(upstream.url, timeouts=Timeouts(read=0.15)))
    yield gateway
    await gateway.aclose()


@pytest.fixture
def source() -> StaticTokenSource:
    return StaticTokenSource("token-of-ada", "42")


def start_timer() -> Operation[TimeEntry]:
    return create_time_entry(project_id=1, task_id=2, spent_date=date(2026, 1, 5))


async def drop(request: Received, writer: asyncio.StreamWriter) -> None:
    writer.close()


async def silence(request: Received, writer: asyncio.StreamWriter) -> None:
    await asyncio.sleep(5)


def first(script: Script, *then: bytes) -> Script:
    """`script` for the first request, then these replies."""
    scripts = iter([script])
    rest = answers(*then)

    async def run(request: Received, writer: asyncio.StreamWriter) -> None:
        await next(scripts, rest)(request, writer)

    return run


# --- What is sent


async def test_a_call_carries_the_token_the_account_and_our_name(
    upstream: RawServer, gateway: Gateway, source: StaticTokenSource
) -> None:
    upstream.script = answers(reply(body=ME))
    assert (await gateway.perform(get_me(), source=source)).first_name == "Ada"
    headers = upstream.requests[0].headers
    assert headers["authorization"] == "Bearer token-of-ada"
    assert headers["harvest-account-id"] == "42"
    assert headers["user-agent"] == "Harvest Bridge (tests@example.com)"
    assert headers["accept"] == "application/json"


async def test_the_identity_host_is_not_told_an_account(
    upstream: RawServer, gateway: Gateway, source: StaticTokenSource
) -> None:
    upstream.script = answers(reply(body={"user": {"id": 1}, "accounts": [{"id": 42, "product": "harvest"}]}))
    identity = await gateway.perform(list_accounts(), source=source)
    assert [account.id for account in identity.harvest_accounts] == [42]
    assert upstream.requests[0].headers["authorization"] == "Bearer token-of-ada"
    assert "harvest-account-id" not in upstream.requests[0].headers


async def test_a_code_is_exchanged_with_our_client_secret_and_without_a_token(
    upstream: RawServer, gateway: Gateway
) -> None:
    upstream.script = answers(reply(body={"access_token": "a", "refresh_token": "r", "expires_in": 10}))
    grant = await gateway.perform(exchange_code("code-1"))
    assert (grant.access_token, grant.refresh_token, grant.expires_in) == ("a", "r", 10)
    assert upstream.requests[0].form == {
        "grant_type": "authorization_code",
        "code": "code-1",
        "client_id": "client-1",
        "client_secret": "hush-client-secret",
    }
    assert "authorization" not in upstream.requests[0].headers


async def test_a_call_in_a_persons_name_without_a_token_source_is_a_mistake(gateway: Gateway) -> None:
    with pytest.raises(ValueError, match="needs a token source"):
        await gateway.perform(get_me())


# --- A refused token


async def test_a_refused_token_is_renewed_once_and_the_call_repeated(upstream: RawServer, gateway: Gateway) -> None:
    upstream.script = answers(reply(401), reply(201, ENTRY))
    renewing = RenewingSource()
    entry = await gateway.perform(start_timer(), source=renewing)
    assert entry.id == 2**33
    assert [r.headers["authorization"] for r in upstream.requests] == ["Bearer token-0", "Bearer token-1"]
    assert renewing.renewals == 1


async def test_the_source_hears_of_a_second_refusal_and_of_no_third(upstream: RawServer, gateway: Gateway) -> None:
    upstream.script = answers(reply(401, {"error": "invalid_token", "error_description": "Revoked."}))
    renewing = RenewingSource()
    with pytest.raises(HarvestUnauthorized, match="Revoked"):
        await gateway.perform(get_me(), source=renewing)
    assert (renewing.renewals, len(upstream.requests)) == (2, 3)


async def test_without_a_newer_token_the_refusal_stands(upstream: RawServer, gateway: Gateway) -> None:
    upstream.script = answers(reply(401))
    with pytest.raises(HarvestUnauthorized):
        await gateway.perform(get_me(), source=RenewingSource(last_generation=0))
    assert len(upstream.requests) == 1


async def test_a_callers_deadline_does_not_interrupt_a_renewal(upstream: RawServer, gateway: Gateway) -> None:
    upstream.script, slow = answers(reply(body=ME)), RenewingSource()
    await gateway.perform(get_me(), source=slow)  # so that the connection and the pacing file are open
    upstream.script = answers(reply(401))
    slow.may_renew.clear()
    with pytest.raises(RefreshInProgress, match="token"):
        await gateway.perform(get_me(), source=slow, deadline=0.5)
    assert slow.renewals == 0
    slow.may_renew.set()
    async with asyncio.timeout(20):
        while slow.renewals == 0:
            await asyncio.sleep(0)


# --- What may be sent again


@pytest.mark.parametrize("script", [first(drop, reply(body=ME)), answers(reply(503), reply(502), reply(body=ME))])
async def test_a_read_that_failed_in_passing_is_repeated(
    script: Script, upstream: RawServer, gateway: Gateway, source: StaticTokenSource
) -> None:
    upstream.script = script
    assert (await gateway.perform(get_me(), source=source)).id == 7


async def test_a_read_gives_up_after_four_attempts(
    upstream: RawServer, gateway: Gateway, source: StaticTokenSource
) -> None:
    upstream.script = answers(reply(503, b"<html>edge</html>"))
    with pytest.raises(HarvestUnavailable) as failed:
        await gateway.perform(get_me(), source=source)
    assert (failed.value.remote_status, failed.value.raw_response) == (503, "<html>edge</html>")
    assert len(upstream.requests) == 4


@pytest.mark.parametrize(
    "script",
    [
        drop,
        silence,
        answers(reply(500)),
        answers(reply(503, retry_after="1")),
        answers(reply(201, b"<html>")),
        answers(reply(201, {"id": "?"})),
        answers(reply(302, location="/")),
    ],
)
@pytest.mark.parametrize("operation", [start_timer(), stop_time_entry(5)])
async def test_a_write_without_a_usable_answer_is_sent_once_and_its_outcome_unknown(
    operation: Operation[TimeEntry],
    script: Script,
    upstream: RawServer,
    hasty_gateway: Gateway,
    source: StaticTokenSource,
) -> None:
    upstream.script = script
    with pytest.raises(HarvestOutcomeUnknown, match="look before you repeat"):
        await hasty_gateway.perform(operation, source=source)
    assert len(upstream.requests) == 1


async def test_a_write_that_outlives_its_deadline_has_an_unknown_outcome(
    upstream: RawServer, gateway: Gateway, source: StaticTokenSource
) -> None:
    upstream.script = silence
    with pytest.raises(HarvestOutcomeUnknown):
        await gateway.perform(start_timer(), source=source, deadline=1)


async def test_a_write_is_not_sent_with_too_little_time_left_for_its_answer(
    upstream: RawServer, gateway: Gateway
) -> None:
    """Its token came late: what it would do would stay unknown."""

    class Late(StaticTokenSource):
        at_hand = None  # type: ignore[assignment]

        async def credentials(self) -> Credentials:
            await asyncio.sleep(0.7)
            return await super().credentials()

    late = Late("token", "1", budget_key="late")
    with pytest.raises(HarvestUnavailable, match="was not sent") as refusal:
        await gateway.perform(start_timer(), source=late, deadline=1)
    assert not isinstance(refusal.value, HarvestOutcomeUnknown)
    assert refusal.value.retry_after
    assert upstream.requests == []


@pytest.fixture
def deaf_socket() -> Iterator[socket.socket]:
    """A port that refuses connections until somebody listens on it."""
    with socket.socket() as deaf:
        deaf.bind(("127.0.0.1", 0))
        yield deaf


@pytest.fixture
async def gateway_to_nobody(
    deaf_socket: socket.socket, config_for: Callable[..., HarvestConfig]
) -> AsyncIterator[Gateway]:
    gateway = Gateway.from_config(config_for(f"http://127.0.0.1:{deaf_socket.getsockname()[1]}"))
    yield gateway
    await gateway.aclose()


async def test_a_write_that_never_left_is_repeated(
    deaf_socket: socket.socket, gateway_to_nobody: Gateway, source: StaticTokenSource
) -> None:
    server = RawServer(answers(reply(201, ENTRY, connection="close")))
    sending = asyncio.create_task(gateway_to_nobody.perform(start_timer(), source=source))
    await asyncio.sleep(0.05)
    async with await asyncio.start_server(server.serve, sock=deaf_socket):
        assert (await sending).is_running
    assert len(server.requests) == 1


async def test_a_write_that_could_never_leave_did_not_happen(
    gateway_to_nobody: Gateway, source: StaticTokenSource
) -> None:
    with pytest.raises(HarvestUnavailable) as failed:
        await gateway_to_nobody.perform(start_timer(), source=source, deadline=0.5)
    assert not isinstance(failed.value, HarvestOutcomeUnknown)


@pytest.mark.parametrize("body", [b"", b"null", b'{"id": 5, "is_active": false}', b"  "])
async def test_a_delete_is_done_whatever_comes_back(
    body: bytes, upstream: RawServer, gateway: Gateway, source: StaticTokenSource
) -> None:
    upstream.script = answers(reply(body=body))
    await gateway.perform(delete_time_entry(5), source=source)
    assert [(r.verb, r.target) for r in upstream.requests] == [("DELETE", "/v2/time_entries/5")]


@pytest.mark.parametrize("body", [b"<html>Welcome to the hotel</html>", b"", b"[]", b'{"id": null}', b"\xff\xfe"])
async def test_an_answer_that_is_no_user_is_malformed(
    body: bytes, upstream: RawServer, gateway: Gateway, source: StaticTokenSource
) -> None:
    upstream.script = answers(reply(body=body))
    with pytest.raises(HarvestMalformed):
        await gateway.perform(get_me(), source=source)
    assert len(upstream.requests) == 1


async def test_a_refusal_is_not_repeated(upstream: RawServer, gateway: Gateway, source: StaticTokenSource) -> None:
    upstream.script = answers(reply(403, {"message": "Not authorized!"}))
    with pytest.raises(HarvestForbidden, match="Not authorized!"):
        await gateway.perform(get_me(), source=source)
    assert len(upstream.requests) == 1


# --- Throttling


async def test_a_throttled_call_waits_and_goes_through(
    upstream: RawServer, gateway: Gateway, source: StaticTokenSource
) -> None:
    upstream.script = answers(reply(429, b"", retry_after="1"), reply(201, ENTRY))
    started = time.monotonic()
    assert (await gateway.perform(start_timer(), source=source)).is_running
    assert time.monotonic() - started >= 1


async def test_a_throttling_that_outlasts_the_deadline_is_told_at_once_and_to_everyone(
    upstream: RawServer, gateway: Gateway, source: StaticTokenSource
) -> None:
    upstream.script = answers(reply(429, b"", retry_after="60"))
    meter = BudgetMeter()
    for _ in range(2):
        with pytest.raises(HarvestRateLimited) as refused:
            await gateway.perform(get_me(), source=source, deadline=5, meter=meter)
        assert 55 < (refused.value.retry_after or 0) <= 60  # who had waited until the deadline would be told less
    assert len(upstream.requests) == 1
    assert meter.state is not None
    assert meter.state.remaining == 0


async def test_who_will_not_wait_for_budget_is_told_at_once_though_there_is_time(
    upstream: RawServer, gateway: Gateway, source: StaticTokenSource
) -> None:
    upstream.script = answers(reply(429, b"", retry_after="30"))
    for _ in range(2):
        with pytest.raises(HarvestRateLimited) as refused:
            await gateway.perform(get_me(), source=source, deadline=60, max_wait=0)
        assert 0 < (refused.value.retry_after or 0) <= 30
    assert len(upstream.requests) == 1


async def test_who_will_not_wait_for_budget_is_served_where_there_is_some(
    upstream: RawServer, gateway: Gateway, source: StaticTokenSource
) -> None:
    upstream.script = answers(reply(body=ME))
    assert (await gateway.perform(get_me(), source=source, max_wait=0)).id


async def test_a_throttling_without_a_time_means_a_whole_window(
    upstream: RawServer, config_for: Callable[..., HarvestConfig], source: StaticTokenSource
) -> None:
    upstream.script = answers(reply(429, b"", content_type="text/html"))
    gateway = Gateway.from_config(config_for(upstream.url))
    with pytest.raises(HarvestRateLimited) as refused:
        await gateway.perform(get_me(), source=source, deadline=5)
    await gateway.aclose()
    assert refused.value.retry_after == 15


async def test_a_meter_tells_the_budget_after_success_and_after_failure(
    upstream: RawServer, gateway: Gateway, source: StaticTokenSource
) -> None:
    upstream.script = answers(reply(body=ME), reply(404))
    meter = BudgetMeter()
    assert meter.headers() == {}
    await gateway.perform(get_me(), source=source, meter=meter)
    assert meter.headers() == {"ratelimit-limit": "50;w=15", "ratelimit-remaining": "49", "ratelimit-reset": "15"}
    with pytest.raises(HarvestNotFound):
        await gateway.perform(get_me(), source=source, meter=meter)
    assert meter.headers()["ratelimit-remaining"] == "48"
