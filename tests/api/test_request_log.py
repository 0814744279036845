"""The request log: written in batches, bounded, forgotten in time; it holds nobody up and loses only what it says."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import perf_counter
from typing import Any
from uuid import uuid4

import pytest
from django.db import DatabaseError, DataError

from harvest_bridge import metrics, request_context
from harvest_bridge.api.models import RequestRecord
from harvest_bridge.api.request_log import buffer as log_module
from harvest_bridge.api.request_log import retention, table
from harvest_bridge.api.request_log.buffer import RequestLog
from harvest_bridge.api.request_log.rows import Row, bin_of, longest_of, row_of
from harvest_bridge.env import ROOT
from harvest_bridge.request_context import CallerIdentity, RequestContext
from tests.databases import own_database
from tests.processes import clean_environment, first_bridge

WHO = CallerIdentity("api_key", uuid4(), 7, uuid4(), "acme")


def finished_request(**noted: Any) -> RequestContext:
    """A finished request of 30 ms: 20 of Harvest's, 4 of waiting, 6 of ours."""
    started = perf_counter()
    made = RequestContext(
        "drop-in", "GET", b"/v2/users/7", uuid4().hex, None, 1_790_000_000.5, started, started + 0.030
    )
    usual = {
        "who": WHO,
        "status": 200,
        "bytes_out": 512,
        "harvest_calls": 1,
        "harvest_seconds": 0.020,
        "waited_seconds": 0.004,
        "budget_limit": 100,
        "budget_remaining": 97,
        "is_whole": True,
    }
    for name, value in (usual | noted).items():
        setattr(made, name, value)
    return made


def dropped() -> float:
    return metrics.LOG_DROPPED._value.get()


@pytest.mark.django_db
def test_a_row_tells_who_what_how_long_and_what_is_left() -> None:
    log = RequestLog()
    log.note(finished_request(request_id="abc"))
    log.flush()
    row = RequestRecord.objects.get()
    assert (row.caller, row.host_app_id, row.api_key_id) == ("api_key", WHO.host_app_id, 7)
    assert (row.connection_id, row.tenant_id) == (WHO.connection_id, "acme")
    assert (row.method, row.template, row.status, row.bytes_out) == ("GET", "/v2/users/{id}", 200, 512)
    assert (row.harvest_microseconds, row.waited_microseconds) == (20_000, 4_000)
    assert row.own_microseconds == pytest.approx(6_000, abs=5)
    assert (row.budget_remaining, row.budget_used_percent, row.request_id) == (97, 3, "abc")
    assert row.at == datetime.fromtimestamp(1_790_000_000.5, UTC)
    assert row.minute == 1_790_000_000 // 60


def test_a_secret_in_the_place_of_a_request_id_is_not_kept() -> None:
    assert "hb_live" not in row_of(finished_request(request_id="hb_live_abcdefghijklmnop")).request_id


@pytest.mark.parametrize(
    ("noted", "status", "code"),
    [
        ({"status": 0, "is_whole": False}, 499, "caller_gone"),
        ({"is_whole": False}, 200, "broken_off"),
        ({"status": 429, "code": "harvest_rate_limited"}, 429, "harvest_rate_limited"),
    ],
)
def test_an_answer_that_did_not_come_whole_says_so(noted: dict[str, Any], status: int, code: str) -> None:
    row = row_of(finished_request(**noted))
    assert (row.status, row.code) == (status, code)


@pytest.mark.parametrize("seconds", [0.00001, 0.0004, 0.013, 0.25, 19.9, 4000])
def test_a_class_of_durations_is_nine_percent_wide(seconds: float) -> None:
    assert max(seconds, 0.0001) <= longest_of(bin_of(seconds)) <= max(seconds, 0.0001) * 1.0906


def test_noting_never_grows_beyond_the_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(log_module, "MOST_NOTED", 3)
    log, before = RequestLog(write=lambda rows: None), dropped()
    for _ in range(5):
        log.note(finished_request())
    assert dropped() - before == 2


def test_noting_does_not_wait_for_a_database_that_hangs() -> None:
    entered, released = threading.Event(), threading.Event()

    def hang(rows: Sequence[Row]) -> None:
        entered.set()
        released.wait(120)

    log = RequestLog(write=hang)
    log.note(finished_request())
    writer = threading.Thread(target=log.flush)
    writer.start()
    assert entered.wait(60)
    for _ in range(1000):
        log.note(finished_request())
    assert writer.is_alive()  # so nothing above waited for what hangs
    released.set()
    writer.join()


def test_rows_wait_while_the_database_is_away_and_the_oldest_give_way(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(log_module, "MOST_WAITING", 3)
    written: list[Row] = []
    is_away = True

    def write(rows: Sequence[Row]) -> None:
        if is_away:
            raise DatabaseError("the server closed the connection")
        written.extend(rows)

    log, before = RequestLog(write=write), dropped()
    for number in range(5):
        log.note(finished_request(request_id=f"r{number}"))
        log.flush()
    is_away = False
    log.flush()
    assert [row.request_id for row in written] == ["r2", "r3", "r4"]
    assert dropped() - before == 2


def test_a_batch_that_can_never_be_written_does_not_block_those_after_it() -> None:
    written: list[Row] = []

    def write(rows: Sequence[Row]) -> None:
        if rows[0].request_id == "bad":
            raise DataError("out of range")
        written.extend(rows)

    log = RequestLog(write=write)
    log.note(finished_request(request_id="bad"))
    log.flush()
    log.note(finished_request(request_id="good"))
    log.flush()
    assert [row.request_id for row in written] == ["good"]


def test_a_stop_in_good_order_writes_what_there_is() -> None:
    written: list[Row] = []
    log = RequestLog(write=written.extend)
    log.start()
    log.note(finished_request())
    log.close()
    assert len(written) == 1


def test_a_log_that_keeps_no_rows_still_counts() -> None:
    before = metrics.REQUESTS.labels("drop-in", 200)._value.get()
    written: list[Row] = []
    log = RequestLog(write=written.extend, keeps_rows=False)
    log.note(finished_request())
    log.flush()
    assert not written
    assert metrics.REQUESTS.labels("drop-in", 200)._value.get() == before + 1


@pytest.mark.django_db
def test_rows_are_forgotten_by_age_and_by_number(settings: Any) -> None:
    settings.REQUEST_LOG_DAYS, settings.REQUEST_LOG_ROWS = 7, 20
    now = datetime(2026, 11, 24, 12, tzinfo=UTC)
    moments = [now - timedelta(days=8)] * 5 + [now - timedelta(days=1)] * 30
    table.write([row_of(finished_request(started_at=moment.timestamp())) for moment in moments])
    assert retention.forget_old(now=now) == 15
    assert RequestRecord.objects.count() == 20
    assert retention.forget_old(now=now) == 0


def test_outside_a_request_nothing_is_noted() -> None:
    request_context.note_code("not_linked")
    request_context.note_wait(perf_counter())
    assert request_context.current() is None


COUNT = """
from harvest_bridge.api.models import RequestRecord
print(RequestRecord.objects.values("request_id").distinct().count())
"""
WRITER = """
import sys
import time
import django
django.setup()
from harvest_bridge.api.request_log.buffer import RequestLog
from tests.api.test_request_log import finished_request
log = RequestLog()
log.start()
for number in range(1500):
    log.note(finished_request(request_id=f"{sys.argv[1]}-{number}"))
while log.waiting:  # to close it waits ten seconds, which two of them on a busy machine may need longer than
    time.sleep(0.05)
log.close()
"""


@pytest.mark.django_db  # so that it runs on PostgreSQL too
def test_two_processes_write_at_once_and_lose_nothing(tmp_path: Path) -> None:
    with own_database(tmp_path, like=first_bridge().environment["DATABASE_URL"]) as url:
        environment = clean_environment(
            DEBUG="1", DJANGO_SETTINGS_MODULE="harvest_bridge.settings", DATABASE_URL=url, VAR_DIR=str(tmp_path)
        )
        writers = [
            subprocess.Popen([sys.executable, "-c", WRITER, name], env=environment, cwd=ROOT) for name in ("one", "two")
        ]
        assert [writer.wait(120) for writer in writers] == [0, 0]
        words = [sys.executable, "manage.py", "shell", "--no-imports", "-c", COUNT]
        told = subprocess.run(words, env=environment, cwd=ROOT, check=True, capture_output=True, text=True).stdout
    assert told.split()[-1] == "3000"
