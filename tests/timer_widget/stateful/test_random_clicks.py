"""Random clicks at the timer: whatever meets the clicks, Harvest holds what was worked, in accounts of both kinds.

The real sandbox behind the bridge's own API; the model knows clicks and nothing else (`worked.py`). Time passes by a
clock that both are handed. `CLICK_RUNS=500 pytest tests/timer_widget/stateful` tries more of them.
"""

from __future__ import annotations

import os
import random
from contextlib import suppress
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Any, ClassVar

import pytest
from django.core.cache import cache, caches
from django.db import transaction
from hypothesis import HealthCheck, assume, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from harvest_bridge.connections.models import Connection
from harvest_bridge.harvest.timezones import zone_named
from harvest_bridge.hosts.services import NewHostApp
from harvest_bridge.sandbox.records import TimeEntry
from harvest_bridge.sandbox.testing import RunningSandbox
from harvest_bridge.sandbox.timekeeping import hours_at
from tests.timer_widget.people import session
from timer_widget.clicks.attempt import Attempt
from timer_widget.clicks.replaying import replay_due
from timer_widget.models import Intent, IntentStatus, Person, TimerSession

from .devices import Device, Killed, Shown
from .worked import Run, Worked

pytestmark = pytest.mark.django_db

RUNS = int(os.environ.get("CLICK_RUNS", "4"))
STEPS = 20
# What Harvest itself cannot tell apart: hundredths of an hour, or minutes of a clock; and what a prompt click may take.
TOLERANCE = 60.0
MINUTES_TOLERANCE = 12.0
DAY = 86_400.0
# Summer time ends and begins, a year ends, and days without anything; on Carmen's clock, which is New York's.
BEGINNINGS = [
    "2026-11-24T15:00:00+00:00", "2026-11-25T03:40:00+00:00", "2026-11-01T05:10:00+00:00", "2027-03-14T06:20:00+00:00",
    "2027-01-01T04:30:00+00:00",
]  # fmt: skip
FAULTS: list[dict[str, Any]] = [
    {"kind": "lost_answer", "method": "P*", "path": "/v2/time_entries*"},
    {"kind": "lost_answer", "method": "DELETE", "path": "/v2/time_entries*"},
    {"kind": "status", "method": "P*", "path": "/v2/time_entries*", "status": 500},
    {"kind": "reset", "path": "/v2/*"},
    {"kind": "truncated_json", "path": "/v2/*"},
    {"kind": "cut_body", "method": "P*", "path": "/v2/*"},
]
names = st.sampled_from(["desk", "phone"])
places = st.integers(min_value=0, max_value=50)
spans = st.one_of(st.integers(5, 60), st.integers(60, 5400), st.integers(5400, 40_000))


class Clock:
    """Stands still until it is moved, but for a moment between two looks at it."""

    def __init__(self) -> None:
        self.moment = datetime.now(UTC)

    def now(self) -> datetime:
        self.moment += timedelta(microseconds=50)
        return self.moment

    def timestamp(self) -> float:
        return self.moment.timestamp()

    def move(self, seconds: float) -> None:
        self.moment += timedelta(seconds=seconds)


class Life(RuleBasedStateMachine):
    """Carmen at two devices."""

    sandbox: ClassVar[RunningSandbox]
    clock: ClassVar[Clock]
    is_clock: ClassVar[bool]
    begin_life: ClassVar[Any]

    @initialize(beginning=st.sampled_from(BEGINNINGS), seed=st.integers(0, 1000))
    def begin(self, beginning: str, seed: int) -> None:
        random.seed(seed)
        self.savepoint = transaction.atomic()
        self.savepoint.__enter__()
        self.clock.moment = datetime.now(UTC)
        self.devices = {name: Device(name, self.begin_life()) for name in ("desk", "phone")}
        self.clock.moment = datetime.fromisoformat(beginning)
        TimerSession.objects.update(expires_at=self.clock.moment + timedelta(days=400))
        project, task = self.sandbox.pick("carmen")
        self.pick = {"project_id": project.id, "task_id": task.id}
        self.worked = Worked()
        self.is_down = False

    # What a person does

    @rule(name=names, seconds=spans)
    def start(self, name: str, seconds: int) -> None:
        self._move(seconds)
        device, number = self.devices[name], len(self.worked.items)
        item_id = f"T-{number}"
        run = Run(item_id, self.clock.now())
        key = f"client-{name}.{device.counter + 1}"
        self.worked.runs[key] = run
        device.shown = Shown(item_id, {"start_key": key})
        item = {"id": item_id, "group_id": "web"}
        device.press("post", "/timer/start", run.began, item=item, notes="", **self.pick)

    @precondition(lambda self: any(device.shown for device in self.devices.values()))
    @rule(name=names, seconds=spans)
    def stop(self, name: str, seconds: int) -> None:
        device = self.devices[name]
        assume(device.shown is not None)
        self._move(seconds)
        shown, device.shown = device.shown, None
        self.worked.run_on(shown.item_id).stops.append(self.clock.now())
        device.press("post", "/timer/stop", self.clock.now(), item=None, **shown.named)

    @precondition(lambda self: self.is_quiet)
    @rule(name=names, hundredths=st.integers(1, 900), seconds=spans)
    def add(self, name: str, hundredths: int, seconds: int) -> None:
        self._move(seconds)
        item_id = f"T-{len(self.worked.items)}"
        day = (self.clock.now() - timedelta(days=2)).date().isoformat()
        asked = {"hours": f"{hundredths / 100:.2f}", "spent_date": day, "notes": "", **self.pick}
        self.worked.fixed[item_id] = hundredths * 36.0
        item = {"id": item_id, "group_id": "web"}
        self.devices[name].press("post", "/timer/entry", self.clock.now(), item=item, **asked)

    @precondition(lambda self: self.is_quiet and self.finished)
    @rule(name=names, place=places, hundredths=st.integers(1, 900))
    def edit(self, name: str, place: int, hundredths: int) -> None:
        self.settle()
        item_id = self.finished[place % len(self.finished)]
        self.clock.move(5)
        (entry,) = self.sandbox.entries_on(item_id)
        self.worked.fixed[item_id] = hundredths * 36.0
        asked = {"entry_id": entry.id, "hours": f"{hundredths / 100:.2f}"}
        self.devices[name].press("patch", "/timer/entry", self.clock.now(), **asked)

    @precondition(lambda self: self.is_quiet and self.finished)
    @rule(name=names, place=places, comes_back=st.booleans())
    def delete(self, name: str, place: int, comes_back: bool) -> None:
        self.settle()
        item_id = self.finished[place % len(self.finished)]
        (entry,) = self.sandbox.entries_on(item_id)
        self.clock.move(5)
        self.devices[name].press("delete", "/timer/entry", self.clock.now(), entry_id=entry.id)
        self.clock.move(5)
        if comes_back:
            self.devices[name].press("post", "/timer/undo", self.clock.now(), entry_id=entry.id)
        else:
            self.worked.gone.add(item_id)

    # What happens to it

    @rule(seconds=spans)
    def wait(self, seconds: int) -> None:
        self._move(seconds)

    @rule(name=names, is_online=st.booleans())
    def network(self, name: str, is_online: bool) -> None:
        self.clock.move(5)
        self.devices[name].is_online = is_online
        self.devices[name].deliver()

    @rule(is_down=st.booleans())
    def harvest(self, is_down: bool) -> None:
        self.is_down = is_down
        self.sandbox.clear_faults()
        if is_down:
            self.sandbox.fault("status", path="/v2/*", status=503, times=None)

    @precondition(lambda self: not self.is_down)
    @rule(fault=st.sampled_from(FAULTS), after=st.integers(0, 2))
    def fault(self, fault: dict[str, Any], after: int) -> None:
        self.sandbox.fault(**fault, after=after)

    @rule(is_sent=st.booleans())
    def kill(self, is_sent: bool) -> None:
        """Whoever carries out the next write dies before it leaves, or before its answer is noted."""
        Kill.due = "after" if is_sent else "before"

    @rule(seconds=st.integers(1, 90))
    def worker(self, seconds: int) -> None:
        self._move(seconds)
        self._replay()

    @rule(name=names, place=places)
    def duplicate(self, name: str, place: int) -> None:
        device = self.devices[name]
        if device.is_online and device.sent:
            device.repeat(device.sent[place % len(device.sent)])

    @rule(name=names)
    def look(self, name: str) -> None:
        if self.devices[name].is_online:
            self.devices[name].look()

    # What has to be so

    @invariant()
    def nothing_is_doubled(self) -> None:
        for item_id in self.worked.items if hasattr(self, "worked") else ():
            assert len(self.sandbox.entries_on(item_id)) <= 1, item_id

    def teardown(self) -> None:
        try:
            if hasattr(self, "worked"):
                self.settle()
                self._compare()
        finally:
            if hasattr(self, "savepoint"):
                self.sandbox.clear_faults()
                Kill.due = ""
                transaction.set_rollback(True)
                self.savepoint.__exit__(None, None, None)

    def settle(self) -> None:
        """Everything comes back, and enough time passes."""
        self.is_down = False
        self.sandbox.clear_faults()
        Kill.due = ""
        for device in self.devices.values():
            device.is_online = True
        for _ in range(30):
            for device in self.devices.values():
                device.deliver()
            self._replay()
            waiting = Intent.objects.filter(status=IntentStatus.PENDING).exists()
            if not waiting and not any(device.unsent for device in self.devices.values()):
                break
            self.clock.move(20)
        assert not list(Intent.objects.exclude(status=IntentStatus.DONE).values_list("kind", "status", "outcome"))

    @property
    def is_quiet(self) -> bool:
        """Nothing is on its way that an edit or a deletion could cross."""
        waits = any(device.unsent for device in self.devices.values())
        return not waits and not Intent.objects.exclude(status=IntentStatus.DONE).exists()

    @property
    def finished(self) -> list[str]:
        now, running = self.clock.now(), self.worked.running()
        ended = [each for each in self.worked.items if self.worked.seconds(each, now) is not None]
        return [each for each in ended if running is None or each != running.item_id]

    def _replay(self) -> None:
        for person in Person.objects.all():
            with suppress(Killed):
                replay_due(person.pk)

    def _compare(self) -> None:
        now, running = self.clock.now(), self.worked.running()
        runs = self.sandbox.running("carmen")
        found = runs.external_reference.id if runs and runs.external_reference else None
        assert found == (running.item_id if running else None)
        for item_id in self.worked.items:
            self._compare_item(item_id, now)
        state = self.devices["desk"].look()
        assert state is not None
        shown = state["running"]["item"]["id"] if state["running"] else None
        assert (shown, state["clicks"]) == (found, [])

    def _compare_item(self, item_id: str, now: datetime) -> None:
        expected, entries = self.worked.seconds(item_id, now), self.sandbox.entries_on(item_id)
        assert len(entries) == (0 if expected is None else 1), (item_id, len(entries))
        if expected is None:
            return
        (entry,) = entries
        if self.is_clock and item_id not in self.worked.fixed:
            self._compare_times(item_id, entry)
        else:
            said = float(hours_at(entry, now, self.sandbox.account.company)) * 3600
            assert abs(said - expected) <= TOLERANCE, (item_id, said, expected)
        if item_id not in self.worked.fixed:
            assert entry.spent_date == self.worked.run_on(item_id).began.astimezone(self._zone).date()

    def _compare_times(self, item_id: str, entry: TimeEntry) -> None:
        """On the clock: what Harvest makes of them in hours where clocks change is its own."""
        run = self.worked.run_on(item_id)
        ended = run.ended(self.worked.runs.values())
        for said, moment in ((entry.started_time, run.began), (entry.ended_time, ended)):
            assert (said is None) == (moment is None), (item_id, said, moment)
            if said is not None and moment is not None:
                kept = datetime.combine(moment.astimezone(self._zone).date(), said)
                off = (kept - moment.astimezone(self._zone).replace(tzinfo=None)).total_seconds()
                off = (off + DAY / 2) % DAY - DAY / 2
                assert -TOLERANCE <= off <= MINUTES_TOLERANCE, (item_id, said, moment)

    @property
    def _zone(self) -> tzinfo:
        return zone_named(self.sandbox.user("carmen").timezone)

    def _move(self, seconds: float) -> None:
        """An account with times keeps no entry above a day."""
        now, running = self.clock.now(), self.worked.running()
        if self.is_clock and running is not None and (now - running.began).total_seconds() + seconds > 0.8 * DAY:
            seconds = 5
        self.clock.move(seconds)


class Kill:
    """Of the process that carries out the next write."""

    due = ""


def _with_kills(monkeypatch: pytest.MonkeyPatch) -> None:
    before, after = Attempt._note_write, Attempt._after

    def noting(self: Attempt, longest: float) -> None:
        before(self, longest)
        if Kill.due == "before":
            Kill.due = ""
            raise Killed

    def answered(self: Attempt, operation: Any, error: Exception | None) -> None:
        if Kill.due == "after" and operation.verb != "GET":
            Kill.due = ""
            raise Killed
        after(self, operation, error)

    monkeypatch.setattr(Attempt, "_note_write", noting)
    monkeypatch.setattr(Attempt, "_after", answered)


@pytest.fixture
def clock(sandbox: RunningSandbox, monkeypatch: pytest.MonkeyPatch) -> Clock:
    """Of the bridge and of Harvest."""
    clock = Clock()
    monkeypatch.setattr("django.utils.timezone.now", clock.now)
    monkeypatch.setattr(sandbox.world.clock, "_source", clock.timestamp)
    monkeypatch.setattr("harvest_bridge.harvest.retries._FIRST_WAIT_SECONDS", 0.001)
    _with_kills(monkeypatch)
    return clock


@pytest.mark.parametrize("is_clock", [False, True], ids=["hours", "clock"])
def test_whatever_meets_the_clicks_harvest_holds_what_was_worked(
    board: NewHostApp, link: Any, sandbox: RunningSandbox, clock: Clock, is_clock: bool
) -> None:
    def begin_life() -> Any:
        if not Connection.objects.exists():
            sandbox.reset()
            sandbox.switch(access_token_lifetime_seconds=315_360_000, requests_per_window=1_000_000)
            sandbox.set_mode(sandbox.account, timestamp=is_clock)
            with sandbox.world.lock:
                for entry in sandbox.entries("carmen"):
                    sandbox.account.time_entries.remove(entry)
            cache.clear()
            caches["answers"].clear()
            link("carmen", board.host_app, user_id="carmen")
        return session(board)

    machine = type(
        "CarmensLife",
        (Life,),
        {"sandbox": sandbox, "clock": clock, "is_clock": is_clock, "begin_life": staticmethod(begin_life)},
    )
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=RUNS,
            stateful_step_count=STEPS,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            derandomize="CLICK_RUNS" not in os.environ,  # the same few runs in every `make test`
            database=None,
        ),
    )
