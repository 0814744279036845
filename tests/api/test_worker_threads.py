"""Threads beside a worker's jobs share a pool that has fewer connections than there are threads."""

from __future__ import annotations

import os

import pytest
from django.db import connection

from harvest_bridge.api.worker_threads import WorkerThreads

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif("TEST_DATABASE_URL" not in os.environ, reason="SQLite has no pool"),
]


class NoClaims:
    def worker_name(self) -> str:
        return "resting"

    def lock_of(self, worker: str) -> str:
        return worker

    def take_over_from_the_dead(self, worker: str) -> int:
        return 0


class Resting(WorkerThreads):
    title = "resting"
    claims = NoClaims()

    def __init__(self) -> None:
        super().__init__()
        self.held: list[bool] = []

    def count(self) -> int:
        return 1

    def work_on_one(self) -> bool:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        return False

    def _rest(self, number: int) -> None:
        self.held.append(connection.connection is not None)
        self.is_over.set()


def test_a_thread_that_rests_holds_no_connection() -> None:
    threads = Resting()
    threads.start()
    while not threads.is_over.wait(0.05):
        pass
    threads.stop()
    assert threads.held == [False]
