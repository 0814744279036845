"""Who works on what now, how full their week is, and that whoever it is told to hears of it once."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from harvest_bridge.insights.utilization import alerts
from harvest_bridge.insights.utilization.models import UtilizationSettings
from harvest_bridge.insights.utilization.now import Now
from harvest_bridge.webhooks.models import Event
from tests.insights.asking import Asking
from tests.insights.mirrored import Mirrored
from tests.insights.records import client, entry, person, project, task

pytestmark = pytest.mark.django_db
THURSDAY = datetime(2026, 6, 4, 15, 0, tzinfo=UTC)  # in Tokyo it is Friday


@pytest.fixture
def carmen(mirrored: Mirrored) -> Mirrored:
    mirrored.put("users", person(1, "Carmen Ruiz"), person(2, "Hana Sato", timezone="Tokyo"))
    mirrored.put("clients", client(3))
    mirrored.put("projects", project(5))
    mirrored.put("tasks", task(9))
    mirrored.put("time_entries", *(entry(100 + user, "2026-01-05", 1, user=user) for user in (1, 2)))
    return mirrored


def now_of(mirrored: Mirrored, at: datetime = THURSDAY) -> dict[int, Any]:
    now = Now(mirrored.connection, now=at)
    return {row["user_id"]: row for row in map(now.serialize, now.lines())}


def told() -> list[tuple[str, int, str, str | None]]:
    rows = Event.objects.filter(type__startswith="utilization.").order_by("pk")
    return [(row.type, row.data["user_id"], row.data["band"], row.data["previous_band"]) for row in rows]


def work(mirrored: Mirrored, hours: float, *, number: int = 1, day: str = "2026-06-01", user: int = 1) -> None:
    mirrored.put("time_entries", entry(number, day, hours, user=user))


def test_a_running_timer_shows_what_is_worked_on(carmen: Mirrored) -> None:
    running = entry(1, "2026-06-04", 1.5, is_running=True, timer_started_at="2026-06-04T13:30:00Z", notes="Icons")
    carmen.put("time_entries", running)

    row = now_of(carmen)[1]

    assert row["running"]["time_entry_id"] == 1
    assert row["running"]["project"] == {"id": 5, "name": "Project 5"}
    assert (row["running"]["hours"], row["today"]["worked_hours"], row["today"]["left_hours"]) == ("1.5", "1.5", "6.5")


def test_today_and_this_week_are_those_of_the_persons_zone(carmen: Mirrored) -> None:
    work(carmen, 3, day="2026-06-04", user=1)
    work(carmen, 2, number=2, day="2026-06-05", user=2)

    rows = now_of(carmen)

    assert (rows[1]["today"]["date"].isoformat(), rows[1]["today"]["worked_hours"]) == ("2026-06-04", "3")
    assert (rows[2]["today"]["date"].isoformat(), rows[2]["today"]["worked_hours"]) == ("2026-06-05", "2")
    assert rows[1]["week"]["left_hours"] == "37"


def test_the_route_answers_with_the_frame(carmen: Mirrored, ask: Asking) -> None:
    answer = ask.get("utilization/now")

    assert answer["coverage"]["is_complete"] is True
    assert {row["name"] for row in answer["result"]} == {"Carmen Ruiz", "Hana Sato"}


def test_a_click_that_fills_the_week_is_told_once(carmen: Mirrored) -> None:
    work(carmen, 30)
    alerts.look(carmen.connection, now=THURSDAY)
    work(carmen, 36)

    for minute in range(3):
        alerts.look(carmen.connection, now=THURSDAY + timedelta(minutes=minute))

    assert told() == [("utilization.over", 1, "over", "on_target")]


def test_over_becomes_overbooked(carmen: Mirrored) -> None:
    for number, hours in enumerate((30, 36, 41)):
        work(carmen, hours)
        alerts.look(carmen.connection, now=THURSDAY + timedelta(minutes=number))

    assert told() == [
        ("utilization.over", 1, "over", "on_target"),
        ("utilization.over", 1, "overbooked", "over"),
    ]


def test_a_week_that_lags_behind_its_days_is_under(carmen: Mirrored) -> None:
    """Three days were over, of 24 h; the target of them is 19.2 h, and under is below 17.28 h."""
    work(carmen, 17.28)
    alerts.look(carmen.connection, now=THURSDAY)
    work(carmen, 17.27)

    alerts.look(carmen.connection, now=THURSDAY + timedelta(minutes=1))

    assert told() == [("utilization.under", 1, "under", "on_target")]


def test_nothing_is_told_on_a_monday_before_anything_is_over(carmen: Mirrored) -> None:
    monday = datetime(2026, 6, 1, 6, 0, tzinfo=UTC)
    work(carmen, 40, day="2026-05-25")
    alerts.look(carmen.connection, now=monday)

    work(carmen, 0.01, number=2, day="2026-06-01")
    alerts.look(carmen.connection, now=monday + timedelta(minutes=1))

    assert told() == []


def test_an_edit_of_last_week_is_told(carmen: Mirrored) -> None:
    work(carmen, 32, day="2026-05-27")
    alerts.look(carmen.connection, now=THURSDAY)
    before = len(told())
    work(carmen, 2, day="2026-05-27")

    alerts.look(carmen.connection, now=THURSDAY + timedelta(minutes=1))

    assert told()[before:] == [("utilization.under", 1, "under", "on_target")]


def test_the_first_look_tells_what_is_over_this_week_alone(carmen: Mirrored) -> None:
    work(carmen, 50, number=1, day="2026-05-26")
    work(carmen, 41, number=2, day="2026-06-02")

    alerts.look(carmen.connection, now=THURSDAY)

    assert told() == [("utilization.over", 1, "overbooked", None)]


def test_a_timer_that_runs_is_looked_at_though_nothing_else_changes(carmen: Mirrored) -> None:
    running = entry(1, "2026-06-04", 35.0, is_running=True)
    carmen.put("time_entries", running)
    alerts.look(carmen.connection, now=THURSDAY)
    position = UtilizationSettings.objects.get(connection=carmen.connection).watched_position
    carmen.put("time_entries", {**running, "hours": 40.5, "rounded_hours": 40.5})

    alerts.look(carmen.connection, now=THURSDAY + timedelta(minutes=1))

    assert UtilizationSettings.objects.get(connection=carmen.connection).watched_position == position
    assert [band for _, _, band, _ in told()][-1] == "overbooked"


def test_an_account_without_a_whole_mirror_is_left_alone(carmen: Mirrored) -> None:
    carmen.say("time_entries", "partial", "loading")

    assert alerts.look_at_all(now=THURSDAY) == 0
