"""A start that is corrected while Harvest is away, or offline: it holds though the timer is over by then."""

from __future__ import annotations

from typing import Any

import pytest

from timer_widget.models import Intent

from .people import ITEM
from .morning import MINUTE, NEAR, TEN, Morning, has_times, morning

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
