"""Starts of more than a day ago: those that are over by another timer, and those that go on."""

from __future__ import annotations

from datetime import datetime

import pytest

from timer_widget.forgotten.guard import check_due
from timer_widget.models import Intent

from .morning import MINUTE, NEAR, TEN, Morning, has_times, morning
from .people import ITEM

__all__ = ["has_times", "morning"]
pytestmark = pytest.mark.django_db

HOUR = 60
A = ITEM | {"id": "A", "name": "A"}


def test_a_start_that_would_be_an_entry_of_days_waits_until_its_person_says_when_the_work_ended(
    morning: Morning,
) -> None:
    morning.start("B", 26 * HOUR)
    morning.it_is(27 * HOUR)
    answer = morning.click("post", "start", 0, item=A, notes="", **morning.pick)
    assert (answer.status_code, answer.json()["code"]) == (400, "start_out_of_reach")
    assert (morning.running(), morning.minutes("A")) == ("B", 0)
    (waiting,) = morning.http.get("/timer/state").json()["clicks"]
    assert waiting["choices"] == ["end", "drop"]
    decision = {"key": waiting["key"], "decision": "retry"}
    assert morning.http.post("/timer/clicks/decision", decision, format="json").status_code == 400
    ended = {"ended_at": (TEN + HOUR * MINUTE).isoformat()}
    assert morning.http.post("/timer/clicks/decision", decision | ended, format="json").status_code == 200
    assert abs(morning.minutes("A") - HOUR) <= NEAR
    assert not Intent.objects.filter(needs_decision=True).exists()


def test_a_start_of_two_days_ago_has_the_time_until_its_stop_that_comes_right_after_it(morning: Morning) -> None:
    morning.it_is(50 * HOUR)
    assert morning.click("post", "start", 0, item=A, notes="", **morning.pick).status_code == 201
    assert morning.click("post", "stop", HOUR, item=None, start_key=morning.last_key).status_code == 200
    assert abs(morning.minutes("A") - HOUR) <= NEAR


def test_a_start_of_two_days_ago_that_goes_on_is_asked_about_from_its_click_on(morning: Morning) -> None:
    morning.it_is(50 * HOUR)
    morning.click("post", "start", 0, item=A, notes="", **morning.pick)
    check_due(now=morning.clock())
    (found,) = morning.http.get("/timer/state").json()["forgotten"]
    assert abs(datetime.fromisoformat(found["began_at"]) - TEN) <= MINUTE
    ended = {"stop_at": (TEN + HOUR * MINUTE).isoformat(), "answer": "stop", "forgotten_id": found["id"]}
    assert morning.click("post", "forgotten", 50 * HOUR, **ended).status_code == 200
    assert (morning.running(), abs(morning.minutes("A") - HOUR) <= NEAR) == (None, True)
