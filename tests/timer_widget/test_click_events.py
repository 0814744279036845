"""What was done is told as done, whatever becomes of the state that is shown beside it."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from typing import Any

import pytest
import redis
from django.core.cache import cache
from django.db import OperationalError
from rest_framework.test import APIClient

from harvest_bridge import settings as product
from harvest_bridge.sandbox.testing import RunningSandbox
from tests.services import hanging_redis, redis_server
from timer_widget.clicks import intents
from timer_widget.models import Intent

from .people import ITEM, click

pytestmark = pytest.mark.django_db

TROUBLE = [
    pytest.param({"kind": "status", "status": 500}, id="500"),
    pytest.param({"kind": "truncated_json"}, id="cut JSON"),
    pytest.param({"kind": "cut_body"}, id="cut body"),
    pytest.param({"kind": "status", "status": 403}, id="403"),
    pytest.param({"kind": "status", "status": 429, "retry_after": 60}, id="429"),
]


def started(widget: APIClient, pick: dict[str, int], **asked: Any) -> Any:
    return widget.post("/timer/start", click(item=ITEM, notes="Fix", **pick, **asked), format="json")


def break_totals(sandbox: RunningSandbox, trouble: dict[str, Any], *, after: int) -> None:
    sandbox.fault(**trouble, method="GET", path="/v2/time_entries", after=after, times=None)


@pytest.mark.parametrize("trouble", TROUBLE)
def test_a_start_is_told_as_done_when_the_total_cannot_be_read(
    carmen: APIClient, pick: dict[str, int], sandbox: RunningSandbox, trouble: dict[str, Any]
) -> None:
    break_totals(sandbox, trouble, after=1)
    answer = started(carmen, pick)
    running = sandbox.running("carmen")
    assert running is not None
    assert (answer.status_code, answer.json()["state"]["running"]["entry_id"]) == (201, running.id)
    assert answer.json()["state"]["running"]["item"]["id"] == ITEM["id"]
    assert answer.json()["state"]["item"] is None


@pytest.mark.parametrize("trouble", TROUBLE)
def test_a_stop_is_told_as_done_when_the_total_cannot_be_read(
    carmen: APIClient, pick: dict[str, int], sandbox: RunningSandbox, trouble: dict[str, Any]
) -> None:
    entry_id = started(carmen, pick).json()["state"]["running"]["entry_id"]
    break_totals(sandbox, trouble, after=1)
    answer = carmen.post("/timer/stop", click(entry_id=entry_id, item=ITEM), format="json")
    assert (answer.status_code, answer.json()["state"]["running"]) == (200, None)
    assert sandbox.running("carmen") is None


@pytest.mark.parametrize("trouble", TROUBLE[:-1])  # a 429 holds back the next click, too
def test_added_changed_deleted_and_restored_time_is_told_as_done_without_a_state(
    carmen: APIClient, pick: dict[str, int], sandbox: RunningSandbox, trouble: dict[str, Any]
) -> None:
    carmen.get("/timer/day")  # the account's mode is known from now on
    break_totals(sandbox, trouble, after=0)
    said = {"item": ITEM, "spent_date": "2026-11-20", "hours": "1.00", "notes": "", **pick}
    added = carmen.post("/timer/entry", click(**said), format="json")
    assert (added.status_code, added.json()["state"]) == (201, None)
    entry_id = added.json()["entry"]["entry_id"]
    changed = carmen.patch("/timer/entry", click(entry_id=entry_id, notes="More"), format="json")
    assert (changed.status_code, changed.json()["entry"]["notes"]) == (200, "More")
    deleted = carmen.delete("/timer/entry", click(entry_id=entry_id), format="json")
    assert (deleted.status_code, deleted.json()["entry"]["entry_id"]) == (200, entry_id)
    undone = carmen.post("/timer/undo", click(entry_id=entry_id), format="json")
    assert (undone.status_code, undone.json()["state"]) == (200, None)


def test_a_click_that_is_repeated_when_it_was_done_is_told_as_done(
    carmen: APIClient, pick: dict[str, int], sandbox: RunningSandbox
) -> None:
    key = uuid.uuid4().hex
    started(carmen, pick, idempotency_key=key)
    break_totals(sandbox, {"kind": "status", "status": 500}, after=0)
    again = started(carmen, pick, idempotency_key=key)
    assert (again.status_code, again.json()["state"]) == (201, None)
    assert len(sandbox.requests("POST", "/v2/time_entries")) == 1


def test_a_click_whose_outcome_cannot_be_written_is_told_as_done_and_written_later(
    carmen: APIClient, pick: dict[str, int], sandbox: RunningSandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The database goes away between Harvest's answer and ours."""
    import psycopg

    update = intents.QuerySet.update

    def away(rows: Any, **fields: Any) -> int:
        if "outcome" not in fields:
            return int(update(rows, **fields))
        raise OperationalError from psycopg.OperationalError("the connection is lost")

    key, body = uuid.uuid4().hex, click(item=ITEM, notes="Fix", **pick)
    with monkeypatch.context() as patched:
        patched.setattr(intents.QuerySet, "update", away)
        answer = carmen.post("/timer/start", body | {"idempotency_key": key}, format="json")
    assert answer.status_code == 201
    again = carmen.post("/timer/start", body | {"idempotency_key": key}, format="json")
    assert again.status_code == 201
    assert Intent.objects.get(idempotency_key=key).status == "done"
    assert len(sandbox.requests("POST", "/v2/time_entries")) == 1


@pytest.fixture(params=["gone", "hanging"])
def lost_redis(request: pytest.FixtureRequest) -> Iterator[str]:
    """The URL of a Redis that refuses connections, or takes them and never answers."""
    if request.param == "hanging":
        with hanging_redis() as url:
            yield url
    else:
        with redis_server() as url:
            pass
        yield url


@pytest.fixture
def no_redis(settings: Any, lost_redis: str) -> None:
    """Counters of attempts in it."""
    real = {name: dict(given) for name, given in settings.CACHES.items()}
    for given in real.values():
        given |= {**product.IN_REDIS, "LOCATION": lost_redis}
    settings.CACHES = real
    settings.REDIS_URL = lost_redis


def test_without_redis_the_timer_says_so_and_when_to_come_back(carmen: APIClient, no_redis: None) -> None:
    with pytest.raises(redis.RedisError):
        cache.get("anything")
    answer = carmen.get("/timer/state")
    assert (answer.status_code, answer.json()["code"]) == (503, "cache_unavailable")
    assert int(answer["Retry-After"]) >= 1


def test_news_that_nobody_can_hear_undoes_nothing(
    carmen: APIClient, pick: dict[str, int], sandbox: RunningSandbox, settings: Any, lost_redis: str
) -> None:
    """Redis dies or hangs after the deed: only the news of it is lost."""
    settings.REDIS_URL = lost_redis
    from timer_widget.live import hub

    hub._redis.cache_clear()
    try:
        answer = started(carmen, pick)
    finally:
        hub._redis.cache_clear()
    assert answer.status_code == 201
    assert sandbox.running("carmen") is not None
