"""Whole journeys against the pretend Harvest, over HTTP."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import msgspec
import pytest

from harvest_bridge.harvest.budgets import Allowance, Lane
from harvest_bridge.harvest.config import HarvestConfig, Timeouts
from harvest_bridge.harvest.credentials import StaticTokenSource
from harvest_bridge.harvest.errors import (
    HarvestError,
    HarvestForbidden,
    HarvestGrantRefused,
    HarvestNotFound,
    HarvestOutcomeUnknown,
    HarvestRejected,
    HarvestUnauthorized,
)
from harvest_bridge.harvest.gateway import Gateway
from harvest_bridge.harvest.operations import (
    create_time_entry,
    delete_time_entry,
    exchange_code,
    get_company,
    get_me,
    get_time_entry,
    get_user,
    list_accounts,
    list_my_project_assignments,
    list_time_entries,
    list_users,
    refresh_access_token,
    restart_time_entry,
    stop_time_entry,
    update_time_entry,
)
from harvest_bridge.harvest.operations.raw import get_raw, list_raw
from harvest_bridge.harvest.pages import walk_pages_async
from harvest_bridge.harvest.records import ExternalReference, TimeEntry
from harvest_bridge.sandbox.testing import RunningSandbox

TICKET = ExternalReference(id="t-1", group_id="b-1", account_id="host", permalink="https://host.example/t/1")


@pytest.fixture
def config(sandbox: RunningSandbox, config_for: Callable[..., HarvestConfig]) -> HarvestConfig:
    return config_for(
        sandbox.url,
        client_id=sandbox.client.client_id,
        client_secret=sandbox.client.client_secret,
        timeouts=Timeouts(read=0.3, total=0.6),
    )


@pytest.fixture
async def gateway(config: HarvestConfig) -> AsyncIterator[Gateway]:
    gateway = Gateway.from_config(config)
    yield gateway
    await gateway.aclose()


@pytest.fixture
def tokens_of(sandbox: RunningSandbox) -> Callable[[str], StaticTokenSource]:
    def source(who: str) -> StaticTokenSource:
        return StaticTokenSource(sandbox.token_for(who, sandbox.account), str(sandbox.account.id), budget_key=who)

    return source


async def start(gateway: Gateway, source: StaticTokenSource, sandbox: RunningSandbox, who: str) -> TimeEntry:
    project, task = sandbox.pick(who)
    starting = create_time_entry(
        project_id=project.id, task_id=task.id, spent_date=sandbox.now().date(), external_reference=TICKET
    )
    return await gateway.perform(starting, source=source, lane=Lane.TIMER)


async def test_a_consent_becomes_tokens_accounts_and_a_person(gateway: Gateway, sandbox: RunningSandbox) -> None:
    redirect = "http://localhost:9999/back"
    asked = urlencode(
        {"client_id": sandbox.client.client_id, "response_type": "code", "redirect_uri": redirect, "state": "s"}
    )
    back = await asyncio.to_thread(sandbox.consent, f"{sandbox.url}/oauth2/authorize?{asked}", "carmen")
    (code,) = parse_qs(urlsplit(back).query)["code"]
    grant = await gateway.perform(exchange_code(code, redirect_uri=redirect))
    identity = await gateway.perform(list_accounts(), source=StaticTokenSource(grant.access_token))
    (account,) = identity.harvest_accounts
    me = await gateway.perform(get_me(), source=StaticTokenSource(grant.access_token, str(account.id)))
    assert (account.id, me.id) == (sandbox.account.id, sandbox.user("carmen").id)
    with pytest.raises(HarvestGrantRefused) as refused:
        await gateway.perform(exchange_code(code, redirect_uri=redirect))
    assert refused.value.reason == "invalid_grant"


async def test_a_refresh_gives_a_working_token_and_a_dead_one_is_refused(
    gateway: Gateway, sandbox: RunningSandbox
) -> None:
    sandbox.switch(refresh_tokens="rotate")
    old = sandbox.tokens_for("carmen")["refresh_token"]
    grant = await gateway.perform(refresh_access_token(old))
    source = StaticTokenSource(grant.access_token, str(sandbox.account.id))
    assert (await gateway.perform(get_me(), source=source)).id == sandbox.user("carmen").id
    with pytest.raises(HarvestGrantRefused) as refused:
        await gateway.perform(refresh_access_token(old))
    assert refused.value.reason == "invalid_grant"


async def test_an_expired_token_is_unauthorized(gateway: Gateway, sandbox: RunningSandbox) -> None:
    token = sandbox.token_for("carmen", sandbox.account)
    sandbox.expire(token)
    with pytest.raises(HarvestUnauthorized):
        await gateway.perform(get_me(), source=StaticTokenSource(token, str(sandbox.account.id)))


@pytest.mark.parametrize("delete_body", ["object", "empty"])
async def test_a_timer_lives_from_start_to_deletion(
    delete_body: str, gateway: Gateway, sandbox: RunningSandbox, tokens_of: Callable[[str], StaticTokenSource]
) -> None:
    sandbox.switch(delete_body=delete_body)
    source = tokens_of("carmen")
    started = await start(gateway, source, sandbox, "carmen")
    assert started.is_running
    assert started.timer_started_at is not None
    assert started.external_reference is not None
    assert (started.external_reference.id, started.external_reference.service) == ("t-1", "host.example")

    running = list_time_entries(is_running=True, user_id=sandbox.user("carmen").id)
    assert [entry.id for entry in (await gateway.perform(running, source=source)).items] == [started.id]
    assert (await gateway.perform(update_time_entry(started.id, notes="Fix"), source=source)).notes == "Fix"
    assert not (await gateway.perform(stop_time_entry(started.id), source=source)).is_running
    with pytest.raises(HarvestRejected, match="can't stop a stopped timer"):
        await gateway.perform(stop_time_entry(started.id), source=source)
    assert (await gateway.perform(restart_time_entry(started.id), source=source)).is_running
    await gateway.perform(delete_time_entry(started.id), source=source)
    with pytest.raises(HarvestNotFound):
        await gateway.perform(get_time_entry(started.id), source=source)


async def test_the_pickers_offer_what_harvest_accepts(
    gateway: Gateway, sandbox: RunningSandbox, tokens_of: Callable[[str], StaticTokenSource]
) -> None:
    page = await gateway.perform(list_my_project_assignments(), source=tokens_of("carmen"))
    offered = {
        (one.project.id, pair.task.id) for one in page.items for pair in one.active_tasks if pair.task is not None
    }
    assert offered == {(project.id, task.id) for project, task in sandbox.picks("carmen")}


async def test_a_walk_sees_every_entry_once(
    gateway: Gateway, sandbox: RunningSandbox, tokens_of: Callable[[str], StaticTokenSource]
) -> None:
    source, user_id = tokens_of("admin"), sandbox.user("carmen").id
    pages = walk_pages_async(
        lambda operation: gateway.perform(operation, source=source, lane=Lane.SYNC),
        lambda position: list_time_entries(position, user_id=user_id, per_page=25),
    )
    seen = [entry.id async for page in pages for entry in page.items]
    assert len(seen) > 50
    assert sorted(seen) == sorted(entry.id for entry in sandbox.entries("carmen"))


async def test_people_and_roles_are_read(
    gateway: Gateway, sandbox: RunningSandbox, tokens_of: Callable[[str], StaticTokenSource]
) -> None:
    source = tokens_of("admin")
    people = await gateway.perform(list_users(per_page=2000), source=source)
    assert {person.id for person in people.items} == {user.id for user in sandbox.account.users}
    assert await gateway.perform(get_user(people.items[0].id), source=source) == people.items[0]
    roles = await gateway.perform(list_raw("/v2/roles", "roles"), source=source)
    assert (
        await gateway.perform(get_raw(f"/v2/roles/{msgspec.json.decode(roles.items[0])['id']}"), source=source)
        == roles.items[0]
    )
    assert (await gateway.perform(get_company(), source=source)).name == sandbox.account.company.name


async def test_a_member_may_not_read_the_company(
    gateway: Gateway, tokens_of: Callable[[str], StaticTokenSource]
) -> None:
    with pytest.raises(HarvestForbidden, match="Not authorized!"):
        await gateway.perform(get_company(), source=tokens_of("member"))


@pytest.mark.parametrize(("kind", "is_done"), [("lost_answer", True), ("cut_body", True), ("reset", False)])
async def test_a_start_whose_answer_is_lost_is_sent_once_and_can_be_looked_up(
    kind: str,
    is_done: bool,
    gateway: Gateway,
    sandbox: RunningSandbox,
    tokens_of: Callable[[str], StaticTokenSource],
) -> None:
    source = tokens_of("carmen")
    sandbox.fault(kind, method="POST", path="/v2/time_entries")
    with pytest.raises(HarvestOutcomeUnknown):
        await start(gateway, source, sandbox, "carmen")
    assert len(sandbox.requests("POST", "/v2/time_entries")) == 1
    found = await gateway.perform(list_time_entries(external_reference_id=TICKET.id), source=source)
    assert bool(found.items) is is_done


@pytest.mark.parametrize(
    "fault",
    [
        {"kind": "reset"},
        {"kind": "lost_answer"},
        {"kind": "cut_body"},
        {"kind": "html_error", "status": 502},
        {"kind": "status", "status": 503},
        {"kind": "latency", "seconds": 0.5},
        {"kind": "slow_body", "seconds": 5.0},
    ],
)
async def test_a_read_survives_what_passes(
    fault: dict[str, Any],
    gateway: Gateway,
    sandbox: RunningSandbox,
    tokens_of: Callable[[str], StaticTokenSource],
) -> None:
    sandbox.fault(**fault)
    assert (await gateway.perform(get_me(), source=tokens_of("carmen"))).id == sandbox.user("carmen").id


async def test_a_flood_from_one_process_is_never_throttled(
    config_for: Callable[..., HarvestConfig], sandbox: RunningSandbox, tokens_of: Callable[[str], StaticTokenSource]
) -> None:
    sandbox.switch(requests_per_window=20, window_seconds=0.5)
    gateway = Gateway.from_config(config_for(sandbox.url, general=Allowance(20, 0.5)))
    source = tokens_of("carmen")
    calls = [gateway.perform(get_me(), source=source, lane=Lane(number % 3), deadline=30) for number in range(70)]
    outcomes = await asyncio.gather(*calls, return_exceptions=True)
    await gateway.aclose()
    assert [outcome for outcome in outcomes if isinstance(outcome, HarvestError)] == []
    assert {request.status for request in sandbox.requests(path="/v2/users/me")} == {200}
