"""The undo of a switch that comes late, and clicks after it that still mean the mistaken timer."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from timer_widget.models import Intent

from .morning import MINUTE, NEAR, TEN, Morning, has_times, morning, only_hours
from .people import ITEM

__all__ = ["has_times", "morning"]
pytestmark = pytest.mark.django_db

Timer = dict[str, Any]


def undo(morning: Morning, mistaken: Timer, earlier: Timer, at: float) -> Any:
    return morning.click("post", "undo", at, entry_id=mistaken["entry_id"], previous_id=earlier["entry_id"])


def undo_that_waits(morning: Morning) -> Timer:
    """A since ten, B by mistake half an hour later, which is taken back while Harvest is away. Shape: B."""
    earlier, mistaken = morning.start("A", 0), morning.start("B", 30)
    morning.sandbox.fault("status", path="/v2/*", status=503, times=None)
    morning.it_is(31)
    assert undo(morning, mistaken, earlier, 31).status_code == 202
    return mistaken


def test_a_stop_of_the_mistaken_timer_after_an_undo_that_waits_ends_the_earlier_one(morning: Morning) -> None:
    """The page shows the mistaken one until the undo is done."""
    mistaken = undo_that_waits(morning)
    morning.it_is(60)
    assert morning.stop(mistaken, 60).status_code == 202
    morning.it_is(90)
    morning.replay()
    assert (morning.running(), morning.minutes("B")) == (None, 0)
    assert abs(morning.minutes("A") - 60) <= NEAR


def test_a_stop_by_the_key_of_the_mistaken_start_ends_the_earlier_timer_too(morning: Morning) -> None:
    undo_that_waits(morning)
    key = Intent.objects.filter(kind="start").latest("position").idempotency_key
    morning.it_is(60)
    assert morning.click("post", "stop", 60, item=None, start_key=key).status_code == 202
    morning.it_is(90)
    morning.replay()
    assert (morning.running(), morning.minutes("B")) == (None, 0)
    assert abs(morning.minutes("A") - 60) <= NEAR


def test_an_undo_that_waits_tells_what_runs_once_it_is_done(morning: Morning) -> None:
    """So that pages show the earlier timer, with the time of both, and not the mistaken one."""
    undo_that_waits(morning)
    (waiting,) = morning.http.get("/timer/state").json()["clicks"]
    assert (waiting["kind"], waiting["shows"]["item"]["id"]) == ("undo", "A")
    assert abs(datetime.fromisoformat(waiting["shows"]["since"]) - TEN) <= NEAR * MINUTE


@pytest.mark.parametrize("stopped_at", [20, 60])
def test_a_stop_by_a_device_that_never_heard_of_the_switch_ends_what_the_undo_restarted(
    morning: Morning, stopped_at: int
) -> None:
    """Where it was clicked before the switch, it ends the run from before that alone."""
    earlier, mistaken = morning.start("A", 0), morning.start("B", 30)
    morning.it_is(35)
    assert undo(morning, mistaken, earlier, 35).status_code == 200
    morning.it_is(90)
    assert morning.stop(earlier, stopped_at).status_code == 200
    is_over = stopped_at == 60
    assert morning.running() == (None if is_over else "A")
    assert abs(morning.minutes("A") - (60 if is_over else 80)) <= NEAR


def test_a_stop_after_two_undone_switches_ends_what_the_second_undo_restarted(morning: Morning) -> None:
    first = morning.start("A", 0)
    earlier = first
    for at in (10, 30):
        mistaken = morning.start("B", at)
        morning.it_is(at + 5)
        running = undo(morning, mistaken, earlier, at + 5).json()["state"]["running"]
        earlier = {"entry_id": running["entry_id"], "timer_started_at": running["started_at"]}
    morning.it_is(90)
    assert morning.stop(first, 60).status_code == 200
    assert morning.running() is None
    assert abs(morning.minutes("A") - 60) <= NEAR


def test_what_is_changed_of_a_mistaken_timer_after_the_undo_of_its_switch_is_told_and_a_deletion_is_done(
    morning: Morning,
) -> None:
    mistaken = undo_that_waits(morning)
    morning.it_is(40)
    assert morning.edit(mistaken, 40, notes="Well").status_code == 202
    morning.click("delete", "entry", 41, entry_id=mistaken["entry_id"])
    morning.it_is(90)
    morning.replay()
    (told,) = morning.http.get("/timer/state").json()["clicks"]
    assert (told["code"], told["choices"]) == ("switch_undone", ["copy", "drop"])
    assert (morning.running(), morning.notes_of("A") or "") == ("A", "")
    assert abs(morning.minutes("A") - morning.minutes_now) <= NEAR


@only_hours
def test_a_stop_of_a_continued_timer_that_was_a_mistake_ends_the_earlier_one(morning: Morning) -> None:
    morning.run("B", 0, 10)
    earlier, mistaken = morning.start("A", 10), morning.start("B", 40)
    morning.it_is(41)
    assert undo(morning, mistaken, earlier, 41).status_code == 200
    morning.it_is(60)
    assert morning.stop(mistaken, 50).status_code == 200
    assert morning.running() is None
    assert abs(morning.minutes("A") - 40) <= NEAR
    assert abs(morning.minutes("B") - 10) <= NEAR


def test_a_start_after_an_undo_that_waits_ends_the_earlier_timer_at_its_click(morning: Morning) -> None:
    undo_that_waits(morning)
    morning.it_is(60)
    morning.click("post", "start", 60, item=ITEM | {"id": "C", "name": "C"}, notes="", **morning.pick)
    morning.it_is(90)
    morning.replay()
    assert (morning.running(), morning.minutes("B")) == ("C", 0)
    assert abs(morning.minutes("A") - 60) <= NEAR
    assert abs(morning.minutes("C") - (morning.minutes_now - 60)) <= NEAR


def test_an_earlier_stop_of_what_an_undo_restarted_ends_it_though_it_ended_in_harvest_meanwhile(
    morning: Morning,
) -> None:
    earlier, mistaken = morning.start("A", 0), morning.start("B", 30)
    morning.it_is(31)
    running = undo(morning, mistaken, earlier, 31).json()["state"]["running"]
    morning.it_is(90)
    morning.stop_in_harvest()
    morning.it_is(120)
    morning.stop({"entry_id": running["entry_id"], "timer_started_at": running["started_at"]}, 60)
    assert abs(morning.minutes("A") - 60) <= NEAR


def start_in_harvest(morning: Morning) -> None:
    place = {"id": "H", "group_id": "web", "permalink": "https://board.example/h"}
    body = morning.pick | {"spent_date": "2026-11-24", "external_reference": place}
    assert morning.sandbox.post("/v2/time_entries", "carmen", json=body).status_code == 201


def test_an_undo_whose_restart_never_arrived_takes_no_other_timer_for_it(morning: Morning) -> None:
    earlier, mistaken = morning.start("A", 0), morning.start("B", 30)
    morning.it_is(40)
    morning.sandbox.fault("reset", method="PATCH", path="/v2/time_entries/*", times=2)
    assert undo(morning, mistaken, earlier, 40).status_code == 202
    morning.it_is(41)
    start_in_harvest(morning)
    morning.it_is(45)
    morning.replay()
    assert (morning.running(), morning.told()) == ("H", "not_running")
    assert abs(morning.minutes("H") - (morning.minutes_now - 41)) <= NEAR
    assert abs(morning.minutes("A") + morning.minutes("B") - 41) <= NEAR


def test_an_undo_whose_restart_was_ended_by_another_timer_leaves_everybodys_time(morning: Morning) -> None:
    """The answer was lost, so nobody knew that it had been restarted."""
    earlier, mistaken = morning.start("A", 0), morning.start("B", 30)
    morning.it_is(40)
    morning.sandbox.fault("lost_answer", method="PATCH", path="/v2/time_entries/*/restart")
    morning.sandbox.fault("status", method="GET", path="/v2/*", status=503, after=2, times=None)
    assert undo(morning, mistaken, earlier, 40).status_code == 202
    morning.it_is(41)
    start_in_harvest(morning)
    morning.it_is(45)
    morning.replay()
    assert (morning.running(), morning.told()) == ("H", "not_running")
    assert abs(morning.minutes("H") - (morning.minutes_now - 41)) <= NEAR
    assert abs(morning.minutes("A") + morning.minutes("B") - 41) <= NEAR
