"""Locks across processes: held by one, free when its process is gone, and taken over from who is not heard of."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.db import connection as database

from harvest_bridge.api import locks
from harvest_bridge.api.advisory_locks import AdvisoryLocks
from harvest_bridge.env import ROOT
from tests.processes import Bridge

LOST_AFTER_SECONDS = 1
HOLDER = """
import sys, time
import django
django.setup()
from harvest_bridge.api import advisory_locks, locks
advisory_locks.LOST_AFTER_SECONDS, advisory_locks.HEARTBEAT_SECONDS = 1, 0.2
advisory_locks._SESSION["idle_session_timeout"] = "1s"
print(locks.acquire(sys.argv[1]), flush=True)
time.sleep(60)
"""
# Other databases of the server have locks of their own.
COUNT_OWN = """
SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'
AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
"""
END_ALL = """
SELECT pg_terminate_backend(pid) FROM pg_stat_activity
WHERE application_name = 'harvest-bridge locks' AND datname = current_database()
"""
only_on_postgresql = pytest.mark.skipif(
    os.environ.get("TEST_DATABASE", "sqlite") == "sqlite", reason="SQLite is one machine: no host can be lost"
)


def held() -> int:
    """How many locks there are in this database."""
    with database.cursor() as cursor:
        cursor.execute(COUNT_OWN)
        [count] = cursor.fetchone()
    return int(count)


@contextmanager
def holder(bridge: Bridge, name: str) -> Iterator[subprocess.Popen[str]]:
    """Another process that holds the lock."""
    environment = {**bridge.environment, "DJANGO_SETTINGS_MODULE": "harvest_bridge.settings"}
    command = [sys.executable, "-c", HOLDER, name]
    with subprocess.Popen(command, env=environment, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            assert process.stdout.readline() == "True\n"
            yield process
        finally:
            process.kill()


def tried(bridge: Bridge, name: str) -> bool:
    """Whether one more process gets it now."""
    code = f"from harvest_bridge.api import locks; print(locks.acquire({name!r}))"
    return bridge.manage("shell", "--no-imports", "-c", code).split()[-1] == "True"


def test_one_process_holds_it_and_its_end_frees_it_at_once(bridge: Bridge) -> None:
    with holder(bridge, "a") as process:
        assert (tried(bridge, "a"), tried(bridge, "b")) == (False, True)
        process.send_signal(signal.SIGKILL)
        process.wait(60)
        assert tried(bridge, "a")


@only_on_postgresql
def test_a_holder_that_stands_still_or_whose_host_is_lost_is_no_holder_any_more(bridge: Bridge) -> None:
    with holder(bridge, "a") as process:
        time.sleep(3 * LOST_AFTER_SECONDS)
        assert not tried(bridge, "a")  # its heartbeat keeps it, however long
        process.send_signal(signal.SIGSTOP)
        time.sleep(2 * LOST_AFTER_SECONDS)
        assert tried(bridge, "a")
        process.send_signal(signal.SIGCONT)


@pytest.mark.django_db(transaction=True)
def test_no_thread_of_a_process_has_the_lock_of_another() -> None:
    with locks.try_lock("a") as first, locks.try_lock("a") as second, locks.try_lock("b") as other:
        assert (first, second, other) == (True, False, True)
    with locks.try_lock("a") as again:
        assert again


@only_on_postgresql
@pytest.mark.django_db(transaction=True)
def test_held_locks_take_no_connection_of_the_pool() -> None:
    database.close()
    before = database.pool.get_stats()["pool_available"]
    with locks.try_lock("a"), locks.try_lock("b"):
        assert database.pool.get_stats()["pool_available"] == before


@only_on_postgresql
@pytest.mark.django_db(transaction=True)
def test_locks_are_taken_again_after_a_restart_of_the_database() -> None:
    with locks.try_lock("a"):
        before = held()  # this process may hold others for as long as it lives
        with database.cursor() as cursor:
            cursor.execute(END_ALL)
        with locks.try_lock("b") as other, locks.try_lock("a") as again:
            assert (other, again) == (True, False)
        assert held() == before >= 1


@only_on_postgresql
@pytest.mark.django_db(transaction=True)
def test_who_lost_a_lock_to_another_at_a_restart_is_told_so() -> None:
    ours, theirs = AdvisoryLocks(), AdvisoryLocks()
    try:
        assert ours.acquire("a")
        assert ours.is_held("a")
        with database.cursor() as cursor:
            cursor.execute(END_ALL)
        assert theirs.acquire("a")
        assert not ours.is_held("a")
        ours.release("a")
        assert theirs.is_held("a")
    finally:
        ours.close()
        theirs.close()


@only_on_postgresql
@pytest.mark.django_db(transaction=True)
def test_a_lock_that_nobody_took_at_a_restart_is_held_still() -> None:
    with locks.try_lock("a"):
        with database.cursor() as cursor:
            cursor.execute(END_ALL)
        assert locks.is_held("a")
    assert not locks.is_held("a")
