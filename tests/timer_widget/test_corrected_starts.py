"""A start that is corrected while Harvest is away, or offline: it holds though the timer is over by then."""

from __future__ import annotations

from typing import Any

import pytest

from timer_widget.models import Intent

from .morning import MINUTE, NEAR, TEN, Morning, has_times, morning, only_hours
from .people import ITEM

__all__ = ["has_times", "morning"]
pytestmark = pytest.mark.django_db


def correct(morning: Morning, began: float, at: float, **named: Any) -> Any:
    """In minutes since ten."""
    return morning.click("post", "beginning", at, started_at=(TEN + began * MINUTE).isoformat(), **named)


@pytest.mark.parametrize("is_switch", [False, True])
def test_a_start_that_is_corrected_within_the_outage_that_it_ended_in_has_all_its_time(
    morning: Morning, is_switch: bool
) -> None:
    morning.sandbox.fault("status", path="/v2/*", status=503, times=None)
    morning.click("post", "start", 0, item=ITEM | {"id": "A", "name": "A"}, notes="", **morning.pick)
    key = f"client-crossing.{morning.clicks}"
    morning.it_is(15)
    correct(morning, -15, 15, start_key=key)
    morning.it_is(60)
    if is_switch:
        morning.click("post", "start", 60, item=ITEM | {"id": "B", "name": "B"}, notes="", **morning.pick)
    else:
        morning.click("post", "stop", 60, item=None, start_key=key)
    morning.it_is(90)
    morning.replay()
    assert (morning.running(), Intent.objects.filter(status="failed").exists()) == ("B" if is_switch else None, False)
    assert abs(morning.minutes("A") - 75) <= NEAR
    assert abs(morning.minutes("B") - (morning.minutes_now - 60 if is_switch else 0)) <= NEAR


def test_a_correction_of_what_was_stopped_elsewhere_meanwhile_holds_and_is_made_once(morning: Morning) -> None:
    timer = morning.run("A", 0, 30)
    morning.it_is(60)
    morning.sandbox.fault("lost_answer", method="PATCH", path="/v2/time_entries/*")
    assert correct(morning, -15, 20, entry_id=timer["entry_id"]).status_code == 200
    assert abs(morning.minutes("A") - 45) <= NEAR
    assert morning.stop(timer, 25).status_code == 200
    assert abs(morning.minutes("A") - 40) <= NEAR


def test_a_correction_that_was_clicked_after_the_stop_is_refused(morning: Morning) -> None:
    timer = morning.run("A", 0, 30)
    morning.it_is(60)
    assert correct(morning, -15, 40, entry_id=timer["entry_id"]).json()["code"] == "not_running"
    assert abs(morning.minutes("A") - 30) <= NEAR


@only_hours
def test_a_corrected_start_of_a_continued_timer_keeps_what_its_entry_held_before(morning: Morning) -> None:
    morning.run("X", 0, 30)
    timer = morning.start("X", 60)
    morning.it_is(70)
    day = morning.http.get("/timer/day").json()["entries"]
    assert [each["began_at"][:16] for each in day if each["is_running"]] == ["2026-11-24T16:00"]
    assert correct(morning, 55, 70, entry_id=timer["entry_id"]).status_code == 200
    assert abs(morning.minutes("X") - 45) <= NEAR
    morning.it_is(90)
    assert morning.stop(timer, 80).status_code == 200
    assert abs(morning.minutes("X") - 55) <= NEAR


@only_hours
def test_so_does_that_of_one_that_was_continued_in_harvest_itself_though_the_answer_was_lost(morning: Morning) -> None:
    timer = morning.run("X", 0, 30)
    morning.it_is(60)
    morning.sandbox.patch(f"/v2/time_entries/{timer['entry_id']}/restart", "carmen")
    morning.it_is(70)
    morning.sandbox.fault("lost_answer", method="PATCH", path="/v2/time_entries/*")
    correct(morning, 55, 70, entry_id=timer["entry_id"])
    morning.replay()
    assert abs(morning.minutes("X") - (30 + morning.minutes_now - 55)) <= NEAR


@only_hours
def test_a_correction_of_a_continued_timer_that_is_over_by_then_holds_and_keeps_the_rest(morning: Morning) -> None:
    morning.run("X", 0, 30)
    timer = morning.run("X", 60, 80)
    morning.it_is(90)
    assert correct(morning, 55, 70, entry_id=timer["entry_id"]).status_code == 200
    assert abs(morning.minutes("X") - 55) <= NEAR
    morning.stop(timer, 75)
    assert abs(morning.minutes("X") - 50) <= NEAR
