"""Clicks of two devices that cross: one comes late, and never touches what was clicked after it."""

from __future__ import annotations

import pytest

from harvest_bridge.webhooks.models import Event

from .morning import MINUTE, NEAR, TEN, Morning, has_times, morning, only_hours
from .people import ITEM

__all__ = ["has_times", "morning"]
pytestmark = pytest.mark.django_db


@only_hours
def test_a_deletion_keeps_a_run_that_began_after_it(morning: Morning) -> None:
    timer = morning.run("X", 0, 30)
    again = morning.start("X", 60)
    morning.it_is(120)
    answer = morning.click("delete", "entry", 45, entry_id=timer["entry_id"])
    assert (answer.status_code, morning.running(), morning.told()) == (200, "X", "started_again")
    assert morning.minutes("X") == pytest.approx(60, abs=NEAR)
    assert not Event.objects.filter(type="timer.deleted").exists()
    assert Event.objects.get(type="timer.edited").changed == ["hours"]
    morning.it_is(130)
    morning.stop(again, 90)
    assert morning.minutes("X") == pytest.approx(30, abs=NEAR)


@only_hours
def test_a_deletion_keeps_a_later_run_that_is_over_and_its_undo_brings_back_the_rest(morning: Morning) -> None:
    timer = morning.run("X", 0, 30)
    morning.run("X", 60, 70)
    morning.it_is(120)
    assert morning.click("delete", "entry", 45, entry_id=timer["entry_id"]).status_code == 200
    assert morning.minutes("X") == pytest.approx(10, abs=NEAR)
    assert morning.click("post", "undo", 120, entry_id=timer["entry_id"]).status_code == 200
    assert morning.minutes("X") == pytest.approx(40, abs=NEAR)


@only_hours
def test_a_deletion_keeps_a_run_that_began_after_it_in_harvest_itself(morning: Morning) -> None:
    timer = morning.run("X", 0, 30)
    morning.it_is(60)
    morning.sandbox.patch(f"/v2/time_entries/{timer['entry_id']}/restart", "carmen")
    morning.it_is(120)
    morning.sandbox.fault("lost_answer", method="PATCH", path="/v2/time_entries/*")
    morning.click("delete", "entry", 45, entry_id=timer["entry_id"])
    morning.replay()
    assert morning.running() == "X"
    assert morning.minutes("X") == pytest.approx(morning.minutes_now - 60, abs=NEAR)


@only_hours
def test_a_corrected_start_leaves_a_run_alone_that_began_after_it(morning: Morning) -> None:
    timer = morning.run("X", 0, 30)
    morning.start("X", 90)
    morning.it_is(120)
    asked = {"entry_id": timer["entry_id"], "started_at": (TEN - 5 * MINUTE).isoformat()}
    morning.click("post", "beginning", 20, **asked)
    assert morning.minutes("X") == pytest.approx(60, abs=NEAR)


@only_hours
def test_an_undo_leaves_a_run_alone_that_began_after_it(morning: Morning) -> None:
    before = morning.start("A", 0)
    mistaken = morning.start("B", 30)
    morning.it_is(40)
    morning.stop(mistaken, 40)
    morning.start("B", 50)
    morning.it_is(60)
    asked = {"entry_id": mistaken["entry_id"], "previous_id": before["entry_id"]}
    assert morning.click("post", "undo", 31, **asked).json()["code"] == "not_running"
    assert morning.running() == "B"
    assert morning.minutes("B") == pytest.approx(20, abs=NEAR)


def test_an_earlier_stop_leaves_time_alone_that_was_said_after_it(morning: Morning, has_times: bool) -> None:
    timer = morning.run("X", 0, 60)
    morning.it_is(70)
    said = {"started_time": "13:00", "ended_time": "15:00"} if has_times else {"hours": "2.00"}
    assert morning.edit(timer, 70, **said).status_code == 200
    morning.it_is(80)
    morning.stop(timer, 30)
    assert (morning.minutes("X"), morning.told()) == (120, "changed_later")


@only_hours
def test_an_earlier_stop_ends_a_timer_where_its_hours_were_said_later(morning: Morning) -> None:
    timer = morning.start("X", 0)
    morning.it_is(40)
    assert morning.edit(timer, 40, hours="2.00").status_code == 200
    morning.it_is(60)
    morning.stop(timer, 30)
    assert (morning.minutes("X"), morning.running()) == (120, None)


@pytest.mark.parametrize("has_times", [True], ids=["clock"])
def test_a_stop_writes_no_end_before_a_start_that_was_changed_in_harvest(morning: Morning) -> None:
    timer = morning.run("X", 0, 60)
    changed = {"started_time": "13:00", "ended_time": "15:00"}
    morning.sandbox.patch(f"/v2/time_entries/{timer['entry_id']}", "carmen", json=changed)
    morning.it_is(80)
    morning.stop(timer, 30)
    assert morning.minutes("X") == 120


def test_an_earlier_stop_ends_an_entry_whose_notes_alone_were_changed_later(morning: Morning) -> None:
    timer = morning.run("X", 0, 60)
    morning.it_is(70)
    morning.edit(timer, 70, notes="Well")
    morning.it_is(80)
    morning.stop(timer, 30)
    assert morning.minutes("X") == pytest.approx(30, abs=NEAR)


@only_hours
def test_hours_are_those_before_a_run_that_began_after_they_were_said(morning: Morning) -> None:
    timer = morning.run("X", 0, 30)
    again = morning.start("X", 60)
    morning.it_is(120)
    assert morning.edit(timer, 45, hours="2.00", notes="Well").status_code == 200
    assert morning.minutes("X") == pytest.approx(180, abs=NEAR)
    assert (morning.notes_of("X"), morning.told()) == ("Well", "started_again")
    morning.stop(again, 90)
    assert morning.minutes("X") == pytest.approx(150, abs=NEAR)


@pytest.mark.parametrize("stopped_at", [None, 60])
def test_what_ran_after_hours_were_said_is_added_to_them(morning: Morning, stopped_at: int | None) -> None:
    timer = morning.start("X", 0)
    morning.it_is(90)
    if stopped_at:
        morning.stop(timer, stopped_at)
    assert morning.edit(timer, 30, hours="2.00").status_code == 200
    assert morning.minutes("X") == pytest.approx(150 if stopped_at else 180, abs=NEAR)
    morning.stop(timer, 60)
    assert morning.minutes("X") == pytest.approx(150, abs=NEAR)


def test_hours_that_are_said_of_a_timer_leave_it_running(morning: Morning) -> None:
    timer = morning.start("X", 0)
    morning.it_is(30)
    assert morning.edit(timer, 30, hours="2.00").status_code == 200
    assert morning.running() == "X"
    assert morning.minutes("X") == pytest.approx(120, abs=NEAR)


@only_hours
def test_hours_of_a_timer_that_was_continued_count_what_it_held_before(morning: Morning) -> None:
    morning.run("X", 0, 30)
    timer = morning.start("X", 60)
    morning.it_is(80)
    assert morning.edit(timer, 70, hours="3.00").status_code == 200
    assert morning.minutes("X") == pytest.approx(190, abs=NEAR)
    morning.it_is(90)
    morning.stop(timer, 75)
    assert morning.minutes("X") == pytest.approx(185, abs=NEAR)


def test_of_two_edits_of_one_field_the_later_click_holds(morning: Morning) -> None:
    timer = morning.run("X", 0, 60)
    morning.it_is(80)
    assert morning.edit(timer, 70, notes="Newer").status_code == 200
    assert morning.edit(timer, 65, notes="Older", hours="2.00").status_code == 200
    assert (morning.notes_of("X"), morning.minutes("X")) == ("Newer", 120)
    assert morning.told() == "changed_later"
    assert morning.edit(timer, 66, notes="Older").status_code == 200
    assert morning.notes_of("X") == "Newer"


def test_of_two_corrected_starts_the_later_click_holds(morning: Morning) -> None:
    timer = morning.start("X", 0)
    for now, at, began in [(20, 20, -15), (30, 10, -5)]:
        morning.it_is(now)
        asked = {"entry_id": timer["entry_id"], "started_at": (TEN + began * MINUTE).isoformat()}
        assert morning.click("post", "beginning", at, **asked).status_code == 200
    assert morning.minutes("X") == pytest.approx(45, abs=NEAR)


def test_an_edit_that_never_arrived_is_written_though_the_timer_was_stopped_since(morning: Morning) -> None:
    timer = morning.start("X", 0)
    morning.it_is(10)
    morning.sandbox.fault("reset", method="PATCH", path="/v2/time_entries/*", times=2)
    assert morning.edit(timer, 10, notes="Well").status_code == 202
    morning.it_is(11)
    morning.stop_in_harvest()
    morning.replay()
    assert morning.notes_of("X") == "Well"


def test_an_entry_that_was_changed_after_its_deletion_stays(morning: Morning) -> None:
    timer = morning.run("X", 0, 60)
    morning.it_is(80)
    assert morning.edit(timer, 70, notes="Well").status_code == 200
    assert morning.click("delete", "entry", 65, entry_id=timer["entry_id"]).status_code == 200
    assert (morning.notes_of("X"), morning.told()) == ("Well", "changed_later")


def test_a_switch_whose_timer_was_changed_after_its_undo_stays(morning: Morning) -> None:
    before, mistaken = morning.start("A", 0), morning.start("B", 30)
    morning.it_is(50)
    morning.edit(mistaken, 40, notes="Well")
    asked = {"entry_id": mistaken["entry_id"], "previous_id": before["entry_id"]}
    assert morning.click("post", "undo", 31, **asked).json()["code"] == "not_running"
    assert morning.running() == "B"


@only_hours
def test_a_correction_whose_answer_was_lost_began_no_other_run(morning: Morning) -> None:
    """Its own write moves what Harvest calls the start."""
    timer = morning.start("X", 0)
    morning.it_is(60)
    morning.sandbox.fault("lost_answer", method="PATCH", path="/v2/time_entries/*")
    moved = {"entry_id": timer["entry_id"], "started_at": (TEN - 15 * MINUTE).isoformat()}
    assert morning.click("post", "beginning", 15, **moved).status_code == 202
    morning.replay()
    morning.it_is(90)
    morning.stop(timer, 70)
    assert (morning.told(), morning.running()) == (None, None)
    assert morning.minutes("X") == pytest.approx(85, abs=NEAR)


@only_hours
def test_a_deletion_whose_answer_was_lost_counts_the_later_run_once(morning: Morning) -> None:
    timer = morning.run("X", 0, 30)
    again = morning.start("X", 60)
    morning.it_is(120)
    morning.sandbox.fault("lost_answer", method="PATCH", path="/v2/time_entries/*")
    morning.click("delete", "entry", 45, entry_id=timer["entry_id"])
    morning.replay()
    morning.stop(again, 90)
    assert morning.minutes("X") == pytest.approx(30, abs=NEAR)


def test_a_timer_that_was_deleted_comes_back_stopped_at_the_deletion(morning: Morning, has_times: bool) -> None:
    timer = morning.start("X", 0)
    morning.it_is(90)
    morning.click("delete", "entry", 60, entry_id=timer["entry_id"])
    morning.it_is(180)
    assert morning.click("post", "undo", 180, entry_id=timer["entry_id"]).status_code == 200
    assert (morning.running(), morning.minutes("X")) == (None, pytest.approx(60, abs=NEAR))
    if has_times:
        (entry,) = morning.sandbox.entries_on("X")
        assert [str(each)[:5] for each in (entry.started_time, entry.ended_time)] == ["10:00", "11:00"]


def test_a_whole_day_that_is_added_is_one(morning: Morning) -> None:
    day = {"spent_date": "2026-11-23", "hours": "24", "notes": ""}
    assert morning.click("post", "entry", 0, item=ITEM | {"id": "X"}, **day, **morning.pick).status_code == 201
    assert morning.minutes("X") == pytest.approx(24 * 60, abs=NEAR)


@only_hours
def test_an_earlier_stop_of_a_run_that_began_and_ended_in_harvest_ends_it(morning: Morning) -> None:
    timer = morning.run("X", 0, 30)
    morning.it_is(60)
    morning.sandbox.patch(f"/v2/time_entries/{timer['entry_id']}/restart", "carmen")
    again = timer | {"timer_started_at": (TEN + 60 * MINUTE).isoformat()}
    morning.it_is(120)
    morning.stop_in_harvest()
    morning.it_is(130)
    morning.stop(again, 90)
    assert morning.minutes("X") == pytest.approx(60, abs=NEAR)
    morning.stop(again, 80)
    assert morning.minutes("X") == pytest.approx(50, abs=NEAR)


@only_hours
def test_a_continued_entry_holds_what_was_said_a_moment_ago_though_lists_do_not_show_it_yet(morning: Morning) -> None:
    timer = morning.run("X", 0, 30)
    morning.it_is(40)
    listed = morning.sandbox.get("/v2/time_entries", "carmen", params={"from": "2026-11-24"}).text
    assert morning.edit(timer, 40, hours="2.00").status_code == 200
    morning.sandbox.fault("status", method="GET", path="/v2/time_entries", status=200, body=listed, times=None)
    again = morning.start("X", 40)
    morning.sandbox.clear_faults()
    morning.it_is(90)
    morning.stop(again, 60)
    assert morning.minutes("X") == pytest.approx(140, abs=NEAR)
