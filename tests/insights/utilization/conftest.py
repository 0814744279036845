"""Carmen and Dev, who work forty hours a week, and what they did in the week before Easter 2026 in Berlin."""

from __future__ import annotations

import pytest

from tests.insights.asking import Asking
from tests.insights.mirrored import Mirrored
from tests.insights.records import client, entry, person, project, task

CARMEN, DEV = 1, 2
VACATION = 99


@pytest.fixture
def easter(mirrored: Mirrored, ask: Asking) -> Mirrored:
    """Good Friday is a holiday in Germany; on Tuesday Carmen was off."""
    mirrored.put("users", person(CARMEN, "Carmen Ruiz", roles=["Design"]), person(DEV, "Dev Patel", roles=["Build"]))
    mirrored.put("clients", client(3), client(4))
    mirrored.put("projects", project(5, 3), project(6, 4))
    mirrored.put("tasks", task(9), task(VACATION))
    mirrored.put(
        "time_entries",
        entry(1, "2026-03-30", 8),
        entry(2, "2026-03-31", 8, task=VACATION, billable=False, billable_rate=None),
        entry(3, "2026-04-01", 8, project=6, client_id=4, billable=False, billable_rate=None),
        entry(4, "2026-04-02", 4),
        entry(5, "2026-03-30", 6, user=DEV),
    )
    ask.send("put", "utilization/terms", {"country": "DE", "subdivision": "BE"})
    ask.send("patch", "utilization/settings", {"absence_task_ids": [VACATION]})
    return mirrored
