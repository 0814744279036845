"""Starts of so long ago that no entry can hold what would have been worked: their person says when the work ended."""

from __future__ import annotations

import pytest

from timer_widget.models import Intent

from .morning import MINUTE, NEAR, TEN, Morning, has_times, morning, only_hours
from .people import ITEM

__all__ = ["has_times", "morning"]
pytestmark = pytest.mark.django_db

HOUR = 60
A = ITEM | {"id": "A", "name": "A"}


@pytest.mark.parametrize("has_times", [True], ids=["clock"])
def test_a_start_of_two_days_ago_that_goes_on_is_asked_about_where_entries_have_a_start_and_an_end(
    morning: Morning,
) -> None:
    """The clock of an entry says nothing of whole days."""
    morning.start("B", 0)
    morning.it_is(50 * HOUR)
    answer = morning.click("post", "start", HOUR, item=A, notes="", **morning.pick)
    assert (answer.status_code, answer.json()["code"]) == (400, "start_out_of_reach")
    assert (morning.running(), morning.minutes("A")) == ("B", 0)
    (waiting,) = morning.http.get("/timer/state").json()["clicks"]
    assert waiting["choices"] == ["end", "drop"]
    decision = {"key": waiting["key"], "decision": "retry"}
    assert morning.http.post("/timer/clicks/decision", decision, format="json").status_code == 400
    ended = {"ended_at": (TEN + 2 * HOUR * MINUTE).isoformat()}
    assert morning.http.post("/timer/clicks/decision", decision | ended, format="json").status_code == 200
    assert abs(morning.minutes("A") - 60) <= NEAR


@only_hours
def test_a_start_of_two_days_ago_goes_on_where_the_account_counts_hours(morning: Morning) -> None:
    morning.it_is(50 * HOUR)
    assert morning.click("post", "start", 0, item=A, notes="", **morning.pick).status_code == 201
    assert abs(morning.minutes("A") - morning.minutes_now) <= NEAR


def test_a_start_that_would_be_an_entry_of_days_is_asked_about_and_never_done_silently(morning: Morning) -> None:
    morning.start("B", 26 * HOUR)
    morning.it_is(27 * HOUR)
    answer = morning.click("post", "start", 0, item=A, notes="", **morning.pick)
    assert (answer.status_code, answer.json()["code"]) == (400, "start_out_of_reach")
    assert (morning.running(), morning.minutes("A")) == ("B", 0)
    assert Intent.objects.get(item_id="A").needs_decision
