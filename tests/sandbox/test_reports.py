"""Reports agree with the lists, REFERENCE §9."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import pytest

from harvest_bridge.sandbox.testing import RunningSandbox

SPAN = {"from": "2026-08-01", "to": "2026-10-31"}


def results(harvest: RunningSandbox, path: str, who: str = "alice", **params: Any) -> list[dict[str, Any]]:
    answer = harvest.get(f"/v2/reports/{path}", who, params={**SPAN, **params})
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()["results"]
    return found


def listed(harvest: RunningSandbox, path: str, who: str = "alice") -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = harvest.get(f"/v2/{path}", who, params=SPAN).json()[path]
    return found


def exact(value: Any) -> Decimal:
    return Decimal(str(value or 0))


TIME = [
    ("clients", "client_id", lambda one: one["client"]["id"]),
    ("projects", "project_id", lambda one: one["project"]["id"]),
    ("tasks", "task_id", lambda one: one["task"]["id"]),
    ("team", "user_id", lambda one: one["user"]["id"]),
]


@pytest.mark.parametrize("who", ["alice", "bruno", "carmen"])
@pytest.mark.parametrize(("path", "column", "subject"), TIME)
def test_time_reports_sum_the_entries_of_the_list(
    harvest: RunningSandbox, path: str, column: str, subject: Any, who: str
) -> None:
    wanted: defaultdict[Any, list[Decimal]] = defaultdict(lambda: [Decimal(0)] * 3)
    for one in listed(harvest, "time_entries", who):
        hours, billable = exact(one["rounded_hours"]), one["billable"]
        sums = wanted[subject(one), one["client"]["currency"] if who != "carmen" else None]
        sums[0] += hours
        sums[1] += hours if billable else 0
        sums[2] += hours * exact(one["billable_rate"])
    seen: defaultdict[Any, list[Decimal]] = defaultdict(lambda: [Decimal(0)] * 3)
    for row in results(harvest, f"time/{path}", who):
        sums = seen[row[column], row.get("currency")]
        for place, name in enumerate(("total_hours", "billable_hours", "billable_amount")):
            sums[place] += exact(row.get(name))
    assert seen == wanted


def test_money_columns_are_for_those_who_see_rates(harvest: RunningSandbox) -> None:
    assert {"currency", "billable_amount"} <= set(results(harvest, "time/clients")[0])
    assert not {"currency", "billable_amount"} & set(results(harvest, "time/clients", "carmen")[0])


def test_a_running_timer_counts_as_it_shows(harvest: RunningSandbox, track: Any) -> None:
    track(spent_date="2025-12-24")
    harvest.advance(2 * 3600)
    row = results(harvest, "time/team", "carmen", **{"from": "2025-12-24", "to": "2025-12-24"})
    day = harvest.get("/v2/time_entries?from=2025-12-24&to=2025-12-24", "carmen").json()["time_entries"]
    assert sum(one["total_hours"] for one in row) == pytest.approx(sum(one["hours"] for one in day))


def test_rows_stand_by_name_with_the_code_in_front(harvest: RunningSandbox) -> None:
    names = [row["project_name"] for row in results(harvest, "time/projects")]
    assert names == sorted(names, key=str.lower)
    assert all(name.startswith("[") for name in names)


def test_fixed_fee_projects_can_be_left_out(harvest: RunningSandbox) -> None:
    rows = results(harvest, "time/projects")
    harvest.patch(f"/v2/projects/{rows[0]['project_id']}", json={"is_fixed_fee": True})
    assert results(harvest, "time/projects") == rows
    assert results(harvest, "time/projects", include_fixed_fee="false") == rows[1:]


@pytest.mark.parametrize(("currency", "digits"), [("JPY", 0), ("USD", 2), ("KWD", 3)])
def test_money_is_rounded_to_the_currency_as_invoices_are(harvest: RunningSandbox, currency: str, digits: int) -> None:
    wanted: defaultdict[int, Decimal] = defaultdict(Decimal)
    for client in harvest.account.clients:
        client.currency = currency
    for person in harvest.account.users:
        for rate in person.billable_rates:
            rate.amount += Decimal("0.333")
    for one in listed(harvest, "time_entries"):
        wanted[one["client"]["id"]] += exact(one["rounded_hours"]) * exact(one["billable_rate"])
    unit = Decimal(1).scaleb(-digits)
    for row in results(harvest, "time/clients"):
        assert exact(row["billable_amount"]) == wanted[row["client_id"]].quantize(unit, ROUND_HALF_UP)


EXPENSES = [
    ("clients", "client_id", lambda one: one["client"]["id"]),
    ("projects", "project_id", lambda one: one["project"]["id"]),
    ("categories", "expense_category_id", lambda one: one["expense_category"]["id"]),
    ("team", "user_id", lambda one: one["user"]["id"]),
]


@pytest.mark.parametrize(("path", "column", "subject"), EXPENSES)
def test_expense_reports_sum_the_expenses_of_the_list(
    harvest: RunningSandbox, path: str, column: str, subject: Any
) -> None:
    wanted: defaultdict[Any, list[Decimal]] = defaultdict(lambda: [Decimal(0)] * 2)
    for one in listed(harvest, "expenses"):
        sums = wanted[subject(one), one["client"]["currency"]]
        sums[0] += exact(one["total_cost"])
        sums[1] += exact(one["total_cost"]) if one["billable"] else 0
    rows = results(harvest, f"expenses/{path}")
    seen = {(row[column], row["currency"]): [exact(row["total_amount"]), exact(row["billable_amount"])] for row in rows}
    assert seen == wanted


def test_uninvoiced_is_what_importing_would_bill(harvest: RunningSandbox) -> None:
    row = next(row for row in results(harvest, "uninvoiced") if row["uninvoiced_amount"])
    spec = {
        "project_ids": [row["project_id"]],
        "time": {"summary_type": "task", **SPAN},
        "expenses": {"summary_type": "category", **SPAN},
    }
    invoice = harvest.post("/v2/invoices", json={"client_id": row["client_id"], "line_items_import": spec}).json()
    assert invoice["amount"] == pytest.approx(row["uninvoiced_amount"])
    after = next(one for one in results(harvest, "uninvoiced") if one["project_id"] == row["project_id"])
    assert (after["uninvoiced_hours"], after["uninvoiced_expenses"], after["uninvoiced_amount"]) == (0.0, 0.0, 0.0)
    assert after["total_hours"] == row["total_hours"]


@pytest.mark.parametrize(
    ("params", "status"),
    [
        ({"from": "20260801", "to": "20261031"}, 200),
        ({"from": "2025-08-01", "to": "2026-08-01"}, 200),
        ({"from": "2025-08-01", "to": "2026-08-02"}, 422),
        ({"from": "", "to": "2026-08-02"}, 422),
        ({"from": "2026-08-01", "to": "never"}, 422),
    ],
)
def test_a_report_needs_a_period_of_a_year_at_most(
    harvest: RunningSandbox, params: dict[str, str], status: int
) -> None:
    for path in ("time/clients", "expenses/team", "uninvoiced"):
        assert harvest.get(f"/v2/reports/{path}", params=params).status_code == status


def budget(harvest: RunningSandbox, code: str, who: str = "alice") -> dict[str, Any] | None:
    project = next(one for one in harvest.account.projects if one.code == code)
    rows = harvest.get("/v2/reports/project_budget", who).json()["results"]
    return next((row for row in rows if row["project_id"] == project.id), None)


def test_a_budget_in_hours_is_spent_by_its_entries(harvest: RunningSandbox) -> None:
    row = budget(harvest, "NW-STORE")
    assert row is not None
    project = harvest.account.projects[row["project_id"]]
    spent = sum((one.hours for one in harvest.account.time_entries.of_project(project.id)), Decimal(0))
    assert (row["budget"], row["budget_spent"], row["budget_remaining"]) == (1200.0, float(spent), float(1200 - spent))


def test_a_monthly_budget_begins_anew(harvest: RunningSandbox) -> None:
    row = budget(harvest, "TO-CARE")
    assert row is not None
    first = harvest.now().date().replace(day=1)
    entries = harvest.account.time_entries.of_project(row["project_id"])
    spent = sum((one.hours for one in entries if one.spent_date >= first), Decimal(0))
    assert (row["budget_is_monthly"], row["budget_spent"]) == (True, float(spent))


def test_hours_of_somebody_whose_budget_is_blank_are_not_counted(harvest: RunningSandbox) -> None:
    """As the entries' own `budgeted` says."""
    with harvest.world.lock:
        project = next(one for one in harvest.account.projects if one.budget_by == "person")
        entries = [one for one in harvest.account.time_entries.of_project(project.id) if not one.is_running]
        blank = entries[0].user_assignment
        blank.budget = None
    spent = sum((one.hours for one in entries if one.user_assignment is not blank), Decimal(0))

    rows = harvest.get("/v2/reports/project_budget", params={"per_page": 2000}).json()["results"]

    row = next(one for one in rows if one["project_id"] == project.id)
    assert row["budget_spent"] == float(spent)


def test_total_fees_alone_may_include_expenses(harvest: RunningSandbox) -> None:
    """REFERENCE §16.2."""
    with harvest.world.lock:
        project = next(one for one in harvest.account.projects if one.code == "KA-LOYAL")
        next(iter(harvest.account.expenses)).project = project
    spent = budget(harvest, "KA-LOYAL")

    harvest.patch(f"/v2/projects/{project.id}", json={"cost_budget_include_expenses": True})

    assert budget(harvest, "KA-LOYAL") == spent


def test_a_budget_in_money_is_for_those_who_see_rates(harvest: RunningSandbox) -> None:
    seen = budget(harvest, "NW-TRAIL")
    assert seen is not None
    assert seen["budget"] == 90000.0
    with harvest.world.lock:
        harvest.user("bruno").access_roles = ["manager"]
        trail = next(one for one in harvest.account.projects if one.code == "NW-TRAIL")
        pair = harvest.account.assignment_of(harvest.user("bruno"), trail)
        assert pair is not None
        pair.is_project_manager = True
    hidden = budget(harvest, "NW-TRAIL", "bruno")
    assert hidden is not None
    assert (hidden["budget"], hidden["budget_spent"], hidden["budget_remaining"]) == (None, None, None)


def test_members_see_budgets_that_are_shown_to_everybody(harvest: RunningSandbox) -> None:
    rows = harvest.get("/v2/reports/project_budget", "carmen").json()["results"]
    projects = [harvest.account.projects[row["project_id"]] for row in rows]
    assert projects
    assert all(project.show_budget_to_all for project in projects)


def test_active_budgets_can_be_asked_for(harvest: RunningSandbox) -> None:
    rows = harvest.get("/v2/reports/project_budget?is_active=false").json()["results"]
    assert [row["is_active"] for row in rows] == [False]


def test_reports_round_as_the_account_does(harvest: RunningSandbox) -> None:
    harvest.account.company.rounding_minutes = 30
    day = date(2024, 12, 2)
    harvest.add_entry("carmen", hours="0.10", spent_date=day)
    harvest.add_entry("carmen", hours="1.01", spent_date=day + timedelta(days=1))
    rows = results(harvest, "time/team", "carmen", **{"from": "2024-12-01", "to": "2024-12-10"})
    assert [row["total_hours"] for row in rows] == [2.0]
