"""One record of Harvest's that cannot be read hides no other from a person at their widget."""

from __future__ import annotations

import json
from typing import Any

import pytest
from rest_framework.test import APIClient

from harvest_bridge.sandbox.testing import RunningSandbox

pytestmark = pytest.mark.django_db
ENTRY: dict[str, Any] = {
    "id": 1,
    "spent_date": "2026-11-24",
    "hours": 1.5,
    "user": {"id": 4000103, "name": "Carmen"},
    "is_running": False,
}
ASSIGNMENT: dict[str, Any] = {
    "id": 1,
    "project": {"id": 11, "name": "Site"},
    "client": {"id": 2, "name": "Acme"},
    "task_assignments": [{"id": 5, "task": {"id": 51, "name": "Code"}}],
}


def answer_with(sandbox: RunningSandbox, path: str, key: str, *records: Any) -> None:
    body = json.dumps({key: records, "per_page": 2000, "links": {"next": None}})
    sandbox.fault("status", method="GET", path=path, status=200, body=body, times=None)


@pytest.mark.parametrize("odd", [{"hours": "many"}, {"spent_date": "?"}, {"id": None}])
def test_an_unreadable_entry_is_left_out_of_the_day_and_hides_no_other(
    carmen: APIClient, sandbox: RunningSandbox, odd: dict[str, Any]
) -> None:
    answer_with(sandbox, "/v2/time_entries", "time_entries", ENTRY, {**ENTRY, "id": 2, **odd}, {**ENTRY, "id": 3})
    day = carmen.get("/timer/day", {"date": "2026-11-24"})
    assert day.status_code == 200, day.content
    assert ([entry["entry_id"] for entry in day.json()["entries"]], day.json()["seconds"]) == ([1, 3], 10_800)


@pytest.mark.parametrize(
    "odd", [{"notes": 7}, {"billable_rate": "dear"}, {"approval_status": None}, {"updated_at": 0.5}]
)
def test_an_entry_with_an_odd_detail_is_shown_without_it(
    carmen: APIClient, sandbox: RunningSandbox, odd: dict[str, Any]
) -> None:
    answer_with(sandbox, "/v2/time_entries", "time_entries", ENTRY, {**ENTRY, "id": 2, **odd})
    entries = carmen.get("/timer/day", {"date": "2026-11-24"}).json()["entries"]
    assert [entry["entry_id"] for entry in entries] == [1, 2]


def test_an_odd_project_or_task_hides_no_other(carmen: APIClient, sandbox: RunningSandbox) -> None:
    tasks = [{"id": 6, "task": {"name": "no id"}}, {"id": 5, "task": {"id": 51, "name": "Code"}, "hourly_rate": "x"}]
    answer_with(
        sandbox,
        "/v2/users/me/project_assignments",
        "project_assignments",
        ASSIGNMENT,
        {**ASSIGNMENT, "project": None},
        {**ASSIGNMENT, "project": {"id": 12, "name": "App"}, "task_assignments": tasks},
    )
    projects = carmen.get("/timer/projects", {"fresh": "true"}).json()["projects"]
    assert [project["id"] for project in projects] == [11, 12]
    assert [task["id"] for task in projects[1]["tasks"]] == [51]


def test_a_running_timer_that_cannot_be_read_is_not_taken_for_none(carmen: APIClient, sandbox: RunningSandbox) -> None:
    answer_with(sandbox, "/v2/time_entries", "time_entries", {**ENTRY, "is_running": "perhaps"})
    state = carmen.get("/timer/state")
    assert (state.status_code, state.json()["is_known"]) == (200, False)
