"""Hours agree with the four time reports of the sandbox, to the hundredth, for any range and filter."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from harvest_bridge.connections.models import Connection
from harvest_bridge.sandbox.testing import RunningSandbox
from tests.insights.asking import Asking
from tests.insights.ranges import in_any_range
from tests.mirror.syncing import Syncing

pytestmark = pytest.mark.django_db
RESOURCES = ["company", "users", "clients", "projects", "tasks", "time_entries"]
RANGES = [("2025-12-01", "2026-11-30"), ("2026-03-03", "2026-03-03"), ("2026-06-15", "2026-08-02")]
KEYS = {"person": ("team", "user_id"), "project": ("projects", "project_id"), "client": ("clients", "client_id")}


def reported(sandbox: RunningSandbox, report: str, key: str, first: str, last: str) -> dict[str, tuple[Decimal, ...]]:
    """Total and billable hours by id, of every currency."""
    found: dict[str, tuple[Decimal, ...]] = {}
    params: dict[str, Any] = {"from": first.replace("-", ""), "to": last.replace("-", ""), "per_page": 2000}
    for row in sandbox.get(f"/v2/reports/time/{report}", "admin", params=params).json()["results"]:
        before = found.get(str(row[key]), (Decimal(0), Decimal(0)))
        now = (Decimal(str(row["total_hours"])), Decimal(str(row["billable_hours"])))
        found[str(row[key])] = (before[0] + now[0], before[1] + now[1])
    return found


def test_hours_are_those_of_harvests_time_reports(alices: Connection, sandbox: RunningSandbox, ask: Asking) -> None:
    Syncing(alices, resources=RESOURCES).work()
    own = Asking(ask.api, alices)

    def check(first: str, last: str) -> None:
        for by, (report, key) in KEYS.items():
            rows = own.every("utilization", **{"from": first, "to": last}, by=by, limit=2000)
            ours = {
                row["id"]: (Decimal(row["tracked_hours"]), Decimal(row["billable_hours"]))
                for row in rows
                if Decimal(row["tracked_hours"])
            }
            assert ours == reported(sandbox, report, key, first, last), (first, by)
        for task_id, hours in reported(sandbox, "tasks", "task_id", first, last).items():
            behind = own.get("entries", **{"from": first, "to": last}, task_id=task_id, limit=1)["total"]
            assert Decimal(behind["rounded_hours"]) == hours[0]

    for first, last in RANGES:
        check(first, last)
    in_any_range(check)
