"""Timers as REFERENCE §7 has them, in both account modes."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from harvest_bridge.sandbox.testing import RunningSandbox


def test_three_fields_start_a_timer(harvest: RunningSandbox, track: Any) -> None:
    entry = track()
    assert entry["is_running"] is True
    assert entry["hours"] == 0.0
    assert entry["timer_started_at"].endswith("Z")
    assert entry["started_time"] is not None
    assert entry["ended_time"] is None


def test_hours_of_a_running_timer_grow_and_hours_without_timer_do_not(harvest: RunningSandbox, track: Any) -> None:
    entry = track()
    harvest.advance(5400)
    entry = harvest.get(f"/v2/time_entries/{entry['id']}", "carmen").json()
    assert (entry["hours"], entry["hours_without_timer"]) == (1.5, 0.0)


def test_hours_make_a_finished_entry(track: Any) -> None:
    entry = track(hours=1.25)
    assert (entry["is_running"], entry["hours"], entry["hours_without_timer"]) == (False, 1.25, 1.25)
    assert entry["started_time"] is entry["ended_time"] is entry["timer_started_at"] is None


def test_zero_hours_start_a_timer_too(track: Any) -> None:
    assert track(hours=0.0)["is_running"] is True
    assert track(hours=0.01)["is_running"] is False


def test_starting_stops_the_persons_other_timer_and_keeps_its_time(harvest: RunningSandbox, track: Any) -> None:
    first = track()
    harvest.advance(3600)
    second = track()
    first = harvest.get(f"/v2/time_entries/{first['id']}", "carmen").json()
    assert (first["is_running"], first["hours"]) == (False, 1.0)
    running = harvest.get("/v2/time_entries?is_running=true", "carmen").json()["time_entries"]
    assert [entry["id"] for entry in running] == [second["id"]]


def test_other_peoples_timers_run_on(harvest: RunningSandbox, track: Any) -> None:
    track("dev")
    track("carmen")
    assert harvest.running("dev") is not None


def test_a_stopped_timer_keeps_its_time_and_loses_its_clock_times(harvest: RunningSandbox, track: Any) -> None:
    entry = track()
    harvest.advance(1800)
    entry = harvest.patch(f"/v2/time_entries/{entry['id']}/stop", "carmen").json()
    assert (entry["is_running"], entry["hours"], entry["hours_without_timer"]) == (False, 0.5, 0.5)
    assert entry["started_time"] is entry["ended_time"] is entry["timer_started_at"] is None


def test_a_stopped_timer_cannot_be_stopped(harvest: RunningSandbox, track: Any) -> None:
    answer = harvest.patch(f"/v2/time_entries/{track(hours=1)['id']}/stop", "carmen")
    assert (answer.status_code, answer.json()) == (422, {"message": "can't stop a stopped timer"})


def test_a_running_timer_cannot_be_restarted(harvest: RunningSandbox, track: Any) -> None:
    assert harvest.patch(f"/v2/time_entries/{track()['id']}/restart", "carmen").status_code == 422


def test_restart_resumes_the_same_entry_in_duration_mode(harvest: RunningSandbox, track: Any) -> None:
    entry = track(hours=2)
    again = harvest.patch(f"/v2/time_entries/{entry['id']}/restart", "carmen").json()
    harvest.advance(3600)
    assert (again["id"], again["is_running"], again["hours_without_timer"]) == (entry["id"], True, 2.0)
    assert harvest.get(f"/v2/time_entries/{entry['id']}", "carmen").json()["hours"] == 3.0


def test_restart_of_an_earlier_day_can_be_refused(harvest: RunningSandbox) -> None:
    entry = harvest.add_entry("carmen", spent_date=harvest.now().date() - timedelta(days=3))
    path = f"/v2/time_entries/{entry.id}/restart"
    harvest.switch(restart_earlier_day="422")
    assert harvest.patch(path, "carmen").status_code == 422
    harvest.switch(restart_earlier_day="resume")
    assert harvest.patch(path, "carmen").json()["spent_date"] == entry.spent_date.isoformat()


def test_restart_makes_a_new_entry_on_the_old_day_in_timestamp_mode(harvest: RunningSandbox, track: Any) -> None:
    entry = track("alice", account=harvest.studio, spent_date="2026-01-05", started_time="8:00am", ended_time="9:30am")
    assert (entry["hours"], entry["is_running"]) == (1.5, False)
    path = f"/v2/time_entries/{entry['id']}/restart"
    fresh = harvest.patch(path, "alice", account=harvest.studio).json()
    assert fresh["id"] > entry["id"]
    assert (fresh["spent_date"], fresh["hours"], fresh["is_running"]) == ("2026-01-05", 0.0, True)
    assert fresh["ended_time"] is None


def test_hours_are_ignored_in_timestamp_mode(harvest: RunningSandbox, track: Any) -> None:
    entry = track("alice", account=harvest.studio, hours=3)
    assert (entry["hours"], entry["is_running"]) == (0.0, True)


def test_times_are_ignored_in_duration_mode(track: Any) -> None:
    entry = track(hours=1, started_time="08:00", ended_time="12:00")
    assert (entry["hours"], entry["started_time"], entry["ended_time"]) == (1.0, None, None)


@pytest.mark.parametrize("fields", [{"started_time": "08:00"}, {"hours": 1, "ended_time": "09:00"}])
def test_fields_of_the_other_mode_can_be_refused(harvest: RunningSandbox, fields: dict[str, Any]) -> None:
    harvest.switch(mode_mismatch="422")
    project, task = harvest.pick("carmen")
    body = {"project_id": project.id, "task_id": task.id, "spent_date": "2026-11-02", **fields}
    assert harvest.post("/v2/time_entries", "carmen", json=body).status_code == 422


def test_times_are_shown_in_the_owners_zone_and_the_accounts_clock(harvest: RunningSandbox, track: Any) -> None:
    harvest.set_mode(harvest.account, timestamp=True)
    assert track("hana", started_time="2:59pm", ended_time="16:00")["started_time"] == "14:59"
    studio = track("alice", account=harvest.studio, started_time="14:59", ended_time="4:00pm")
    assert (studio["started_time"], studio["hours"]) == ("2:59pm", 1.02)


def test_a_timer_stopped_in_timestamp_mode_counts_whole_minutes(harvest: RunningSandbox, track: Any) -> None:
    entry = track("alice", account=harvest.studio)
    harvest.advance(45 * 60)
    entry = harvest.patch(f"/v2/time_entries/{entry['id']}/stop", "alice", account=harvest.studio).json()
    assert entry["hours"] == 0.75
    assert entry["started_time"] != entry["ended_time"]


def test_a_timer_runs_past_midnight_on_its_own_day(harvest: RunningSandbox, track: Any) -> None:
    entry = track(spent_date="2026-02-01")
    harvest.advance(30 * 3600)
    entry = harvest.get(f"/v2/time_entries/{entry['id']}", "carmen").json()
    assert (entry["spent_date"], entry["hours"], entry["is_running"]) == ("2026-02-01", 30.0, True)


def test_notes_of_a_running_timer_change_without_stopping_it(harvest: RunningSandbox, track: Any) -> None:
    entry = track()
    changed = harvest.patch(f"/v2/time_entries/{entry['id']}", "carmen", json={"notes": "Now with words"}).json()
    assert (changed["notes"], changed["is_running"]) == ("Now with words", True)
    assert changed["timer_started_at"] == entry["timer_started_at"]


def test_hours_set_on_a_running_timer_are_its_base(harvest: RunningSandbox, track: Any) -> None:
    entry = track()
    harvest.advance(3600)
    changed = harvest.patch(f"/v2/time_entries/{entry['id']}", "carmen", json={"hours": 5}).json()
    harvest.advance(3600)
    assert (changed["is_running"], changed["hours"]) == (True, 5.0)
    assert harvest.get(f"/v2/time_entries/{entry['id']}", "carmen").json()["hours"] == 6.0


def test_a_deleted_running_timer_is_gone(harvest: RunningSandbox, track: Any) -> None:
    entry = track()
    assert harvest.delete(f"/v2/time_entries/{entry['id']}", "carmen").json()["id"] == entry["id"]
    assert harvest.running("carmen") is None
    gone = harvest.get(f"/v2/time_entries/{entry['id']}", "carmen")
    assert (gone.status_code, gone.text) == (404, '{"status":404,"error":"Not Found"}')


def test_ids_and_numbers_may_come_as_text(harvest: RunningSandbox) -> None:
    project, task = harvest.pick("carmen")
    body = {"project_id": str(project.id), "task_id": str(task.id), "spent_date": "2026-11-02", "hours": "1.5"}
    assert harvest.post("/v2/time_entries", "carmen", json=body).json()["hours"] == 1.5
    assert harvest.post("/v2/time_entries", "carmen", data=body).json()["hours"] == 1.5


def test_ids_of_time_entries_need_more_than_32_bits(track: Any) -> None:
    assert track()["id"] > 2**31


def test_rounding_touches_rounded_hours_only(harvest: RunningSandbox, track: Any) -> None:
    harvest.account.company.rounding_minutes = 15
    try:
        entry = track(hours=1.1)
    finally:
        harvest.account.company.rounding_minutes = 0
    assert (entry["hours"], entry["rounded_hours"]) == (1.1, 1.25)


def test_hours_are_kept_exactly(harvest: RunningSandbox, track: Any) -> None:
    track(hours="0.1")
    track(hours="0.2")
    assert sum(entry.hours for entry in harvest.entries("carmen")[:2]) == Decimal("0.30")


def test_what_runs_on_from_a_submitted_entry_in_timestamp_mode_is_not_submitted(
    harvest: RunningSandbox, track: Any
) -> None:
    made = track("alice", account=harvest.studio, spent_date="2026-01-05", started_time="8:00am", ended_time="9:30am")
    harvest.studio.time_entries[made["id"]].approval_status = "submitted"
    path = f"/v2/time_entries/{made['id']}"
    fresh = harvest.patch(f"{path}/restart", "alice", account=harvest.studio).json()
    assert fresh["approval_status"] == "unsubmitted"
    assert harvest.get(path, "alice", account=harvest.studio).json()["approval_status"] == "submitted"
