"""Over random Harvests every figure is that of Harvest's own reports, and of its lists added up by hand: for any range
and filter, in currencies of 0, 2 and 3 decimals, before and after rates were dated back and entries changed.

Here it is a few; INSIGHTS_HARVESTS and INSIGHTS_RANGES say how many elsewhere.
"""

from __future__ import annotations

import os
import random
from collections import defaultdict
from collections.abc import Callable, Hashable
from datetime import timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harvest_bridge.connections.models import Connection
from harvest_bridge.sandbox.testing import RunningSandbox
from tests.insights.asking import Asking
from tests.insights.plain_arithmetic import Json, Lists, listed, to_unit
from tests.insights.random_harvest import RandomHarvest
from tests.insights.ranges import FIRST, LAST, MOST_DAYS
from tests.mirror.syncing import Syncing

pytestmark = pytest.mark.django_db
RESOURCES = [
    *("company", "users", "clients", "projects", "tasks", "user_assignments", "task_assignments"),
    *("time_entries", "expenses", "invoices"),
]
HARVESTS, RANGES = (int(os.environ.get(name, few)) for name, few in (("INSIGHTS_HARVESTS", 1), ("INSIGHTS_RANGES", 2)))
OWN = "USD"  # the sandbox's company
KEYS: dict[str, Callable[[Json], Hashable]] = {
    "project": lambda row: str(row["project"]["id"]),
    "client": lambda row: str(row["client"]["id"]),
    "task": lambda row: str(row["task"]["id"]) if "task" in row else "none",
    "person": lambda row: str(row["user"]["id"]),
    "month": lambda row: row["spent_date"][:7],
}


class Comparing:
    """One Harvest, and its mirror as it is now."""

    def __init__(self, sandbox: RunningSandbox, ask: Asking) -> None:
        self.sandbox, self.ask, account = sandbox, ask, sandbox.account
        ids = {name: [one.id for one in getattr(account, f"{name}s")] for name in ("user", "client", "project", "task")}
        some = {name: st.sets(st.sampled_from(found), min_size=1, max_size=4) for name, found in ids.items()}
        self.of_people = {
            "user_id": some["user"],
            "role": st.sampled_from([one.name for one in account.roles]),
            "is_contractor": st.booleans(),
        }
        self.of_work = {"project_id": some["project"], "client_id": some["client"]}
        self.of_entries = {"task_id": some["task"]} | {
            name: st.booleans() for name in ("is_billable", "is_billed", "is_budgeted")
        }

    def in_any_range(self) -> None:
        @settings(max_examples=RANGES, deadline=None, derandomize=True, database=None)
        @given(st.dates(FIRST, LAST), st.integers(0, MOST_DAYS - 1), st.data())
        def look(first: Any, days: int, data: st.DataObject) -> None:
            lists = Lists(self.sandbox, first.isoformat(), (first + timedelta(days=days)).isoformat())
            work, people = (
                data.draw(st.fixed_dictionaries({}, optional=one)) for one in (self.of_work, self.of_people)
            )
            more = data.draw(st.fixed_dictionaries({}, optional=self.of_entries))
            self.reports(lists)
            self.entries(lists, work | people | more)
            self.hours(lists, work | people, data.draw(st.sampled_from(["rounded", "actual"])))
            self.money(lists, {})
            self.money(lists, work)

        look()

    def reports(self, lists: Lists) -> None:
        """Harvest's reports are what its lists add up to."""
        span = {"from": str(lists.first), "to": str(lists.last)}
        for with_fixed in (True, False):
            given = {**span, "include_fixed_fee": str(with_fixed).lower()}
            entries = [one for one in lists.entries if with_fixed or not lists.is_fixed(one)]
            for report, name in (("clients", "client"), ("projects", "project"), ("tasks", "task"), ("team", "user")):
                rows = listed(self.sandbox, f"reports/time/{report}", **given)
                columns = ("total_hours", "billable_hours", "billable_amount")
                assert by_subject(rows, f"{name}_id", *columns) == sums(entries, name, time_columns), (report, given)
            rows = listed(self.sandbox, "reports/uninvoiced", **given)
            expenses = [one for one in lists.expenses if with_fixed or not lists.is_fixed(one)]
            wanted = sums([*entries, *expenses], "project", uninvoiced_columns)
            columns = ("total_hours", "uninvoiced_hours", "uninvoiced_expenses", "uninvoiced_amount")
            assert by_subject(rows, "project_id", *columns) == wanted
        names = {"clients": "client", "projects": "project", "categories": "expense_category", "team": "user"}
        for report, name in names.items():
            rows = listed(self.sandbox, f"reports/expenses/{report}", **span)
            found = by_subject(rows, f"{name}_id", "total_amount", "billable_amount")
            assert found == sums(lists.expenses, name, expense_columns), report

    def entries(self, lists: Lists, filters: Json) -> None:
        rows = lists.chosen(lists.entries, filters)
        found = self.ask.get("entries", **_span(lists), **_query(filters), limit=1)["total"]
        assert found["count"] == len(rows), filters
        for name in ("hours", "rounded_hours"):
            assert Decimal(found[name]) == sum((row[name] for row in rows), Decimal(0)), filters

    def hours(self, lists: Lists, filters: Json, kind: str) -> None:
        """By each grouping; a person of two roles is in the group of both."""
        column = "rounded_hours" if kind == "rounded" else "hours"
        rows = lists.chosen(lists.entries, filters)
        roles = {str(one["id"]): ",".join(one["roles"]) or "none" for one in lists.users.values()}
        keys = {**{by: KEYS[by] for by in ("person", "project", "client")}, "role": lambda row: roles[_person(row)]}
        for by, key in keys.items():
            answer = self.ask.get("utilization", **_span(lists), **_query(filters), by=by, hours=kind, limit=2000)
            wanted: dict[Any, list[Decimal]] = defaultdict(lambda: [Decimal(0)] * 2)
            for row in rows:
                for place in (wanted[key(row)], wanted["all"]):
                    place[0] += row[column]
                    place[1] += row[column] if row["billable"] else 0
            found = {one["id"]: one for one in answer["result"]} | {"all": answer["total"]}
            hours = {
                name: [Decimal(one["tracked_hours"]), Decimal(one["billable_hours"])] for name, one in found.items()
            }
            assert {name: one for name, one in hours.items() if one[0]} == wanted, (by, filters)

    def money(self, lists: Lists, filters: Json) -> None:
        for by, key in KEYS.items():
            answer = self.ask.get("profitability", **_span(lists), **_query(filters), by=by, limit=2000)
            rows = {row["id"]: {one["currency"]: one for one in row["amounts"]} for row in answer["result"]}
            has_fees = by in ("project", "client")
            names = ("labour_cost", "expenses", "uninvoiced", *(("revenue",) if has_fees else ()))
            expected_of = lists.money(key, filters, own_currency=OWN, by_project=has_fees)
            for (group, currency), wanted in expected_of.items():
                found = rows.get(group, {}).get(currency)
                for name in names:
                    figure = "0" if found is None else found[name]
                    expected = to_unit(getattr(wanted, name), currency)
                    assert same(figure, expected), (by, group, name, figure, expected, filters)
            cost = lists.cost(filters)
            assert answer["total"]["account_labour_cost"] == {"currency": OWN, "amount": to_unit(cost, OWN)}


Columns = Callable[[Json], tuple[Any, ...]]


def time_columns(row: Json) -> tuple[Any, ...]:
    hours = Fraction(row["rounded_hours"])
    return hours, hours if row["billable"] else 0, hours * Fraction(row["billable_rate"] or 0)


def expense_columns(row: Json) -> tuple[Any, ...]:
    return Fraction(row["total_cost"]), Fraction(row["total_cost"]) if row["billable"] else 0


def uninvoiced_columns(row: Json) -> tuple[Any, ...]:
    is_open = row["billable"] and not row["is_billed"]
    if "total_cost" in row:
        cost = Fraction(row["total_cost"]) if is_open else Fraction(0)
        return 0, 0, cost, cost
    hours, _, worth = time_columns(row)
    return hours, hours if is_open else 0, 0, worth if is_open else 0


def sums(rows: list[Json], name: str, columns: Columns) -> dict[Any, list[str | None]]:
    """By subject and currency; the last of three or more columns is money that was rounded."""
    found: dict[Any, list[Fraction]] = {}
    for row in rows:
        key, values = (row[name]["id"], row["client"]["currency"]), [Fraction(value) for value in columns(row)]
        found[key] = [a + b for a, b in zip(found.get(key, [Fraction(0)] * len(values)), values, strict=True)]
    return {key: _shown(values, key[1]) for key, values in found.items()}


def by_subject(rows: list[Json], name: str, *columns: str) -> dict[Any, list[Any]]:
    return {
        (row[name], row["currency"]): _shown([Fraction(row[column]) for column in columns], row["currency"])
        for row in rows
    }


def _shown(values: list[Fraction], currency: str) -> list[Any]:
    return values if len(values) == 2 else [*values[:-1], to_unit(values[-1], currency)]


def same(figure: str | None, expected: str | None) -> bool:
    return figure == expected if figure is None or expected is None else Decimal(figure) == Decimal(expected)


def _span(lists: Lists) -> Json:
    return {"from": str(lists.first), "to": str(lists.last)}


def _query(filters: Json) -> Json:
    texts = {True: "true", False: "false"}
    return {
        name: ",".join(map(str, sorted(value))) if isinstance(value, (set, frozenset)) else texts.get(value, value)
        for name, value in filters.items()
    }


def _person(row: Json) -> str:
    return str(row["user"]["id"])


@pytest.mark.parametrize("seed", range(HARVESTS))
def test_figures_are_those_of_harvest(alices: Connection, sandbox: RunningSandbox, ask: Asking, seed: int) -> None:
    sandbox.switch(requests_per_window=1_000_000, report_requests_per_window=1_000_000)
    harvest = RandomHarvest(sandbox, random.Random(seed))
    harvest.make()
    mirror = Syncing(alices, resources=RESOURCES)
    mirror.work()
    own = Asking(ask.api, alices)
    Comparing(sandbox, own).in_any_range()
    budgets_agree(sandbox, own)

    for _ in range(2):
        harvest.change()
        mirror.later(days=2).work()

        Comparing(sandbox, own).in_any_range()
        budgets_agree(sandbox, own)


def budgets_agree(sandbox: RunningSandbox, ask: Asking) -> None:
    """With Harvest's project budget report, active or not, one by one."""
    for filters in ({}, {"is_active": "true"}, {"is_active": "false"}):
        rows = [row for row in listed(sandbox, "reports/project_budget", **filters) if row["budget_by"] != "none"]
        ours = {row["project_id"]: row for row in ask.every("budgets", **filters, limit=2000)}
        assert ours.keys() == {row["project_id"] for row in rows}
        for row in rows:
            if row["budget"] is not None:
                found = ours[row["project_id"]]
                for here, there in (("budget", "budget"), ("spent", "budget_spent"), ("left", "budget_remaining")):
                    assert same(found[here], expected_budget(row[there], found["currency"])), (row, found)


def expected_budget(amount: Decimal, currency: str | None) -> str | None:
    return to_unit(amount, currency) if currency else str(amount)
