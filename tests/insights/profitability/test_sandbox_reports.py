"""Money agrees with the sandbox's time, expense and uninvoiced reports to the cent, for any range."""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal
from typing import Any

import pytest

from harvest_bridge.connections.models import Connection
from harvest_bridge.sandbox.testing import RunningSandbox
from tests.insights.asking import Asking
from tests.insights.ranges import in_any_range
from tests.mirror.syncing import Syncing

pytestmark = pytest.mark.django_db
RESOURCES = ["company", "users", "clients", "projects", "tasks", "time_entries", "expenses", "invoices"]
RANGES = [("2025-12-01", "2026-11-30"), ("2026-06-15", "2026-08-02")]


def reported(sandbox: RunningSandbox, report: str, first: str, last: str, **more: Any) -> list[dict[str, Any]]:
    params = {"from": first.replace("-", ""), "to": last.replace("-", ""), "per_page": 2000, **more}
    rows: list[dict[str, Any]] = sandbox.get(f"/v2/reports/{report}", "admin", params=params).json()["results"]
    return rows


def cents(value: Any) -> Decimal:
    return Decimal(str(value)).quantize(Decimal("0.01"))


def test_money_is_that_of_harvests_reports(alices: Connection, sandbox: RunningSandbox, ask: Asking) -> None:
    Syncing(alices, resources=RESOURCES).work()
    own = Asking(ask.api, alices)
    fixed = {
        one["id"]
        for one in sandbox.get("/v2/projects", "admin", params={"per_page": 2000}).json()["projects"]
        if one["is_fixed_fee"]
    }

    def check(first: str, last: str) -> None:
        span = {"from": first, "to": last}
        rows = own.every("profitability", **span, limit=2000)
        ours = {int(row["id"]): one for row in rows if row["id"] != "none" for one in row["amounts"]}
        billable: dict[int, Decimal] = defaultdict(Decimal)
        for row in reported(sandbox, "expenses/projects", first, last):
            assert cents(ours[row["project_id"]]["expenses"]) == cents(row["total_amount"])
            billable[row["project_id"]] = cents(row["billable_amount"])
        for row in reported(sandbox, "time/projects", first, last):
            if row["project_id"] not in fixed:
                found = cents(ours[row["project_id"]]["revenue"]) - billable[row["project_id"]]
                assert found == cents(row["billable_amount"]), row
        for row in reported(sandbox, "uninvoiced", first, last):
            assert cents(ours[row["project_id"]]["uninvoiced"]) == cents(row["uninvoiced_amount"]), row
        people = own.every("profitability", **span, by="person", limit=2000)
        team = {(row["id"], one["currency"]): one["expenses"] for row in people for one in row["amounts"]}
        for row in reported(sandbox, "expenses/team", first, last):
            assert cents(team[str(row["user_id"]), row["currency"]]) == cents(row["total_amount"])

    for first, last in RANGES:
        check(first, last)
    in_any_range(check)
