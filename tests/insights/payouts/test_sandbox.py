"""The whole way against the pretend Harvest on a real socket: link, mirror, plan, verify, close."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import pytest
from rest_framework.test import APIClient

from harvest_bridge.connections.models import Connection
from harvest_bridge.sandbox.testing import RunningSandbox
from tests.mirror.syncing import Syncing, everything

RESOURCES = ["company", "users", "clients", "projects", "tasks", "time_entries"]


def month_before_last() -> date:
    """All of it is approved."""
    first = date.today().replace(day=1)
    return ((first - timedelta(days=1)).replace(day=1) - timedelta(days=1)).replace(day=1)


def by_hand(sandbox: RunningSandbox, first: date) -> Decimal:
    """Of the contractors' approved, stopped time of that month, each line rounded by itself."""
    people = {one["id"] for one in everything(sandbox, "users").values() if one["is_contractor"]}
    lines = [
        Decimal(str(one["hours"])) * Decimal(str(one["cost_rate"]))
        for one in everything(sandbox, "time_entries").values()
        if one["user"]["id"] in people
        and one["spent_date"].startswith(f"{first:%Y-%m}")
        and one["approval_status"] == "approved"
        and not one["is_running"]
    ]
    return sum((line.quantize(Decimal("0.01"), ROUND_HALF_UP) for line in lines), Decimal(0))


@pytest.mark.any_database
def test_a_month_of_the_sandbox_is_paid_to_the_cent(
    sandbox: RunningSandbox, alices: Connection, api: APIClient
) -> None:
    Syncing(alices, resources=RESOURCES).work()
    query, first = f"?integrated_account_id={alices.pk}", month_before_last()

    def post(path: str, **body: Any) -> Any:
        answer = api.post(f"/insights/payouts{path}{query}", {"by": "Paula", **body}, format="json")
        assert answer.status_code == 200, answer.content
        return answer.json()

    period = post("", kind="monthly", **{"from": str(first)})["id"]
    post(f"/{period}/verify")
    closed = post(f"/{period}/close")
    (total,) = closed["totals"]
    assert Decimal(total["amount"]) == by_hand(sandbox, first) > 0
    assert {step["what"] for step in closed["steps"]} == {"verified", "closed"}
