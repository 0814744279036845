"""Whether requests to Harvest can be counted, as a health check."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from typing import Any

from harvest_bridge.harvest.config import HarvestConfig


def condition(config: HarvestConfig) -> str:
    """`ok`; `ok, …` while a Redis that lost its counts holds everybody back; else why nothing is sent. For threads."""
    return _of_redis(config) if config.redis_url else _of_file(config)


def _of_redis(config: HarvestConfig) -> str:
    from redis import Redis, RedisError

    from harvest_bridge.harvest.pacing.redis_slots import held_back_until

    client: Any = Redis.from_url(config.redis_url, socket_timeout=2, socket_connect_timeout=2)
    try:
        with client:
            waits = {name.value: held_back_until(client, one.window_seconds) for name, one in config.allowances.items()}
    except RedisError:
        return "no call goes to Harvest: Redis, which counts them, cannot be reached"
    held = [f"{name} until {_clock(until)}" for name, until in waits.items() if until]
    return f"ok, but Redis lost its counts: calls to Harvest wait ({', '.join(held)})" if held else "ok"


def _of_file(config: HarvestConfig) -> str:
    if not config.pacing_path.exists():
        return "ok"  # it is made with the first call
    try:
        with closing(sqlite3.connect(f"file:{config.pacing_path}?mode=ro", uri=True, timeout=2)) as file:
            file.execute("SELECT count(*) FROM holds").fetchone()
    except sqlite3.Error:
        return "no call goes to Harvest: the file that counts them cannot be used"
    return "ok"


def _clock(moment: float) -> str:
    return datetime.fromtimestamp(moment, UTC).strftime("%H:%M:%S UTC")
