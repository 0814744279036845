"""Clicks of some time ago, in accounts of both kinds, for tests of what comes late."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.core.cache import cache
from rest_framework.test import APIClient

from harvest_bridge.sandbox.testing import RunningSandbox

from .people import ITEM, click

# Minutes of a clock, and the hundredths of an hour that they are told in.
NEAR = 80


@pytest.fixture(params=[False, True], ids=["hours", "clock"])
def has_times(request: pytest.FixtureRequest, sandbox: RunningSandbox, carmen: APIClient) -> bool:
    """An account whose mode is known by one entry of the day before."""
    clock = bool(request.param)
    sandbox.set_mode(sandbox.account, timestamp=clock)
    with sandbox.world.lock:
        for entry in sandbox.entries("carmen"):
            sandbox.account.time_entries.remove(entry)
    cache.clear()
    project, task = sandbox.pick("carmen")
    given = {"started_time": "07:00", "ended_time": "07:06"} if clock else {"hours": 0.1}
    day = (sandbox.now() - timedelta(days=1)).date().isoformat()
    tracked = {"project_id": project.id, "task_id": task.id, "spent_date": day}
    assert sandbox.post("/v2/time_entries", "carmen", json=tracked | given).status_code == 201
    return clock


def ago(**span: float) -> datetime:
    return datetime.now(UTC) - timedelta(**span)


def start(widget: APIClient, pick: dict[str, int], at: datetime, **asked: Any) -> Any:
    body = click(item=ITEM | asked.pop("item", {}), notes="", **pick, **asked) | {"clicked_at": at.isoformat()}
    return widget.post("/timer/start", body, format="json")


def stop(widget: APIClient, at: datetime, **asked: Any) -> Any:
    return widget.post("/timer/stop", click(item=ITEM, **asked) | {"clicked_at": at.isoformat()}, format="json")


def seconds(sandbox: RunningSandbox, entry_id: int) -> float:
    return float(sandbox.get(f"/v2/time_entries/{entry_id}", "carmen").json()["hours"]) * 3600


def named(running: dict[str, Any]) -> dict[str, Any]:
    return {"entry_id": running["entry_id"], "timer_started_at": running["started_at"]}
