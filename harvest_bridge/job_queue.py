"""The job queue (huey). With several workers each tick of a periodic job runs once."""

from __future__ import annotations

from collections import deque
from datetime import datetime
from typing import Any

from huey import RedisHuey, SqliteHuey

_KEPT_TICKS = 500
# The worker's own reads wait for a job for a second.
_REDIS_BOUNDS: dict[str, Any] = {"socket_timeout": 3, "socket_connect_timeout": 2}


class _OncePerTick:
    """Every worker has a clock, and the first to come claims the minute in the queue's own store."""

    storage: Any
    _claimed: deque[str]

    def read_periodic(self, timestamp: datetime | None) -> list[Any]:
        due: list[Any] = super().read_periodic(timestamp)  # type: ignore[misc]
        moment = timestamp or datetime.now()
        return [task for task in due if self._claims(f"tick {task.name} {moment:%Y%m%d%H%M}")]

    def _claims(self, tick: str) -> bool:
        if not self.storage.put_if_empty(tick, b"1"):
            return False
        self._claimed = getattr(self, "_claimed", deque())
        self._claimed.append(tick)
        if len(self._claimed) > _KEPT_TICKS:
            self.storage.delete_data(self._claimed.popleft())
        return True


class RedisQueue(_OncePerTick, RedisHuey):  # type: ignore[misc]  # huey is not typed
    """With Redis. Errors: redis.TimeoutError where it takes connections and never answers."""

    def __init__(self, *args: Any, url: str, **kwargs: Any) -> None:
        from redis import ConnectionPool

        super().__init__(*args, connection_pool=ConnectionPool.from_url(url, **_REDIS_BOUNDS), **kwargs)


class SqliteQueue(_OncePerTick, SqliteHuey):  # type: ignore[misc]
    """Without."""
