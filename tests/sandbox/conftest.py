from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from harvest_bridge.sandbox.seed import seed_of
from harvest_bridge.sandbox.testing import RunningSandbox, running_sandbox
from tests.remembered_seed import RememberedSeed


@pytest.fixture(scope="session")
def harvest_server() -> Iterator[RunningSandbox]:
    with running_sandbox(seed=RememberedSeed(seed_of(900))) as harvest:
        yield harvest


@pytest.fixture
def harvest(harvest_server: RunningSandbox) -> RunningSandbox:
    harvest_server.reset()
    return harvest_server


@pytest.fixture
def track(harvest: RunningSandbox) -> Any:
    """Create a time entry as somebody: `track("carmen", hours=1)`; answers the decoded entry."""

    def create(who: str = "carmen", *, account: Any = None, **fields: Any) -> dict[str, Any]:
        project, task = harvest.pick(who, account)
        today = harvest.now().date().isoformat()
        body = {"project_id": project.id, "task_id": task.id, "spent_date": today, **fields}
        answer = harvest.post("/v2/time_entries", who, account=account, json=body)
        assert answer.status_code == 201, answer.text
        entry: dict[str, Any] = answer.json()
        return entry

    return create
