"""The stream of states: who may read it, when it ends, and how a change reaches other processes."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Callable, Collection, MutableMapping
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import httpx
import pytest
from django.db import connections
from django.utils import timezone

from harvest_bridge.hosts.services import NewHostApp, revoke_widget_key
from tests.people import ORIGIN
from tests.processes import Bridge
from timer_widget.errors import TooManyCalls
from timer_widget.live import hub as hubs
from timer_widget.live import publishing, session_checks, stream
from timer_widget.live.hub import Hub
from timer_widget.live.open_stream import News
from timer_widget.models import Person, TimerSession
from timer_widget.sessions import exchange
from timer_widget.sessions.exchange import open_session


def session_text(bridge: Bridge, sub: str) -> str:
    body = {"token": bridge.widget_token(sub=sub), "origin": bridge.host_origin}
    return str(httpx.post(f"{bridge.url}/timer/session", json=body, trust_env=False).json()["session"])


def read(bridge: Bridge, **headers: str) -> httpx.Response:
    return httpx.get(f"{bridge.url}/timer/stream", headers=headers, trust_env=False, timeout=60)


def test_it_opens_for_a_session_alone_and_from_our_own_frames_alone(bridge: Bridge) -> None:
    bearer = f"Bearer {session_text(bridge, 'streamer')}"
    refused = {
        "missing_token": read(bridge),
        "timer_session_expired": read(bridge, Authorization="Bearer hb_ts_unknown"),
        "cross_site_call": read(bridge, Authorization=bearer, Origin="https://evil.example"),
    }
    assert {code: answer.json()["code"] for code, answer in refused.items()} == {code: code for code in refused}
    assert read(bridge, Authorization=bearer, **{"Sec-Fetch-Site": "cross-site"}).status_code == 403
    with httpx.stream(
        "GET", f"{bridge.url}/timer/stream", headers={"Authorization": bearer}, trust_env=False
    ) as opened:
        assert opened.headers["Content-Type"].startswith("text/event-stream")
        assert "Set-Cookie" not in opened.headers
        assert next(opened.iter_text()) == ": hello\n\n"


def test_a_process_that_is_told_to_end_does_not_wait_for_its_streams(bridge: Bridge) -> None:
    headers = {"Authorization": f"Bearer {session_text(bridge, 'streamer')}"}
    with httpx.stream("GET", f"{bridge.url}/timer/stream", headers=headers, trust_env=False, timeout=120) as opened:
        lines = opened.iter_text()
        next(lines)
        bridge.restart()
        assert list(lines) == []


@pytest.fixture
def session(transactional_db: None, board: NewHostApp) -> TimerSession:
    person = Person.objects.create(host_app=board.host_app, tenant_id="acme", user_id="carmen")
    return session_of(person)


def session_of(person: Person) -> TimerSession:
    return open_session(person=person, origin=ORIGIN, item_ids=None)[0]


class Page:
    """What a page of this session is sent on its stream."""

    def __init__(self, hub: Hub, session: TimerSession) -> None:
        self._hub, self._session = hub, session
        self.said: list[str] = []
        self.is_over = asyncio.Event()
        self.reads = asyncio.Event()
        self.reads.set()
        self._heard = asyncio.Event()

    async def send(self, message: MutableMapping[str, Any]) -> None:
        await self.reads.wait()
        self.said.append(message["body"].decode())
        self._heard.set()
        if not message["more_body"]:
            self.is_over.set()

    async def next(self) -> str:
        """What it hears from here on first."""
        self._heard.clear()
        await self._heard.wait()
        return self.said[-1]

    @asynccontextmanager
    async def open(self) -> AsyncIterator[Page]:
        with self._hub.stream(self._session.person_id, self._session.token_hash) as opened:
            await opened.begin(self.send)
            async with asyncio.timeout(60):
                yield self


@pytest.fixture(autouse=True)
def _no_sign_of_life(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hubs, "HEARTBEAT_SECONDS", 3600)


@pytest.fixture
def fast(_no_sign_of_life: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hubs, "HEARTBEAT_SECONDS", 0.16)


def said_until_the_end(session: TimerSession, tell: Callable[[Hub], None] = lambda _: None) -> list[str]:
    async def said() -> list[str]:
        hub = Hub()
        async with hub.running(), Page(hub, session).open() as page:
            tell(hub)
            await page.is_over.wait()
            return page.said

    return asyncio.run(said())


def test_invariant_10_a_stream_says_nothing_more_once_its_widget_key_is_revoked(
    session: TimerSession, board: NewHostApp
) -> None:
    TimerSession.objects.update(widget_key=board.widget_key)
    revoke_widget_key(widget_key=board.widget_key)
    assert said_until_the_end(session, lambda hub: hub.publish(session.person, "a state")) == [": hello\n\n", ""]


def test_it_ends_with_the_session(session: TimerSession, fast: None) -> None:
    session.expires_at = timezone.now() + timedelta(seconds=1)
    session.save()
    first, *others, last = said_until_the_end(session)
    assert (first, last) == (": hello\n\n", "")
    assert set(others) == {": still here\n\n"}
    assert timezone.now() >= session.expires_at


def test_it_ends_once_the_session_was_revoked(session: TimerSession, fast: None) -> None:
    TimerSession.objects.all().delete()
    assert said_until_the_end(session) == [": hello\n\n", ""]


def test_it_ends_once_the_origin_is_no_longer_listed(session: TimerSession, fast: None) -> None:
    session.person.host_app.origins.all().delete()
    assert said_until_the_end(session) == [": hello\n\n", ""]


def test_while_the_database_is_away_a_stream_shows_life_and_tells_nothing(
    session: TimerSession, fast: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(_: object) -> None:
        raise sqlite3.OperationalError("unable to open database file")

    monkeypatch.setattr(exchange, "alive_among", away)

    async def said() -> list[str]:
        hub = Hub()
        async with hub.running(), Page(hub, session).open() as page:
            assert await page.next() == ": still here\n\n"
            hub.publish(session.person, "a state")
            await page.is_over.wait()
            return page.said

    assert not [each for each in asyncio.run(said()) if "a state" in each]


def test_every_page_hears_one_look_at_the_sessions_and_the_newest_of_the_states(
    session: TimerSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However many clicks come while it is made."""
    looks: list[int] = []

    def looked(hashes: Collection[str]) -> set[str]:
        looks.append(len(hashes))
        return exchange.alive_among(hashes)

    monkeypatch.setattr(session_checks, "exchange", SimpleNamespace(alive_among=looked))
    sessions = [session, *(session_of(session.person) for _ in range(4))]

    async def heard() -> list[str]:
        hub = Hub()
        async with hub.running(), AsyncExitStack() as opened:
            pages = [await opened.enter_async_context(Page(hub, each).open()) for each in sessions]
            for number in range(1, 51):
                hub.publish(session.person, number, version=number)
            return await asyncio.gather(*(page.next() for page in pages))

    assert asyncio.run(heard()) == ["id: 50\ndata: 50\n\n"] * 5
    assert looks == [5]


def test_a_slow_reader_keeps_nobody_and_finds_the_newest_state(session: TimerSession) -> None:
    other = session_of(session.person)

    async def heard() -> tuple[list[str], list[str]]:
        hub = Hub()
        async with hub.running(), Page(hub, session).open() as slow, Page(hub, other).open() as page:
            slow.reads.clear()
            for number in (1, 2, 3):
                hub.publish(session.person, number, version=number)
                await page.next()
            slow.reads.set()
            await slow.next()
            while slow.said[-1] != page.said[-1]:
                await slow.next()
            return slow.said, page.said

    slow, page = asyncio.run(heard())
    said = [f"id: {number}\ndata: {number}\n\n" for number in (1, 2, 3)]
    assert page == [": hello\n\n", *said]
    assert slow == [": hello\n\n", said[0], said[2]]


def hear(publish_on: Hub, listen_on: Hub, session: TimerSession, state: Any) -> str:
    """What a new stream on one hub hears of what is published on the other."""

    async def heard() -> str:
        async with listen_on.running(), publish_on.running(), Page(listen_on, session).open() as page:
            await asyncio.sleep(0.3)
            publish_on.publish(session.person, state)
            return await page.next()

    return asyncio.run(heard())


def test_what_another_process_keeps_is_heard_without_redis_and_once(session: TimerSession) -> None:
    async def heard() -> list[str]:
        hub = Hub()
        async with hub.running(), Page(hub, session).open() as page:
            for number in (1, 2):
                await asyncio.to_thread(tell_and_close, session.person, {"n": number})
                await page.next()
                await asyncio.sleep(3 * hubs.LOOK_EVERY_SECONDS)
            return page.said

    assert asyncio.run(heard()) == [
        ": hello\n\n",
        'id: 1\ndata: {"n": 1}\n\n',
        'id: 2\ndata: {"n": 2}\n\n',
    ]


def tell_and_close(person: Person, state: Any) -> None:
    publishing.publish_state(person, state)
    connections.close_all()


def test_a_stream_that_was_cut_goes_on_with_the_newest_state(session: TimerSession) -> None:
    for number in (1, 2):
        publishing.publish_state(session.person, {"n": number})
    person_id = session.person_id
    assert stream._missed(person_id, "1") == News(2, b'id: 2\ndata: {"n": 2}\n\n')
    assert [stream._missed(person_id, said) for said in ("2", "", "odd")] == [None] * 3


def test_other_processes_hear_through_redis(redis_url: str, settings: Any, session: TimerSession) -> None:
    settings.REDIS_URL = redis_url
    hubs._redis.cache_clear()
    assert hear(Hub(), Hub(), session, {"n": 1}) == 'data: {"n": 1}\n\n'
    hubs._redis.cache_clear()


def test_one_person_has_so_many_streams_and_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hubs, "STREAMS_OF_ONE_PERSON", 1)
    hub = Hub()

    async def open_two() -> None:
        with hub.stream(1, "a"), hub.stream(2, "b"), pytest.raises(TooManyCalls), hub.stream(1, "c"):
            raise AssertionError("a second stream of the same person was opened")
        with hub.stream(1, "d"):
            assert len(hub._streams) == 1

    asyncio.run(open_two())


def test_a_page_too_many_leaves_nothing_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hubs, "STREAMS_IN_ALL", 0)
    hub = Hub()
    with pytest.raises(TooManyCalls), hub.stream(1, "a"):
        raise AssertionError("a stream too many was opened")
    assert hub.people() == set()
