"""Filters of the lists, REFERENCE §4.4 and §8."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from harvest_bridge.sandbox.testing import RunningSandbox


def rows(harvest: RunningSandbox, path: str, who: str = "admin", **params: Any) -> list[dict[str, Any]]:
    answer = harvest.get(f"/v2/{path}", who, params={"per_page": 2000, **params})
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = next(iter(answer.json().values()))
    return found


FILTERS = [
    ("user_id", lambda one: one["user"]["id"]),
    ("client_id", lambda one: one["client"]["id"]),
    ("project_id", lambda one: one["project"]["id"]),
]


@pytest.mark.parametrize("path", ["time_entries", "expenses"])
@pytest.mark.parametrize(("name", "value_of"), FILTERS)
def test_tracked_records_are_chosen_by_person_client_and_project(
    harvest: RunningSandbox, path: str, name: str, value_of: Any
) -> None:
    everything = rows(harvest, path)
    wanted = value_of(everything[0])
    assert rows(harvest, path, **{name: wanted}) == [one for one in everything if value_of(one) == wanted]
    assert rows(harvest, path, **{name: "abc"}) == []


@pytest.mark.parametrize("path", ["time_entries", "expenses"])
@pytest.mark.parametrize(("name", "value"), [("is_billed", True), ("is_billed", False)])
def test_tracked_records_are_chosen_by_flags(harvest: RunningSandbox, path: str, name: str, value: bool) -> None:
    found = rows(harvest, path, **{name: str(value).lower()})
    assert found
    assert all(one[name] is value for one in found)


@pytest.mark.parametrize("path", ["time_entries", "expenses"])
@pytest.mark.parametrize("status", ["unsubmitted", "approved"])
def test_tracked_records_are_chosen_by_approval(harvest: RunningSandbox, path: str, status: str) -> None:
    found = rows(harvest, path, approval_status=status)
    assert {one["approval_status"] for one in found} == {status}
    assert all(one["is_closed"] is (status == "approved") for one in found)


@pytest.mark.parametrize("path", ["time_entries", "expenses"])
def test_from_and_to_are_days_both_included(harvest: RunningSandbox, path: str) -> None:
    days = sorted({one["spent_date"] for one in rows(harvest, path)})
    first, last = days[3], days[-3]
    found = rows(harvest, path, **{"from": first, "to": last})
    assert {one["spent_date"] for one in found} == set(days[3:-2])
    compact = rows(harvest, path, **{"from": first.replace("-", ""), "to": last.replace("-", "")})
    assert compact == found


@pytest.mark.parametrize(
    "params",
    [
        {"from": "yesterday"},
        {"to": "2026-13-01"},
        {"updated_since": "lately"},
        {"updated_since": "0001-01-01T00:00:00+14:00"},
    ],
)
def test_a_filter_that_cannot_be_read_is_a_422(harvest: RunningSandbox, params: dict[str, str]) -> None:
    assert harvest.get("/v2/time_entries", params=params).status_code == 422


def test_entries_are_chosen_by_task(harvest: RunningSandbox) -> None:
    task_id = rows(harvest, "time_entries")[0]["task"]["id"]
    assert {one["task"]["id"] for one in rows(harvest, "time_entries", task_id=task_id)} == {task_id}


def test_running_entries_are_found_whatever_their_day(harvest: RunningSandbox, track: Any) -> None:
    entry = track(spent_date="2026-01-05")
    assert [one["id"] for one in rows(harvest, "time_entries", is_running="true")] == [entry["id"]]
    assert entry["id"] not in {one["id"] for one in rows(harvest, "time_entries", is_running="false")}


@pytest.mark.parametrize("path", ["users", "projects", "user_assignments", "task_assignments", "clients", "tasks"])
def test_active_ones_can_be_asked_for(harvest: RunningSandbox, path: str) -> None:
    active, archived = rows(harvest, path, is_active="true"), rows(harvest, path, is_active="false")
    assert all(one["is_active"] for one in active)
    assert not any(one["is_active"] for one in archived)
    assert len(active) + len(archived) == len(rows(harvest, path))


def test_contacts_and_projects_are_chosen_by_client(harvest: RunningSandbox) -> None:
    for path in ("contacts", "projects", "invoices", "estimates"):
        client_id = rows(harvest, path)[0]["client"]["id"]
        assert {one["client"]["id"] for one in rows(harvest, path, client_id=client_id)} == {client_id}


def test_invoices_are_chosen_by_state_project_and_day(harvest: RunningSandbox) -> None:
    paid = rows(harvest, "invoices", state="paid")
    assert {one["state"] for one in paid} == {"paid"}
    project_id = paid[0]["line_items"][0]["project"]["id"]
    assert paid[0]["id"] in {one["id"] for one in rows(harvest, "invoices", project_id=project_id)}
    day = paid[0]["issue_date"]
    assert {one["issue_date"] for one in rows(harvest, "invoices", **{"from": day, "to": day})} == {day}


@pytest.mark.parametrize(
    "path",
    [
        "clients",
        "contacts",
        "projects",
        "tasks",
        "users",
        "time_entries",
        "expenses",
        "expense_categories",
        "invoices",
        "invoice_item_categories",
        "estimates",
        "estimate_item_categories",
        "user_assignments",
        "task_assignments",
    ],
)
def test_updated_since_is_exclusive_to_the_second(harvest: RunningSandbox, path: str) -> None:
    newest = max(one["updated_at"] for one in rows(harvest, path))
    assert rows(harvest, path, updated_since=newest) == []
    before = harvest.now().fromisoformat(newest) - timedelta(seconds=1)
    found = rows(harvest, path, updated_since=before.isoformat())
    assert found
    assert {one["updated_at"] for one in found} == {newest}


def test_a_change_moves_updated_at_and_no_change_does_not(harvest: RunningSandbox) -> None:
    client = rows(harvest, "clients")[0]
    harvest.advance(60)
    same = harvest.patch(f"/v2/clients/{client['id']}", json={"name": client["name"]}).json()
    assert same["updated_at"] == client["updated_at"]
    changed = harvest.patch(f"/v2/clients/{client['id']}", json={"name": "Renamed"}).json()
    assert changed["updated_at"] > client["updated_at"]


def test_deleted_records_leave_no_trace(harvest: RunningSandbox, track: Any) -> None:
    entry = track(hours=1)
    since = (harvest.now() - timedelta(minutes=5)).isoformat()
    harvest.delete(f"/v2/time_entries/{entry['id']}", "carmen")
    assert rows(harvest, "time_entries", updated_since=since) == []


def test_renaming_a_project_does_not_update_its_entries(harvest: RunningSandbox, track: Any) -> None:
    entry = track(hours=1)
    harvest.advance(60)
    harvest.patch(f"/v2/projects/{entry['project']['id']}", json={"name": "Renamed"})
    again = harvest.get(f"/v2/time_entries/{entry['id']}", "carmen").json()
    assert again["project"]["name"] == "Renamed"
    assert again["updated_at"] == entry["updated_at"]
