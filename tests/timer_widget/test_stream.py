"""The stream of states: who may read it, when it ends, and how a change reaches other processes."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import httpx
import pytest
from django.db import connections
from django.utils import timezone

from harvest_bridge.hosts.services import NewHostApp, revoke_widget_key
from tests.people import ORIGIN
from tests.processes import Bridge
from timer_widget import news
from timer_widget.errors import TooManyCalls
from timer_widget.live import hub as hubs
from timer_widget.live import stream
from timer_widget.live.hub import Hub
from timer_widget.models import Person, TimerSession
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
    return open_session(person=person, origin=ORIGIN, item_ids=None)[0]


def test_invariant_10_a_stream_says_nothing_more_once_its_widget_key_is_revoked(
    session: TimerSession, board: NewHostApp
) -> None:
    TimerSession.objects.update(widget_key=board.widget_key)

    async def events() -> list[str]:
        queue = hubs.Stream()
        return [event async for event in _first_then(queue)]

    async def _first_then(queue: hubs.Stream) -> AsyncIterator[str]:
        async for event in stream._events(queue, session):
            yield event
            await asyncio.to_thread(revoke_widget_key, widget_key=board.widget_key)
            queue.put(hubs.News(1, "a state"))

    assert asyncio.run(events()) == [": hello\n\n"]


def events_until_the_end(session: TimerSession, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    monkeypatch.setattr(stream, "HEARTBEAT_SECONDS", 0.05)

    async def all_events() -> list[str]:
        events: AsyncIterator[str] = stream._events(hubs.Stream(), session)
        async with asyncio.timeout(60):
            return [event async for event in events]

    return asyncio.run(all_events())


def test_it_ends_with_the_session(session: TimerSession, monkeypatch: pytest.MonkeyPatch) -> None:
    session.expires_at = timezone.now() + timedelta(seconds=1)
    session.save()
    first, *others = events_until_the_end(session, monkeypatch)
    assert first == ": hello\n\n"
    assert set(others) <= {": still here\n\n"}
    assert timezone.now() >= session.expires_at


def test_it_ends_once_the_session_was_revoked(session: TimerSession, monkeypatch: pytest.MonkeyPatch) -> None:
    TimerSession.objects.all().delete()
    assert events_until_the_end(session, monkeypatch) == [": hello\n\n"]


def test_it_ends_once_the_origin_is_no_longer_listed(session: TimerSession, monkeypatch: pytest.MonkeyPatch) -> None:
    session.person.host_app.origins.all().delete()
    assert events_until_the_end(session, monkeypatch) == [": hello\n\n"]


def hear(publish_on: Hub, listen_on: Hub, person: Person, states: list[Any]) -> Any:
    """The first that a new stream on one hub hears of what is published on the other."""

    async def heard() -> Any:
        async with listen_on.running(), publish_on.running():
            with listen_on.stream(person.pk) as opened:
                await asyncio.sleep(0.3)
                for state in states:
                    publish_on.publish(person, state)
                async with asyncio.timeout(60):
                    await asyncio.sleep(0.1)
                    news = await opened.get()
                    return news and json.loads(news.text)

    return asyncio.run(heard())


def test_what_another_process_keeps_is_heard_without_redis_and_once(session: TimerSession) -> None:
    person = session.person

    async def heard() -> list[Any]:
        listening = Hub()
        async with listening.running():
            with listening.stream(person.pk) as opened:
                await asyncio.to_thread(tell_and_close, person, {"n": 1})
                async with asyncio.timeout(60):
                    first = await opened.get()
                await asyncio.sleep(3 * hubs.LOOK_EVERY_SECONDS)
                await asyncio.to_thread(tell_and_close, person, {"n": 2})
                async with asyncio.timeout(60):
                    return [first, await opened.get()]

    assert asyncio.run(heard()) == [hubs.News(1, '{"n": 1}'), hubs.News(2, '{"n": 2}')]


def tell_and_close(person: Person, state: Any) -> None:
    news.tell(person, state)
    connections.close_all()


def test_a_stream_that_was_cut_goes_on_with_the_newest_state(session: TimerSession) -> None:
    for number in (1, 2):
        news.tell(session.person, {"n": number})
    person_id = session.person_id
    assert stream._missed(person_id, "1") == hubs.News(2, '{"n": 2}')
    assert stream._event(hubs.News(2, "{}")) == "id: 2\ndata: {}\n\n"
    assert [stream._missed(person_id, said) for said in ("2", "", "odd")] == [None] * 3


def test_a_slow_reader_finds_the_newest_state(board: NewHostApp, db: None) -> None:
    hub = Hub()
    assert hear(hub, hub, Person(pk=7), [{"n": 1}, {"n": 2}]) == {"n": 2}


def test_other_processes_hear_through_redis(redis_url: str, settings: Any) -> None:
    settings.REDIS_URL = redis_url
    hubs._redis.cache_clear()
    assert hear(Hub(), Hub(), Person(pk=7), [{"n": 1}]) == {"n": 1}
    hubs._redis.cache_clear()


def test_one_person_has_so_many_streams_and_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hubs, "STREAMS_OF_ONE_PERSON", 1)
    hub = Hub()

    async def open_two() -> None:
        with hub.stream(1), hub.stream(2), pytest.raises(TooManyCalls), hub.stream(1):
            raise AssertionError("a second stream of the same person was opened")
        with hub.stream(1):
            assert len(hub._streams) == 1

    asyncio.run(open_two())
