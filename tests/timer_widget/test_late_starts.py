"""Starts that come late: the entry has the time since the click, and no two of them overlap."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from rest_framework.test import APIClient

from harvest_bridge.harvest.timezones import zone_named
from harvest_bridge.sandbox.testing import RunningSandbox

from .late_clicks import NEAR, ago, has_times, named, seconds, start, stop

__all__ = ["has_times"]
pytestmark = pytest.mark.django_db

LATER = {"T-1": 1200, "T-2": 300, "T-3": 300}  # seconds between starts 30, 10, 5 and 0 minutes ago


def test_a_late_start_runs_since_its_click(
    carmen: APIClient, pick: dict[str, int], sandbox: RunningSandbox, has_times: bool
) -> None:
    began = ago(minutes=40)
    answer = start(carmen, pick, began)
    assert answer.status_code == 201, answer.content
    running = sandbox.running("carmen")
    assert running is not None
    assert abs(seconds(sandbox, running.id) - 2400) <= NEAR
    zone = zone_named(sandbox.user("carmen").timezone)
    assert running.spent_date == began.astimezone(zone).date()


def test_a_timer_that_a_late_start_ends_has_the_time_until_that_click(
    carmen: APIClient, pick: dict[str, int], sandbox: RunningSandbox, has_times: bool
) -> None:
    first = start(carmen, pick, ago(minutes=60)).json()["state"]["running"]["entry_id"]
    answer = start(carmen, pick, ago(minutes=25), item={"id": "T-2"}).json()
    second = answer["state"]["running"]["entry_id"]
    assert answer["stopped"]["entry_id"] == first
    assert abs(seconds(sandbox, first) - 2100) <= NEAR
    assert abs(seconds(sandbox, second) - 1500) <= NEAR


def test_a_timer_that_a_late_start_ends_has_the_time_until_that_click_though_the_answer_to_its_end_was_lost(
    carmen: APIClient, pick: dict[str, int], sandbox: RunningSandbox, has_times: bool
) -> None:
    first = start(carmen, pick, ago(minutes=60)).json()["state"]["running"]["entry_id"]
    sandbox.fault("lost_answer", method="PATCH", path="/v2/time_entries/*/stop")
    answer = start(carmen, pick, ago(minutes=25), item={"id": "T-2"})
    assert (answer.status_code, answer.json()["stopped"]["entry_id"]) == (201, first)
    assert abs(seconds(sandbox, first) - 2100) <= NEAR
    (second,) = sandbox.entries_on("T-2")
    assert abs(seconds(sandbox, second.id) - 1500) <= NEAR


def test_of_two_starts_the_later_click_runs_and_the_other_ends_where_it_began(
    carmen: APIClient, pick: dict[str, int], sandbox: RunningSandbox, has_times: bool
) -> None:
    later = start(carmen, pick, ago(minutes=20), item={"id": "T-2"}).json()["state"]["running"]["entry_id"]
    assert start(carmen, pick, ago(minutes=50)).status_code == 201
    running = sandbox.running("carmen")
    assert running is not None
    assert running.id == later
    (earlier,) = sandbox.entries_on("T-1")
    assert not earlier.is_running
    assert abs(seconds(sandbox, earlier.id) - 1800) <= NEAR
    assert abs(seconds(sandbox, later) - 1200) <= NEAR


def test_late_starts_that_come_one_by_one_never_overlap_though_a_newer_timer_runs(
    carmen: APIClient, pick: dict[str, int], sandbox: RunningSandbox, has_times: bool
) -> None:
    body = pick | {"spent_date": sandbox.now().date().isoformat()}
    assert sandbox.post("/v2/time_entries", "carmen", json=body).status_code == 201
    assert start(carmen, pick, ago(minutes=30)).status_code == 201
    (first,) = sandbox.entries_on("T-1")
    assert abs(seconds(sandbox, first.id) - 1800) <= NEAR
    answer = start(carmen, pick, ago(minutes=10), item={"id": "T-2"})
    assert (answer.status_code, answer.json()["stopped"]["entry_id"]) == (201, first.id)
    (second,) = sandbox.entries_on("T-2")
    assert abs(seconds(sandbox, first.id) - 1200) <= NEAR
    assert abs(seconds(sandbox, second.id) - 600) <= NEAR
    assert start(carmen, pick, ago(minutes=5), item={"id": "T-3"}).status_code == 201
    ends = [abs(seconds(sandbox, sandbox.entries_on(item)[0].id) - worked) <= NEAR for item, worked in LATER.items()]
    assert ends == [True, True, True]


def test_time_that_was_changed_since_is_not_shortened_by_a_start_that_comes_late(
    carmen: APIClient, pick: dict[str, int], sandbox: RunningSandbox, has_times: bool
) -> None:
    running = start(carmen, pick, ago(minutes=30)).json()["state"]["running"]
    stop(carmen, ago(minutes=1), **named(running))
    zone = zone_named(sandbox.user("carmen").timezone)
    later = (datetime.now(UTC) + timedelta(minutes=20)).astimezone(zone).strftime("%H:%M")
    changed = {"ended_time": later} if has_times else {"hours": 2.5}
    answer = sandbox.patch(f"/v2/time_entries/{running['entry_id']}", "carmen", json=changed)
    assert answer.status_code == 200
    assert start(carmen, pick, ago(minutes=15), item={"id": "T-2"}).status_code == 201
    assert seconds(sandbox, running["entry_id"]) == answer.json()["hours"] * 3600


def test_a_timer_that_began_in_harvest_after_the_click_runs_on(
    carmen: APIClient, pick: dict[str, int], sandbox: RunningSandbox, has_times: bool
) -> None:
    body = pick | {"spent_date": sandbox.now().date().isoformat()}
    theirs = sandbox.post("/v2/time_entries", "carmen", json=body).json()["id"]
    assert start(carmen, pick, ago(minutes=30)).status_code == 201
    running = sandbox.running("carmen")
    assert running is not None
    assert running.id == theirs
    (ours,) = sandbox.entries_on("T-1")
    assert abs(seconds(sandbox, ours.id) - 1800) <= NEAR


def test_time_that_was_entered_by_hand_and_changed_since_ends_no_late_start(
    carmen: APIClient, pick: dict[str, int], sandbox: RunningSandbox, has_times: bool
) -> None:
    zone = zone_named(sandbox.user("carmen").timezone)
    began = ago(minutes=10).astimezone(zone)
    times = {"started_time": f"{began:%H:%M}", "ended_time": f"{began - timedelta(hours=1):%H:%M}"}
    given = times if has_times else {"hours": 3}
    body = pick | given | {"spent_date": began.date().isoformat()}
    entry_id = sandbox.post("/v2/time_entries", "carmen", json=body).json()["id"]
    sandbox.advance(5)
    assert sandbox.patch(f"/v2/time_entries/{entry_id}", "carmen", json={"notes": "By hand"}).status_code == 200
    assert start(carmen, pick, ago(minutes=40)).status_code == 201
    running = sandbox.running("carmen")
    assert running is not None
    assert abs(seconds(sandbox, running.id) - 2400) <= NEAR


def test_a_late_start_whose_answer_was_lost_has_its_time_as_soon_as_it_is_found(
    carmen: APIClient, pick: dict[str, int], sandbox: RunningSandbox, has_times: bool
) -> None:
    """Nothing of it can come late, so the change of its time need not wait."""
    sandbox.fault("lost_answer", method="POST", path="/v2/time_entries")
    assert start(carmen, pick, ago(minutes=40)).status_code == 201
    (entry,) = sandbox.entries_on("T-1")
    assert abs(seconds(sandbox, entry.id) - 2400) <= NEAR
