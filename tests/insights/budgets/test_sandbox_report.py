"""What is spent agrees with the sandbox's project budget report, of every kind of budget."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from harvest_bridge.connections.models import Connection
from harvest_bridge.insights.budgets import alerts
from harvest_bridge.sandbox.testing import RunningSandbox
from tests.insights.asking import Asking
from tests.mirror.syncing import Syncing

pytestmark = pytest.mark.django_db
RESOURCES = [
    *("company", "users", "clients", "projects", "tasks", "user_assignments", "task_assignments"),
    *("time_entries", "expenses", "reports_project_budget"),
]


def test_budgets_are_those_of_harvests_report(alices: Connection, sandbox: RunningSandbox, ask: Asking) -> None:
    Syncing(alices, resources=RESOURCES).work()
    own = Asking(ask.api, alices)
    params = {"per_page": 2000}
    harvests: dict[int, Any] = {
        row["project_id"]: row
        for row in sandbox.get("/v2/reports/project_budget", "admin", params=params).json()["results"]
        if row["budget_by"] != "none"
    }

    ours = {row["project_id"]: row for row in own.every("budgets", limit=2000)}

    assert ours.keys() == harvests.keys()
    assert {row["budget_by"] for row in ours.values()} == {"project", "project_cost", "task", "task_fees", "person"}
    for number, theirs in harvests.items():
        for here, there in (("budget", "budget"), ("spent", "budget_spent"), ("left", "budget_remaining")):
            if theirs["budget"] is not None:
                assert Decimal(ours[number][here]) == Decimal(str(theirs[there])), (theirs, ours[number])

    alerts.look(alices, now=timezone.now())

    checked = own.every("budgets", limit=2000)
    assert {row["harvest"]["difference"] for row in checked if row["budget"] is not None} <= {"0", "0.00"}
