"""How much somebody works, and when: capacity with its history, patterns, holidays, employment, targets."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from harvest_bridge.insights.records.people import people_of
from harvest_bridge.insights.utilization.capacity_history import note_capacities
from harvest_bridge.insights.utilization.models import CapacityStep, WorkTerms
from tests.insights.asking import Asking
from tests.insights.mirrored import Mirrored
from tests.insights.records import entry, person, project, task

pytestmark = pytest.mark.django_db
WEEK = {"from": "2026-06-01", "to": "2026-06-07"}


@pytest.fixture
def carmen(mirrored: Mirrored) -> Mirrored:
    mirrored.put("users", person(1, "Carmen Ruiz", roles=["Design"]), person(2, "Dev Patel", roles=["Build"]))
    mirrored.put("time_entries", entry(1, "2026-01-05", 1), entry(2, "2026-01-05", 1, user=2))
    return mirrored


def capacity(ask: Asking, user: int = 1, **query: Any) -> str:
    [row] = ask.get("utilization", **{**WEEK, "user_id": user, **query})["result"]
    return str(row["capacity_hours"])


def test_capacity_is_spread_over_monday_to_friday(carmen: Mirrored, ask: Asking) -> None:
    [row] = ask.get("utilization", **WEEK, user_id=1, interval="day")["result"]

    assert [one["capacity_hours"] for one in row["intervals"]] == ["8"] * 5 + ["0"] * 2


def test_days_of_a_week_add_up_where_a_fifth_is_no_round_number(carmen: Mirrored, ask: Asking) -> None:
    carmen.put("users", person(1, weekly_capacity=100_000))  # 27.777… hours

    [row] = ask.get("utilization", **WEEK, user_id=1, interval="day")["result"]

    assert row["capacity_hours"] == "27.777778"
    assert {one["capacity_hours"] for one in row["intervals"][:5]} == {"5.555555", "5.555556"}


def test_a_working_pattern_says_on_which_days_the_hours_lie(carmen: Mirrored, ask: Asking) -> None:
    pattern = {"monday": 6, "tuesday": 6, "saturday": "4"}
    ask.send("put", "utilization/terms", {"user_id": 1, "working_pattern": pattern})

    [row] = ask.get("utilization", **WEEK, user_id=1, interval="day")["result"]

    assert [one["capacity_hours"] for one in row["intervals"]] == ["15", "15", "0", "0", "0", "10", "0"]


def test_terms_hold_from_their_day_on(carmen: Mirrored, ask: Asking) -> None:
    ask.send("put", "utilization/terms", {"user_id": 1, "from": "2026-06-03", "weekly_capacity_hours": 20})

    assert capacity(ask) == "28"  # two days of eight, three of four
    assert capacity(ask, user=2) == "40"


def test_a_persons_terms_come_before_their_roles_and_those_before_the_accounts(carmen: Mirrored, ask: Asking) -> None:
    ask.send("put", "utilization/terms", {"weekly_capacity_hours": 30})
    ask.send("put", "utilization/terms", {"role": "Design", "weekly_capacity_hours": 25})
    assert (capacity(ask), capacity(ask, user=2)) == ("25", "30")

    mine = ask.send("put", "utilization/terms", {"user_id": 1, "weekly_capacity_hours": 10})
    assert capacity(ask) == "10"

    ask.send("delete", f"utilization/terms/{mine['id']}")
    assert capacity(ask) == "25"


def test_holidays_are_those_of_the_subdivision(carmen: Mirrored, ask: Asking) -> None:
    """Corpus Christi, 4 June 2026, is one in Bavaria and none in Berlin."""
    ask.send("put", "utilization/terms", {"country": "DE", "subdivision": "BE"})
    ask.send("put", "utilization/terms", {"user_id": 2, "country": "DE", "subdivision": "BY"})

    assert (capacity(ask), capacity(ask, user=2)) == ("40", "32")


def test_what_harvest_says_of_capacity_is_kept_from_the_day_it_was_seen(carmen: Mirrored, ask: Asking) -> None:
    seen_at = datetime(2026, 6, 2, 23, 30, tzinfo=UTC)  # in Berlin it is the third
    note_capacities(carmen.connection, people_of(carmen.mirror).values(), now=seen_at - timedelta(days=30))
    carmen.put("users", person(1, weekly_capacity=72_000))

    note_capacities(carmen.connection, people_of(carmen.mirror).values(), now=seen_at)

    assert capacity(ask) == "28"
    history = next(one for one in ask.every("utilization/people") if one["user_id"] == 1)["capacity_history"]
    assert history == [
        {"from": None, "weekly_capacity_hours": "40"},
        {"from": "2026-06-03", "weekly_capacity_hours": "20"},
    ]


def test_looking_again_adds_nothing_to_the_history(carmen: Mirrored, ask: Asking) -> None:
    for _ in range(3):
        capacity(ask)

    assert CapacityStep.objects.filter(connection=carmen.connection).count() == 2


def test_who_has_no_capacity_is_listed_and_in_no_share(carmen: Mirrored, ask: Asking) -> None:
    carmen.put("users", person(2, "Dev Patel", weekly_capacity=0))
    carmen.put("time_entries", entry(3, "2026-06-01", 20), entry(4, "2026-06-01", 10, user=2))

    answer = ask.get("utilization", **WEEK)

    assert answer["without_capacity"] == [{"user_id": 2, "name": "Dev Patel", "reason": "no_weekly_capacity"}]
    assert answer["missing"]["people_without_capacity"] == 1
    dev = next(row for row in answer["result"] if row["id"] == "2")
    assert (dev["tracked_hours"], dev["utilization"], dev["band"]) == ("10", None, None)
    assert answer["total"]["tracked_hours"] == "30"
    assert answer["total"]["hours_without_capacity"] == "10"
    assert answer["total"]["utilization"] == "0.5000"  # 20 of 40


def test_employment_is_guessed_from_the_first_entry_to_the_archiving(carmen: Mirrored, ask: Asking) -> None:
    carmen.put("users", person(1, "Carmen Ruiz", is_active=False, updated_at="2026-06-03T12:00:00Z"))
    carmen.put("time_entries", entry(1, "2026-06-02", 1))

    [row] = ask.get("utilization", **WEEK, user_id=1)["result"]

    assert row["is_employment_guessed"] is True
    assert row["capacity_hours"] == "16"  # Tuesday and Wednesday


def test_employment_that_the_host_sets_is_no_guess(carmen: Mirrored, ask: Asking) -> None:
    shown = ask.send("patch", "utilization/people/1", {"starts_on": "2026-06-04", "ends_on": "2026-06-30"})

    assert (shown["starts_on"], shown["is_start_guessed"]) == ("2026-06-04", False)
    assert capacity(ask) == "16"
    ask.send("patch", "utilization/people/1", {"ends_on": "2026-01-01"}, status=400)


def test_a_target_is_a_persons_before_it_is_the_accounts(carmen: Mirrored, ask: Asking) -> None:
    carmen.put("time_entries", entry(3, "2026-06-01", 26))
    ask.send("patch", "utilization/settings", {"target": "0.9"})
    assert ask.get("utilization", **WEEK, user_id=1)["result"][0]["band"] == "under"  # 0.65 of 0.9

    ask.send("put", "utilization/terms", {"user_id": 1, "target": 0.65})

    [row] = ask.get("utilization", **WEEK, user_id=1)["result"]
    assert (row["target"], row["band"]) == ("0.6500", "on_target")


@pytest.mark.parametrize(
    ("hours", "band"),
    [(28.79, "under"), (28.8, "on_target"), (35.2, "on_target"), (35.21, "over"), (40, "over"), (40.01, "overbooked")],
)
def test_bands_by_the_usual_limits(carmen: Mirrored, ask: Asking, hours: float, band: str) -> None:
    """A target of 32 of 40 h: under below 28.8, over above 35.2, overbooked above 40."""
    carmen.put("time_entries", entry(3, "2026-06-01", hours))

    [row] = ask.get("utilization", **WEEK, user_id=1)["result"]

    assert row["band"] == band


def test_what_cannot_be_set_is_refused_and_named(carmen: Mirrored, ask: Asking) -> None:
    refused = {
        "country: 'XX'": ("put", "utilization/terms", {"country": "XX"}),
        "known are": ("put", "utilization/terms", {"country": "DE", "subdivision": "ZZ"}),
        "absence_task_ids": ("patch", "utilization/settings", {"absence_task_ids": [123]}),
        "user_id": ("put", "utilization/terms", {"user_id": 123, "target": 1}),
        "hours": ("put", "utilization/terms", {"working_pattern": {"monday": 0}}),
    }
    for words, (verb, path, body) in refused.items():
        assert words in str(ask.send(verb, path, body, status=400)), words


def test_absence_on_a_project_counts_as_on_a_task(carmen: Mirrored, ask: Asking) -> None:
    carmen.put("projects", project(77))
    carmen.put("tasks", task(9))
    carmen.put("time_entries", entry(3, "2026-06-01", 8, project=77))
    ask.send("patch", "utilization/settings", {"absence_project_ids": [77]})

    [row] = ask.get("utilization", **WEEK, user_id=1)["result"]

    assert (row["absence_hours"], row["capacity_hours"]) == ("8", "32")


def test_a_first_sight_holds_for_the_time_before(carmen: Mirrored, ask: Asking) -> None:
    note_capacities(carmen.connection, people_of(carmen.mirror).values(), now=timezone.now())

    assert capacity(ask, **{"from": "2026-02-02", "to": "2026-02-08"}) == "40"


def test_the_same_terms_from_the_same_day_cannot_be_kept_twice(carmen: Mirrored) -> None:
    """Also where nobody is named, and no day."""
    WorkTerms.objects.create(connection=carmen.connection, role="Design")

    with pytest.raises(IntegrityError), transaction.atomic():
        WorkTerms.objects.create(connection=carmen.connection, role="Design")


def test_limits_that_cross_are_refused(carmen: Mirrored, ask: Asking) -> None:
    refused = ask.send("patch", "utilization/settings", {"under_below": "1.5"}, status=400)

    assert refused["message"].startswith("under_below: 1.5")
    ask.send("patch", "utilization/settings", {"under_below": "1.5", "over_above": "1.6"})
