from __future__ import annotations

import uuid
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path

import pytest
import redis

from harvest_bridge.harvest.config import HarvestConfig
from harvest_bridge.harvest.pacing.redis_slots import RedisSlots
from harvest_bridge.harvest.pacing.slots import SlotStore
from harvest_bridge.harvest.pacing.sqlite_slots import SqliteSlots
from tests.harvest.raw_server import RawServer, raw_server


@pytest.fixture
async def upstream() -> AsyncIterator[RawServer]:
    async with raw_server() as server:
        yield server


@pytest.fixture
def config_for(tmp_path: Path) -> Callable[..., HarvestConfig]:
    """A configuration with both hosts at `url` unless told otherwise, and pacing in a file of this test's own."""

    def build(url: str, **changes: object) -> HarvestConfig:
        settings: dict[str, object] = {
            "user_agent": "Harvest Bridge (tests@example.com)",
            "client_id": "client-1",
            "client_secret": "hush-client-secret",
            "api_url": url,
            "id_url": url,
            "pacing_path": tmp_path / "pacing.sqlite3",
        }
        return HarvestConfig(**{**settings, **changes})  # type: ignore[arg-type]

    return build


@pytest.fixture(params=["file", "redis"])
def new_store(request: pytest.FixtureRequest, tmp_path: Path) -> Callable[[], SlotStore]:
    """Each call is another process's view of the same store."""
    if request.param == "file":
        return lambda: SqliteSlots(tmp_path / "pacing.sqlite3", longest_flight=0.2)
    # A database of its own: test_pacing_stores.py empties the first one, which holds everybody back for a window.
    url = request.getfixturevalue("redis_url").removesuffix("/0") + "/1"
    return lambda: RedisSlots(url, longest_flight=0.2)


class Clock:
    """Time that passes when a test says so."""

    def __init__(self, on_change: Callable[[float], object] = lambda now: None) -> None:
        self._on_change = on_change
        self.now = 0.0
        self.advance(1_000_000)

    def __call__(self) -> float:
        return self.now

    def advance(self, seconds: float) -> None:
        self.now += seconds
        self._on_change(self.now)


class ToldRedisSlots(RedisSlots):
    """Its scripts read the time from a key of the server's."""

    KEY = "told-time"

    def __init__(self, url: str) -> None:
        super().__init__(url, longest_flight=0.2)
        for name in ("_take", "_answered", "_note_refusal"):
            told = getattr(self, name).script.replace("redis.call('TIME')", f"{{redis.call('GET', '{self.KEY}'), 0}}")
            setattr(self, name, self._redis.register_script(told))


@pytest.fixture(params=["file", "redis"])
def told_stores(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[Callable[[], SlotStore], Clock]]:
    """As `new_store`, with a clock that stands still; a window should be long, as keys in Redis expire in real time."""
    if request.param == "file":
        clock = Clock()
        yield lambda: SqliteSlots(tmp_path / "pacing.sqlite3", longest_flight=0.2, clock=clock), clock
        return
    url = request.getfixturevalue("redis_url").removesuffix("/0") + "/4"
    with redis.Redis.from_url(url) as server:
        server.flushdb()
        yield lambda: ToldRedisSlots(url), Clock(lambda now: server.set(ToldRedisSlots.KEY, now))


@pytest.fixture
def key() -> str:
    return uuid.uuid4().hex
