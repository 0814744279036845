"""The same events by long polling, from a running bridge without a worker."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from typing import Any
from uuid import uuid4

import httpx
import pytest

from harvest_bridge.webhooks.errors import TooManyPolls
from harvest_bridge.webhooks.waiting import MOST_OF_ONE_HOST, Waiting
from tests.processes import Bridge

CODE = """
from datetime import timedelta
from django.utils import timezone
from harvest_bridge.webhooks.models import Event
from harvest_bridge.webhooks.retention import forget_old
Event.objects.filter(only_for='{id}', sequence__lte={through}).update(occurred_at=timezone.now() - timedelta(days=40))
forget_old(now=timezone.now())
"""


@pytest.fixture
def webhook(bridge: Bridge) -> Iterator[dict[str, Any]]:
    made: dict[str, Any] = bridge.api.post("/webhook", json={"event_types": ["test"]}).json()
    yield made
    bridge.api.delete(f"/webhook/{made['id']}")


def happen(bridge: Bridge, webhook: dict[str, Any]) -> str:
    event_id: str = bridge.api.post("/webhook/test", json={"id": webhook["id"]}).json()["event_id"]
    return event_id


def poll(bridge: Bridge, webhook: dict[str, Any], **query: Any) -> httpx.Response:
    return bridge.api.get(f"/webhook/{webhook['id']}/events", params=query)


def test_events_come_in_order_and_once_from_cursor_to_cursor(bridge: Bridge, webhook: dict[str, Any]) -> None:
    ids = [happen(bridge, webhook) for _ in range(5)]
    read: list[str] = []
    after: dict[str, str] = {}
    for _ in range(4):
        page = poll(bridge, webhook, limit=2, **after).json()
        read += [event["id"] for event in page["result"]]
        assert page["result_count"] == len(page["result"])
        after = {"after": page["next_cursor"]}
    assert read == ids
    again = poll(bridge, webhook, **after).json()
    assert (again["result"], again["next_cursor"]) == ([], after["after"])


def test_a_poll_that_waits_is_answered_as_soon_as_something_happens(bridge: Bridge, webhook: dict[str, Any]) -> None:
    first = happen(bridge, webhook)
    page = poll(bridge, webhook).json()
    assert [event["id"] for event in page["result"]] == [first]
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(poll, bridge, webhook, after=page["next_cursor"], wait=20)
        threading.Event().wait(0.3)
        second = happen(bridge, webhook)
        assert [event["id"] for event in waiting.result().json()["result"]] == [second]


def test_many_polls_that_wait_leave_the_bridge_free(bridge: Bridge, webhook: dict[str, Any]) -> None:
    """More of them than there are threads to read pages, or connections in the database's pool."""
    after = poll(bridge, webhook).json()["next_cursor"]
    with ThreadPoolExecutor(40) as pool:
        waiting = [pool.submit(poll, bridge, webhook, after=after, wait=20) for _ in range(40)]
        threading.Event().wait(0.5)
        assert bridge.api.get("/webhook").status_code == 200
        event_id = happen(bridge, webhook)
        found = [each.result().json()["result"] for each in waiting]
    assert [[event["id"] for event in result] for result in found] == [[event_id]] * 40


async def test_too_many_polls_at_once_are_told_when_to_come_back() -> None:
    waiting, host_app_id = Waiting(), uuid4()
    with ExitStack() as polls:
        for _ in range(MOST_OF_ONE_HOST):
            polls.enter_context(waiting._waits(host_app_id))
        with pytest.raises(TooManyPolls) as refused:
            await waiting.for_news(host_app_id, since=0, timeout=1)
        polls.enter_context(waiting._waits(uuid4()))  # others may
    assert (refused.value.status, refused.value.retry_after) == (429, 5)
    assert not waiting._count


def test_an_expired_cursor_is_a_410_that_says_where_to_begin(bridge: Bridge, webhook: dict[str, Any]) -> None:
    for _ in range(3):
        happen(bridge, webhook)
    events = poll(bridge, webhook).json()["result"]
    bridge.manage("shell", "--no-imports", "-c", CODE.format(id=webhook["id"], through=events[1]["sequence"]))
    expired = poll(bridge, webhook, after=events[0]["sequence"])
    assert (expired.status_code, expired.json()["code"]) == (410, "events_expired")
    begin = expired.json()["oldest_cursor"]
    for query in ({"after": begin}, {}):
        assert [event["id"] for event in poll(bridge, webhook, **query).json()["result"]] == [events[2]["id"]]


@pytest.mark.parametrize(
    "query", ["after=x", "after=-1", "after=99999999", "wait=61", "limit=0", "after=1&after=2", "x=1"]
)
def test_what_cannot_be_applied_is_a_400(bridge: Bridge, webhook: dict[str, Any], query: str) -> None:
    answer = bridge.api.get(f"/webhook/{webhook['id']}/events?{query}")
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid_request")


def test_another_host_app_sees_nothing_of_it(bridge: Bridge, webhook: dict[str, Any]) -> None:
    other = bridge.create_host("Stranger", "https://webhook-stranger.example")["api_key"]
    headers = {"Authorization": f"Bearer {other}"}
    answer = httpx.get(f"{bridge.url}/webhook/{webhook['id']}/events", headers=headers, trust_env=False)
    assert (answer.status_code, answer.json()["code"]) == (404, "no_such_webhook")


def test_other_methods_are_refused_in_the_shape_of_all_errors(bridge: Bridge, webhook: dict[str, Any]) -> None:
    answer = bridge.api.post(f"/webhook/{webhook['id']}/events", json={})
    assert (answer.status_code, answer.json()["code"]) == (405, "method_not_allowed")
