"""Health checks of every part that a request needs, by name."""

from __future__ import annotations

import os
import shutil
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from functools import lru_cache
from pathlib import Path

from django.conf import settings
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.recorder import MigrationRecorder
from django.utils import timezone
from huey.contrib.djhuey import HUEY

from harvest_bridge.api.outages import outages
from harvest_bridge.connections.upstream import pacing_condition
from harvest_bridge.crypto.rotation import unknown_keys
from harvest_bridge.webhooks import delivery_totals

from .database_disk import disk_of_database
from .heartbeat import SILENT_AFTER_SECONDS, last_beat

Check = Callable[[], str]
_OF_THE_WORKER = {"worker", "webhooks"}
_DISPATCHER_SILENT_AFTER_SECONDS = 60
_PROBE_BYTES = 4096
_LITTLE_FREE_BYTES = 200 * 2**20


def parts() -> dict[str, str]:
    """`{"database": "ok", "queue": "ok", …}`; anything but `ok` says what is wrong, and repeats no address."""
    checks: dict[str, Check] = {
        "database": _database,
        "keys": _keys,
        "disk": _disk,
        "queue": _queue,
        "pacing": pacing_condition,
        "worker": _worker,
        "webhooks": _webhooks,
    }
    if settings.REDIS_URL:
        checks["redis"] = _redis
    return {name: check() for name, check in checks.items()}


def is_fine(state: str) -> bool:
    """What is `ok` may still have something to tell."""
    return state.split(",")[0] == "ok"


def is_ready(parts: dict[str, str]) -> bool:
    """Can requests be answered? Without a worker they can; it is told, and no load balancer takes us out for it."""
    return all(is_fine(state) for name, state in parts.items() if name not in _OF_THE_WORKER)


def _database() -> str:
    try:
        applied = frozenset(MigrationRecorder(connection).applied_migrations())
        is_complete = _is_complete(applied)
    except DatabaseError:
        return "cannot be reached"
    return "ok" if is_complete else "migrations are waiting: run manage.py migrate"


@lru_cache(maxsize=1)
def _is_complete(applied: frozenset[tuple[str, str]]) -> bool:
    """Whether these are all that this process's code has, whose graph takes long to build. Errors: DatabaseError."""
    executor = MigrationExecutor(connection)
    return not executor.migration_plan(executor.loader.graph.leaf_nodes())


def _keys() -> str:
    """Do ENCRYPTION_KEYS open what was sealed last? Looks at one value a column, so that probes stay cheap."""
    try:
        missing = unknown_keys(newest_only=True)
    except DatabaseError:
        return "cannot be told without the database"
    return f"ENCRYPTION_KEYS lacks {', '.join(sorted(missing))}, which sealed tokens here" if missing else "ok"


def _disk() -> str:
    """VAR_DIR, and where the database lies."""
    found = [_folder("VAR_DIR", settings.VAR_DIR)]
    if not settings.ON_SQLITE:
        found.append(disk_of_database())
    folder = _database_folder() if settings.ON_SQLITE else None
    if folder is not None and folder != settings.VAR_DIR.resolve():
        found.append(_folder("the folder of the database", folder))
    return next((one for one in found if not is_fine(one)), next((one for one in found if one != "ok"), "ok"))


def _database_folder() -> Path | None:
    name = str(settings.DATABASES["default"]["NAME"])
    return None if name.startswith(("file:", ":")) else Path(name).resolve().parent


def _folder(name: str, folder: Path) -> str:
    """Asks by writing: quotas, inodes and read-only mounts show in no number."""
    probe = folder / f"probe-{os.getpid()}-{threading.get_ident()}"
    try:
        probe.write_bytes(bytes(_PROBE_BYTES))
        free = shutil.disk_usage(folder).free
    except OSError as error:
        return f"{name} cannot be written to: {error.strerror}"
    finally:
        with suppress(OSError):
            probe.unlink(missing_ok=True)
    return "ok" if free > _LITTLE_FREE_BYTES else f"ok, but only {free // 2**20} MB are free in {name}"


def _worker() -> str:
    try:
        at = last_beat()
    except outages():
        return "cannot be told without the queue"
    if at is None:
        return "has never run: start manage.py run_huey"
    silent = max(0, round(time.time() - at))
    return "ok" if silent <= SILENT_AFTER_SECONDS else f"silent for {silent} seconds: start manage.py run_huey"


def _webhooks() -> str:
    """Whether a dispatcher is at work, in any worker."""
    try:
        totals = delivery_totals.totals()
    except DatabaseError:
        return "cannot be told without the database"
    if totals is None:
        return "have never been delivered: start manage.py run_huey"
    silent = max(0, round((timezone.now() - totals.dispatcher_seen_at).total_seconds()))
    if silent <= _DISPATCHER_SILENT_AFTER_SECONDS:
        return "ok"
    return f"not delivered for {silent} seconds: start manage.py run_huey, or start it anew"


def _queue() -> str:
    try:
        HUEY.pending_count()
    except outages():
        return "cannot be reached"
    return "ok"


def _redis() -> str:
    import redis

    try:
        with redis.Redis.from_url(settings.REDIS_URL, socket_timeout=2, socket_connect_timeout=2) as client:
            client.ping()
    except redis.RedisError:
        return "cannot be reached"
    return "ok"
