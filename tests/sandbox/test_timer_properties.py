"""Random lives of timers: whatever people do, the invariants of REFERENCE §7 hold, in both account modes.

Never two running timers per person; no tracked time is ever lost; lists and reports say the same.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from typing import Any, ClassVar

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from harvest_bridge.sandbox.account import Account
from harvest_bridge.sandbox.clock import Clock
from harvest_bridge.sandbox.testing import RunningSandbox, running_sandbox

PEOPLE = ("alice", "mona")
SPAN = {"from": "2026-01-01", "to": "2026-12-31"}
# Each stop rounds to 0.01 h; an account with start and end times counts whole minutes.
TOLERANCE = {False: Decimal("0.005"), True: Decimal(1) / 60 + Decimal("0.005")}
people = st.sampled_from(PEOPLE)
places = st.integers(min_value=0, max_value=50)


class TimerLife(RuleBasedStateMachine):
    """Two people of the studio at work. `worked` is what each ought to have, in hours, by our own reckoning."""

    harvest: ClassVar[RunningSandbox]
    timestamp: ClassVar[bool]

    @initialize()
    def begin(self) -> None:
        self.harvest.reset()
        self.harvest.switch(requests_per_window=100_000, report_requests_per_window=100_000)
        self.harvest.set_mode(self.harvest.studio, timestamp=self.timestamp)
        self.worked: defaultdict[str, Decimal] = defaultdict(Decimal)
        self.runs: Counter[str] = Counter()
        self.running: dict[str, tuple[int, float]] = {}

    @rule(who=people)
    def start(self, who: str) -> None:
        self._settle(who)
        entry = self._call("POST", "/v2/time_entries", who, json=self._body(who))
        self._runs_now(who, entry)

    @rule(who=people, hundredths=st.integers(min_value=1, max_value=900))
    def log(self, who: str, hundredths: int) -> None:
        if self.timestamp:
            minutes = hundredths % 600 + 1
            ended = f"{minutes // 60:02}:{minutes % 60:02}"
            entry = self._call(
                "POST", "/v2/time_entries", who, json=self._body(who, started_time="00:00", ended_time=ended)
            )
            assert entry["hours"] == float((Decimal(minutes) / 60).quantize(Decimal("0.01")))
        else:
            entry = self._call("POST", "/v2/time_entries", who, json=self._body(who, hours=hundredths / 100))
            assert entry["hours"] == hundredths / 100
        assert entry["is_running"] is False
        self.worked[who] += Decimal(str(entry["hours"]))

    @rule(seconds=st.integers(min_value=0, max_value=20_000))
    def wait(self, seconds: int) -> None:
        self.harvest.advance(seconds)

    @precondition(lambda self: self.running)
    @rule(place=places)
    def stop(self, place: int) -> None:
        who = sorted(self.running)[place % len(self.running)]
        entry_id = self.running[who][0]
        self._settle(who)
        entry = self._call("PATCH", f"/v2/time_entries/{entry_id}/stop", who)
        assert entry["is_running"] is False
        assert entry["hours"] == entry["hours_without_timer"]

    @rule(who=people, place=places)
    def stop_again(self, who: str, place: int) -> None:
        stopped = [entry for entry in self._entries(who) if not entry["is_running"]]
        if stopped:
            path = f"/v2/time_entries/{stopped[place % len(stopped)]['id']}/stop"
            assert self._ask("PATCH", path, who).status_code == 422

    @rule(who=people, place=places)
    def restart(self, who: str, place: int) -> None:
        stopped = [entry for entry in self._entries(who) if not entry["is_running"]]
        if not stopped:
            return
        chosen = stopped[place % len(stopped)]
        self._settle(who)
        entry = self._call("PATCH", f"/v2/time_entries/{chosen['id']}/restart", who)
        assert entry["spent_date"] == chosen["spent_date"]
        assert (entry["id"] == chosen["id"]) is not self.timestamp
        assert entry["hours_without_timer"] == (0.0 if self.timestamp else chosen["hours"])
        self._runs_now(who, entry)

    @rule(who=people, place=places)
    def delete(self, who: str, place: int) -> None:
        entries = self._entries(who)
        if not entries:
            return
        chosen = entries[place % len(entries)]
        if chosen["is_running"]:
            self.worked[who] -= Decimal(str(chosen["hours_without_timer"]))
            del self.running[who]
        else:
            self.worked[who] -= Decimal(str(chosen["hours"]))
        self._call("DELETE", f"/v2/time_entries/{chosen['id']}", who)

    @rule(who=people, place=places)
    def note(self, who: str, place: int) -> None:
        entries = self._entries(who)
        if entries:
            chosen = entries[place % len(entries)]
            changed = self._call("PATCH", f"/v2/time_entries/{chosen['id']}", who, json={"notes": f"note {place}"})
            for kept in ("is_running", "timer_started_at", "hours_without_timer", "spent_date"):
                assert changed[kept] == chosen[kept]

    @invariant()
    def nobody_runs_two_timers(self) -> None:
        for who in PEOPLE:
            entries = self._entries(who)
            expected = [self.running[who][0]] if who in self.running else []
            assert [entry["id"] for entry in entries if entry["is_running"]] == expected
            assert all((entry["timer_started_at"] is not None) is entry["is_running"] for entry in entries)

    @invariant()
    def no_time_is_lost(self) -> None:
        for who in PEOPLE:
            kept = sum(Decimal(str(entry["hours_without_timer"])) for entry in self._entries(who))
            assert abs(kept - self.worked[who]) <= TOLERANCE[self.timestamp] * self.runs[who], who

    @invariant()
    def reports_say_what_the_lists_say(self) -> None:
        rows = self._call("GET", "/v2/reports/time/team", "alice", params=SPAN)["results"]
        listed = sum(Decimal(str(entry["hours"])) for who in PEOPLE for entry in self._entries(who))
        assert sum(Decimal(str(row["total_hours"])) for row in rows) == listed

    # How the machine speaks to the sandbox

    def _body(self, who: str, **fields: Any) -> dict[str, Any]:
        project, task = self.harvest.pick(who, self._studio)
        return {"project_id": project.id, "task_id": task.id, "spent_date": "2026-06-01", **fields}

    def _runs_now(self, who: str, entry: dict[str, Any]) -> None:
        assert (entry["is_running"], entry["ended_time"]) == (True, None)
        self.running[who] = (entry["id"], self.harvest.clock.timestamp())
        self.runs[who] += 1

    def _settle(self, who: str) -> None:
        """Whatever runs for `who` is about to be stopped: count what it ran."""
        if who in self.running:
            _, since = self.running.pop(who)
            seconds = self.harvest.clock.timestamp() - since
            self.worked[who] += Decimal(str(seconds)) / 3600

    @property
    def _studio(self) -> Account:
        return self.harvest.studio

    def _ask(self, method: str, path: str, who: str, **options: Any) -> Any:
        return self.harvest.request(method, path, who, account=self._studio, **options)

    def _call(self, method: str, path: str, who: str, **options: Any) -> Any:
        answer = self._ask(method, path, who, **options)
        assert answer.is_success, answer.text
        return answer.json()

    def _entries(self, who: str) -> list[dict[str, Any]]:
        user_id = self.harvest.user(who, self._studio).id
        found: list[dict[str, Any]] = self._call("GET", "/v2/time_entries", who, params={"user_id": user_id})[
            "time_entries"
        ]
        return found


@pytest.fixture(scope="module")
def frozen() -> Iterator[RunningSandbox]:
    """A sandbox whose clock stands still unless it is moved."""
    with running_sandbox(entries=0, clock=Clock(lambda: 1_795_500_000.0)) as harvest:
        yield harvest


@pytest.mark.parametrize("timestamp", [False, True], ids=["duration", "timestamp"])
def test_timers_keep_their_invariants_through_random_lives(frozen: RunningSandbox, timestamp: bool) -> None:
    machine = type("Life", (TimerLife,), {"harvest": frozen, "timestamp": timestamp})
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=25,
            stateful_step_count=20,
            deadline=timedelta(seconds=5),
            suppress_health_check=[HealthCheck.too_slow],
        ),
    )
