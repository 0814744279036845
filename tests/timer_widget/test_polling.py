"""What changes in Harvest itself reaches open pages, by one poll for all of them (E14, E17)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast

import httpx
import pytest
from django.core.cache import caches

from harvest_bridge.connections.models import Connection
from harvest_bridge.console.supervisor import ManagedProcess
from harvest_bridge.env import ROOT
from harvest_bridge.hosts.services import NewHostApp
from harvest_bridge.sandbox.journal import Received
from harvest_bridge.sandbox.testing import RunningSandbox
from tests.processes import Bridge, running_bridge
from tests.services import free_port
from timer_widget.polling import budget_share, leases
from timer_widget.polling.poller import Poller
from timer_widget.running_timers import Scope

from .fault_harness import link
from .open_pages import OpenPage, OpenPages, open_pages, session_of, until

PEOPLE = ["carmen", "dev", "elif", "finn", "grace", "hana", "ivan", "julia", "kwame", "bruno"]
PAGES_EACH = 20
MATCH = """
from harvest_bridge.connections.models import Connection
from harvest_bridge.unified.identities.models import Identity
connection = Connection.objects.get(tenant_id={tenant!r}, kind="account")
for external_id, user_id in {people!r}:
    Identity.objects.create(
        connection=connection, external_id=external_id, state="matched", basis="override", harvest_user_id=user_id
    )
"""


@pytest.fixture(scope="module")
def watched(
    tmp_path_factory: pytest.TempPathFactory, sandbox_of_the_session: RunningSandbox, redis_url: str
) -> Iterator[Bridge]:
    """A bridge that polls every second; as it has Redis, there may be another web process beside it."""
    settings = {"TIMER_LOOK_SECONDS": "1", "REDIS_URL": redis_url}
    folder: Path = tmp_path_factory.mktemp("watched")
    with running_bridge(folder, harvest_url=sandbox_of_the_session.url, **settings) as bridge:
        yield bridge


@pytest.fixture
def pages() -> Iterator[OpenPages]:
    with open_pages() as pages:
        yield pages


def link_account(bridge: Bridge, sandbox: RunningSandbox, tenant: str, people: list[str]) -> None:
    """An administrator's connection that acts for all of them."""
    link(bridge, sandbox, tenant, "alice", is_account=True)
    matches = [(who, sandbox.user(who).id) for who in people]
    bridge.manage("shell", "-c", MATCH.format(tenant=tenant, people=matches))


def polls(sandbox: RunningSandbox) -> list[Received]:
    """Those that see everybody."""
    asked = sandbox.requests("GET", "/v2/time_entries")
    return [each for each in asked if "is_running=true" in each.query and "user_id" not in each.query]


def start_in_harvest(sandbox: RunningSandbox, who: str) -> int:
    project, task = sandbox.pick(who)
    body = {"project_id": project.id, "task_id": task.id, "spent_date": sandbox.now().date().isoformat()}
    return int(sandbox.post("/v2/time_entries", who, json=body).json()["id"])


def hear(pages: list[OpenPage], entry_id: int | None) -> None:
    until(lambda: all(page.states and page.entry_id == entry_id for page in pages), f"pages show {entry_id}")


@contextmanager
def second_process(bridge: Bridge) -> Iterator[tuple[str, ManagedProcess]]:
    """Of the same bridge, with its own address."""
    port = free_port()
    argv = [*bridge.web.argv[: bridge.web.argv.index("--port")], "--port", str(port)]
    url = f"http://localhost:{port}"
    process = ManagedProcess(
        name="second",
        argv=argv,
        environment=bridge.environment,
        log=bridge.folder / "second.log",
        ready_url=f"{url}/health/ready",
        directory=ROOT,
    )
    try:
        process.start()
        process.wait_until_ready()
        yield url, process
    finally:
        process.kill()


def test_e14_two_hundred_pages_on_one_connection_are_one_poll_and_a_start_costs_what_it_costs_alone(
    watched: Bridge, pages: OpenPages, sandbox: RunningSandbox
) -> None:
    link_account(watched, sandbox, "crowd", PEOPLE)
    sessions = {who: session_of(watched, who, "crowd") for who in PEOPLE}
    opened = {who: [pages.open(watched.url, sessions[who]) for _ in range(PAGES_EACH)] for who in PEOPLE}
    until(lambda: all(page.is_open for each in opened.values() for page in each), "all streams are open")
    sandbox.journal.clear()
    until(lambda: len(polls(sandbox)) >= 3, "Harvest is looked at")
    assert [each.target for each in sandbox.requests() if each not in polls(sandbox)] == []

    entry_id = start_in_harvest(sandbox, "carmen")
    asked = len(polls(sandbox))
    hear(opened["carmen"], entry_id)
    assert len(polls(sandbox)) - asked <= 3  # of which one was under way, and one may have come after
    assert not opened["dev"][0].states

    sandbox.journal.clear()
    project, task = sandbox.pick("dev")
    click = {"idempotency_key": "one-start", "clicked_at": datetime.now(UTC).isoformat(), "item": None, "notes": ""}
    body = click | {"project_id": project.id, "task_id": task.id}
    headers = {"Authorization": f"Bearer {sessions['dev']}"}
    started = httpx.post(f"{watched.url}/timer/start", json=body, headers=headers, trust_env=False, timeout=30)
    assert started.status_code == 201, started.text
    own = [each for each in sandbox.requests() if each not in polls(sandbox) and "/users/" not in each.path]
    assert [each.method for each in own] == ["GET", "POST"]
    hear(opened["dev"], started.json()["state"]["running"]["entry_id"])


def test_e14_pages_of_two_processes_are_told_and_go_on_being_told_when_one_is_killed(
    watched: Bridge, pages: OpenPages, sandbox: RunningSandbox
) -> None:
    link_account(watched, sandbox, "processes", ["elif", "finn"])
    with second_process(watched) as (other_url, other):
        here = pages.open(watched.url, session_of(watched, "elif", "processes"))
        there = pages.open(other_url, session_of(watched, "finn", "processes", url=other_url))
        until(lambda: here.is_open and there.is_open, "both streams are open")
        entries = start_in_harvest(sandbox, "elif"), start_in_harvest(sandbox, "finn")
        hear([here], entries[0])
        hear([there], entries[1])
        other.kill()
        sandbox.patch(f"/v2/time_entries/{entries[0]}/stop", "elif")
        hear([here], None)


def test_a_person_with_an_account_of_their_own_is_seen_by_the_poll_for_all_and_alone_without_it(
    watched: Bridge, pages: OpenPages, sandbox: RunningSandbox
) -> None:
    link(watched, sandbox, "own", "grace")
    page = pages.open(watched.url, session_of(watched, "grace", "own"))
    until(lambda: page.is_open, "the stream is open")
    sandbox.journal.clear()
    entry_id = start_in_harvest(sandbox, "grace")
    hear([page], entry_id)
    assert not polls(sandbox)
    link_account(watched, sandbox, "own-and-all", [])
    link(watched, sandbox, "own-and-all", "hana")
    seen = pages.open(watched.url, session_of(watched, "hana", "own-and-all"))
    until(lambda: seen.is_open, "the stream is open")
    hear([seen], start_in_harvest(sandbox, "hana"))
    assert polls(sandbox)


def test_pages_hear_that_harvest_cannot_be_read_and_that_it_can_again(
    watched: Bridge, pages: OpenPages, sandbox: RunningSandbox
) -> None:
    link(watched, sandbox, "unread", "julia")
    entry_id = start_in_harvest(sandbox, "julia")
    page = pages.open(watched.url, session_of(watched, "julia", "unread"))
    until(lambda: page.is_open, "the stream is open")
    sandbox.fault("status", path="/v2/*", status=503, times=None)
    until(lambda: page.states and not page.states[-1]["is_known"], "the page is told that nothing can be read")
    assert page.entry_id == entry_id
    sandbox.clear_faults()
    until(lambda: page.states[-1]["is_known"], "the page is told that it can be read again")
    assert page.entry_id == entry_id


@pytest.mark.django_db
def test_a_poll_is_leased_to_one_process_and_polls_of_one_budget_take_turns(
    alices: Connection, link: Callable[..., Connection], board: NewHostApp
) -> None:
    own = link("carmen", board.host_app, user_id="carmen")
    everybody, alone, another = Scope(alices.pk, None), Scope(own.pk, 1), Scope(own.pk, 2)
    assert [leases.acquire_lease(everybody, alices) for _ in range(2)] == [True, False]
    assert [leases.acquire_lease(scope, own) for scope in (alone, another)] == [True, False]
    caches["answers"].delete(everybody.key("turn"))  # as it ends by itself, also if whoever had it has died
    caches["answers"].delete_many([budget_share.slot_key(alices), budget_share.slot_key(own)])
    assert leases.acquire_lease(everybody, alices)
    assert [leases.acquire_lease(scope, own) for scope in (alone, another)] == [False, True]


@pytest.mark.parametrize(("requests", "window", "seconds"), [(100, 15.0, 1), (50, 15.0, 2), (100, 60.0, 4)])
def test_polls_take_no_more_than_their_share_of_a_budget(
    settings: Any, requests: int, window: float, seconds: int
) -> None:
    settings.HARVEST_REQUESTS_PER_WINDOW, settings.HARVEST_WINDOW_SECONDS = requests, window
    assert budget_share.seconds_between_polls() == seconds
    assert window / seconds <= 0.2 * requests


def test_without_open_pages_nothing_is_polled() -> None:
    poller = Poller(set)
    poller._tick(set(), cast(ThreadPoolExecutor, None))  # which would have been handed the polls
    assert not poller.watchers.by_person
