"""A morning of Carmen's by an injected clock, for tests of clicks that cross, in accounts of both kinds."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.core.cache import cache, caches
from rest_framework.test import APIClient

from harvest_bridge.connections.models import Connection
from harvest_bridge.sandbox.testing import RunningSandbox
from harvest_bridge.sandbox.timekeeping import hours_at
from harvest_bridge.sandbox.timers import halt
from timer_widget.clicks.replaying import replay_due
from timer_widget.models import Intent, Person, PersonState, TimerSession

from .people import ITEM

TEN = datetime(2026, 11, 24, 15, 0, tzinfo=UTC)  # for Carmen
MINUTE = timedelta(minutes=1)
NEAR = 1.3  # minutes: hundredths of an hour, or minutes of a clock, twice


class Morning:
    """Carmen's, in minutes since ten; `it_is` moves the clock, and each click says when it was made."""

    def __init__(self, carmen: APIClient, pick: dict[str, int], sandbox: RunningSandbox) -> None:
        self.http, self.pick, self.sandbox = carmen, pick, sandbox
        self.now, self.clicks = TEN, 0
        self.shown: dict[str, Any] = {}

    def clock(self) -> datetime:
        self.now += timedelta(microseconds=50)
        return self.now

    def it_is(self, minutes: float) -> None:
        self.now = max(self.now, TEN + minutes * MINUTE)

    @property
    def last_key(self) -> str:
        return f"client-crossing.{self.clicks}"

    @property
    def minutes_now(self) -> float:
        return (self.now - TEN) / MINUTE

    def click(self, verb: str, path: str, at: float, **asked: Any) -> Any:
        """`at` is when it was made; it arrives now."""
        self.clicks += 1
        body = {"idempotency_key": self.last_key, "clicked_at": (TEN + at * MINUTE).isoformat(), **asked}
        answer = getattr(self.http, verb)(f"/timer/{path}", body, format="json")
        assert answer.status_code < 500, answer.content
        return answer

    def start(self, item: str, at: float) -> dict[str, Any]:
        """Shape: what a page names when it means this timer."""
        self.it_is(at)
        answer = self.click("post", "start", at, item=ITEM | {"id": item, "name": item}, notes="", **self.pick).json()
        running = answer["state"]["running"]
        return {"entry_id": running["entry_id"], "timer_started_at": running["started_at"]}

    def stop(self, timer: dict[str, Any], at: float) -> Any:
        return self.click("post", "stop", at, item=None, **timer)

    def edit(self, timer: dict[str, Any], at: float, **asked: Any) -> Any:
        return self.click("patch", "entry", at, entry_id=timer["entry_id"], **asked)

    def run(self, item: str, since: float, until: float) -> dict[str, Any]:
        timer = self.start(item, since)
        self.it_is(until)
        assert self.stop(timer, until).status_code == 200
        return timer

    def replay(self) -> None:
        """The worker, until nothing waits."""
        self.sandbox.clear_faults()
        for _ in range(8):
            if not Intent.objects.filter(status="pending").exists():
                return
            self.now += 20 * MINUTE / 60
            replay_due(Person.objects.get().pk)

    def minutes(self, item: str) -> float:
        """What Harvest shows on the item."""
        company = self.sandbox.account.company
        with self.sandbox.world.lock:
            return sum(float(hours_at(each, self.now, company)) * 60 for each in self.sandbox.entries_on(item))

    def running(self) -> str | None:
        entry = self.sandbox.running("carmen")
        return entry.external_reference.id if entry and entry.external_reference else None

    def stop_in_harvest(self) -> None:
        entry = self.sandbox.running("carmen")
        assert entry is not None
        with self.sandbox.world.lock:
            halt(self.sandbox.account, entry, self.now)

    def notes_of(self, item: str) -> str | None:
        return self.sandbox.entries_on(item)[0].notes

    def told(self) -> str | None:
        """What the last click came to that nobody expects."""
        outcome = Intent.objects.latest("position").outcome or {}
        code: str | None = outcome.get("note", outcome).get("code")
        return code


@pytest.fixture(params=[False, True], ids=["hours", "clock"])
def has_times(request: pytest.FixtureRequest) -> bool:
    return bool(request.param)


@pytest.fixture
def morning(
    carmen: APIClient,
    pick: dict[str, int],
    sandbox: RunningSandbox,
    has_times: bool,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Morning]:
    """In an account whose mode is known by one entry of another day."""
    sandbox.switch(access_token_lifetime_seconds=10 * 365 * 86_400, requests_per_window=1_000_000)
    sandbox.set_mode(sandbox.account, timestamp=has_times)
    with sandbox.world.lock:
        for entry in sandbox.entries("carmen"):
            sandbox.account.time_entries.remove(entry)
    morning = Morning(carmen, pick, sandbox)
    later = TEN + timedelta(days=400)
    TimerSession.objects.update(expires_at=later)
    Connection.objects.update(access_token_expires_at=later)
    PersonState.objects.all().delete()  # read later than this morning
    monkeypatch.setattr("django.utils.timezone.now", morning.clock)
    monkeypatch.setattr(sandbox.world.clock, "_source", lambda: morning.clock().timestamp())
    cache.clear()
    caches["answers"].clear()
    given = {"started_time": "07:00", "ended_time": "07:06"} if has_times else {"hours": 0.1}
    tracked = pick | {"spent_date": "2026-11-22"} | given
    assert sandbox.post("/v2/time_entries", "carmen", json=tracked).status_code == 201
    yield morning
    cache.clear()


only_hours = pytest.mark.parametrize("has_times", [False], ids=["hours"])  # else each start has an entry of its own
