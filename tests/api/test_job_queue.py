"""Two workers on one queue run each periodic job once."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
import redis
from huey import crontab

from harvest_bridge.job_queue import RedisQueue, SqliteQueue
from tests.services import hanging_redis

NOON = datetime(2026, 11, 24, 12, 0)


def worker(kind: type[Any], **connection: Any) -> Any:
    queue = kind("jobs", **connection)
    queue.periodic_task(crontab(minute="*"), name="every minute")(lambda: None)
    return queue


@pytest.fixture(params=["sqlite", "redis"])
def workers(request: pytest.FixtureRequest, tmp_path: Path) -> list[Any]:
    if request.param == "sqlite":
        return [worker(SqliteQueue, filename=str(tmp_path / "queue.sqlite3")) for _ in range(2)]
    url = request.getfixturevalue("redis_url")
    return [worker(RedisQueue, url=url) for _ in range(2)]


def test_each_tick_is_one_workers(workers: list[Any]) -> None:
    assert [len(one.read_periodic(NOON)) for one in workers] == [1, 0]
    assert [len(one.read_periodic(NOON.replace(second=40))) for one in workers] == [0, 0]
    assert [len(one.read_periodic(NOON.replace(minute=1))) for one in reversed(workers)] == [1, 0]


def test_a_redis_that_never_answers_fails_a_job_rather_than_holding_its_caller() -> None:
    with hanging_redis() as url, pytest.raises(redis.TimeoutError):
        RedisQueue("hangs", url=url).storage.enqueue(b"a job")
