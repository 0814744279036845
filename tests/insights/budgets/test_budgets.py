"""What is spent and left of each kind of budget, and when it runs out, worked out by hand."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from harvest_bridge.insights.budgets import alerts
from harvest_bridge.insights.budgets.report import Budgets
from harvest_bridge.webhooks.models import Event
from tests.insights.asking import Asking
from tests.insights.mirrored import Mirrored
from tests.insights.records import entry, expense, project

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 6, 30, 12, 0, tzinfo=UTC)
KINDS: dict[str, tuple[dict[str, Any], str | None, str, str, str | None]] = {
    # fields, budget, spent, unit, left; two billable hours at 100 in May, ten in June of which four not billable
    "project": ({"budget": 20}, "20", "12", "hours", "8"),
    "project_cost": ({"cost_budget": 1000}, "1000.00", "800.00", "money", "200.00"),
    "with expenses": (
        {"cost_budget": 1000, "cost_budget_include_expenses": True},
        "1000.00",
        "855.50",
        "money",
        "144.50",
    ),
    "task": ({}, "30", "12", "hours", "18"),
    "task_fees": ({"cost_budget_include_expenses": True}, "30.00", "800.00", "money", "-770.00"),
    "person": ({}, "7", "12", "hours", "-5"),
}


def assignment(number: int, budget: float | None, **fields: Any) -> dict[str, Any]:
    return {"id": number, "project": {"id": 5, "name": "Project 5"}, "budget": budget, "is_active": True, **fields}


def work(account: Mirrored) -> None:
    account.put(
        "time_entries",
        entry(1, "2026-05-04", 2),
        entry(2, "2026-06-08", 5.9, rounded_hours=6.0),
        entry(3, "2026-06-22", 4, billable=False, billable_rate=None),
        entry(4, "2026-06-22", 50, budgeted=False),
    )
    account.put("expenses", expense(1, "2026-06-01", 55.5, billable=False))
    account.put("task_assignments", assignment(1, 10), assignment(2, 20), assignment(3, None))
    account.put("user_assignments", assignment(1, 7), assignment(2, None))


def budget(account: Mirrored, now: datetime = NOW) -> dict[str, Any]:
    budgets = Budgets(account.connection, now=now)
    [found] = budgets.all()
    return budgets.serialize(found)


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_of_budget(account: Mirrored, kind: str) -> None:
    fields, given, spent, unit, left = KINDS[kind]
    account.put("projects", project(5, budget_by="project_cost" if kind == "with expenses" else kind, **fields))
    work(account)

    row = budget(account)

    assert (row["budget"], row["spent"], row["unit"], row["left"]) == (given, spent, unit, left)
    assert row["currency"] == ("EUR" if unit == "money" else None)


def test_a_project_without_a_budget_is_left_out(account: Mirrored, ask: Asking) -> None:
    account.put("projects", project(5))

    assert ask.get("budgets")["result"] == []


def test_a_monthly_budget_begins_anew_with_the_month_of_the_account(account: Mirrored) -> None:
    account.put("projects", project(5, budget_by="project", budget=20, budget_is_monthly=True))
    work(account)

    assert (budget(account)["spent"], budget(account)["period"]) == ("10", "2026-06")
    in_berlin = datetime(2026, 6, 30, 22, 30, tzinfo=UTC)  # half past midnight there
    assert (budget(account, in_berlin)["spent"], budget(account, in_berlin)["period"]) == ("0", "2026-07")


def test_a_blank_budget_is_none_and_zero_is_one(account: Mirrored) -> None:
    account.put("projects", project(5, budget_by="task"))
    account.put("time_entries", entry(1, "2026-06-08", 1))
    account.put("task_assignments", assignment(1, None))
    assert (budget(account)["budget"], budget(account)["left"]) == (None, None)

    account.put("task_assignments", assignment(1, 0))

    assert (budget(account)["budget"], budget(account)["left"]) == ("0", "-1")


def test_what_is_spent_and_left_add_up_to_the_budget(account: Mirrored) -> None:
    account.put("projects", project(5, budget_by="project_cost", cost_budget=10_000))
    account.put("time_entries", entry(1, "2026-06-08", 0.05, billable_rate=66.9))  # 3.345

    row = budget(account)

    assert (row["budget"], row["spent"], row["left"]) == ("10000.00", "3.35", "9996.65")


@pytest.mark.parametrize(
    ("given", "runs_out_on"),
    [
        (20, "2026-07-23"),  # 8 left; 10 in 28 days; 22.4 days
        (17, "2026-07-14"),  # 5 left: 14 days
        (12, "2026-06-30"),  # nothing left
        (10, "2026-06-30"),  # over
    ],
)
def test_the_day_on_which_it_runs_out_at_the_pace_of_four_weeks(
    account: Mirrored, given: float, runs_out_on: str
) -> None:
    account.put("projects", project(5, budget_by="project", budget=given))
    work(account)

    row = budget(account)

    assert row["burn_per_week"] == "2.5"
    assert row["runs_out_on"].isoformat() == runs_out_on


def test_at_no_pace_it_never_runs_out(account: Mirrored) -> None:
    account.put("projects", project(5, budget_by="project", budget=20))
    work(account)

    assert budget(account, NOW + timedelta(days=60))["runs_out_on"] is None


def test_a_monthly_budget_may_outlast_its_month(account: Mirrored) -> None:
    account.put("projects", project(5, budget_by="project", budget=20, budget_is_monthly=True))
    work(account)

    assert budget(account)["runs_out_within_period"] is False


def test_a_fee_without_a_rate_is_unknown_and_counted(account: Mirrored) -> None:
    account.put("projects", project(5, budget_by="project_cost", cost_budget=100))
    account.put("time_entries", entry(1, "2026-06-08", 1, billable_rate=None))

    budgets = Budgets(account.connection, now=NOW)
    [found] = budgets.all()

    assert (budgets.serialize(found)["spent"], budgets.serialize(found)["left"]) == (None, None)
    assert budgets.missing["entries_without_billable_rate"]


def test_a_budget_opens_into_its_entries(account: Mirrored, ask: Asking) -> None:
    account.put("projects", project(5, budget_by="project", budget=20))
    work(account)

    [row] = ask.get("budgets")["result"]

    assert ask.follow(row["entries"])["total"]["rounded_hours"] == row["spent"]


def told() -> list[tuple[int, int, str]]:
    rows = Event.objects.filter(type="budget.threshold_crossed").order_by("pk")
    return [(row.data["project_id"], row.data["percent"], row.data["period"]) for row in rows]


def test_a_threshold_is_told_once_in_its_period(account: Mirrored) -> None:
    account.put("projects", project(5, budget_by="project", budget=20))
    account.put("time_entries", entry(1, "2026-06-08", 9))
    alerts.look(account.connection, now=NOW)
    assert told() == []

    for number, hours in enumerate((10, 9, 10, 15.99, 16, 25)):
        account.put("time_entries", entry(1, "2026-06-08", hours))
        alerts.look(account.connection, now=NOW + timedelta(minutes=number))

    assert told() == [(5, 50, "all"), (5, 80, "all"), (5, 100, "all")]


def test_a_monthly_budget_tells_again_in_the_next_month(account: Mirrored) -> None:
    account.put("projects", project(5, budget_by="project", budget=20, budget_is_monthly=True))
    alerts.look(account.connection, now=NOW)
    account.put("time_entries", entry(1, "2026-06-08", 12))
    alerts.look(account.connection, now=NOW)
    account.put("time_entries", entry(2, "2026-07-02", 12))

    alerts.look(account.connection, now=NOW + timedelta(days=3))

    assert told() == [(5, 50, "2026-06"), (5, 50, "2026-07")]


def test_of_the_first_look_the_highest_is_told_and_of_archived_projects_nothing(account: Mirrored) -> None:
    account.put("projects", project(5, budget_by="project", budget=20))
    account.put("projects", project(6, budget_by="project", budget=20, is_active=False))
    account.put("time_entries", entry(1, "2026-06-08", 17), entry(2, "2026-06-08", 17, project=6))

    alerts.look(account.connection, now=NOW)

    assert told() == [(5, 80, "all")]


def test_a_host_sets_its_own_thresholds(account: Mirrored, ask: Asking) -> None:
    assert ask.get("budgets/settings") == {"thresholds": [50, 80, 100]}
    assert ask.send("patch", "budgets/settings", {"thresholds": [90, 75]}) == {"thresholds": [75, 90]}
    ask.send("patch", "budgets/settings", {"thresholds": [0]}, status=400)
    account.put("projects", project(5, budget_by="project", budget=20))
    alerts.look(account.connection, now=NOW)
    account.put("time_entries", entry(1, "2026-06-08", 15))

    alerts.look(account.connection, now=NOW)

    assert told() == [(5, 75, "all")]


def test_a_difference_from_harvests_own_report_is_shown(account: Mirrored, ask: Asking) -> None:
    account.put("projects", project(5, budget_by="project", budget=20))
    work(account)
    account.put("reports_project_budget", {"project_id": 5, "budget": 20.0, "budget_spent": 12.5})

    alerts.look(account.connection, now=NOW)

    answer = ask.get("budgets")
    assert answer["result"][0]["harvest"]["spent"] == "12.5"
    assert answer["result"][0]["harvest"]["difference"] == "-0.5"
    assert answer["missing"]["budgets_that_differ_from_harvest"] == 1


@pytest.mark.parametrize("resource", ["projects", "time_entries", "task_assignments"])
def test_what_it_is_made_of_is_a_409(account: Mirrored, ask: Asking, resource: str) -> None:
    account.say(resource, "partial", "rights", "administrator")

    assert ask.get("budgets", status=409)["code"] == "stream_not_complete"
