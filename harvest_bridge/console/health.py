"""Is everything that a request needs there? Each part by name."""

from __future__ import annotations

from collections.abc import Callable

import redis
from django.conf import settings
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from huey.contrib.djhuey import HUEY

from harvest_bridge.connections.upstream import pacing_condition

Check = Callable[[], str]


def parts() -> dict[str, str]:
    """`{"database": "ok", "queue": "ok", …}`; anything but `ok` says what is wrong, and repeats no address."""
    checks: dict[str, Check] = {"database": _database, "queue": _queue, "pacing": pacing_condition}
    if settings.REDIS_URL:
        checks["redis"] = _redis
    return {name: check() for name, check in checks.items()}


def is_fine(state: str) -> bool:
    """What is `ok` may still have something to tell."""
    return state.split(",")[0] == "ok"


def _database() -> str:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        executor = MigrationExecutor(connection)
    except DatabaseError:
        return "cannot be reached"
    waiting = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return "migrations are waiting: run manage.py migrate" if waiting else "ok"


def _queue() -> str:
    try:
        HUEY.pending_count()
    except (OSError, redis.RedisError, DatabaseError):
        return "cannot be reached"
    return "ok"


def _redis() -> str:
    try:
        with redis.Redis.from_url(settings.REDIS_URL, socket_timeout=2, socket_connect_timeout=2) as client:
            client.ping()
    except redis.RedisError:
        return "cannot be reached"
    return "ok"
