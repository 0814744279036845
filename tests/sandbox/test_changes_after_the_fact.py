"""What changes old time without anybody editing it, and what Harvest then may or may not show (REFERENCE §16)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import httpx
import pytest

from harvest_bridge.sandbox.records import TimeEntry
from harvest_bridge.sandbox.testing import RunningSandbox

Change = Callable[[RunningSandbox, TimeEntry], None]


def entry_of(harvest: RunningSandbox) -> TimeEntry:
    """Old, billable, and billed by the person's default rate."""
    entry = next(one for one in harvest.entries("carmen") if not one.is_running and one.project.is_active)
    with harvest.world.lock:
        entry.project.bill_by, entry.project.is_billable = "People", True
        entry.task_assignment.billable, entry.user_assignment.use_default_rates = True, True
    return entry


def shown(harvest: RunningSandbox, entry: TimeEntry) -> dict[str, Any]:
    seen: dict[str, Any] = harvest.get(f"/v2/time_entries/{entry.id}").json()
    return seen


def ask(harvest: RunningSandbox, method: str, path: str, **body: Any) -> None:
    answer = getattr(harvest, method)(path, json=body)
    assert answer.status_code in (200, 201), answer.text


def another_rate(harvest: RunningSandbox, entry: TimeEntry) -> None:
    ask(harvest, "post", f"/v2/users/{entry.user.id}/billable_rates", amount=777)


def another_cost(harvest: RunningSandbox, entry: TimeEntry) -> None:
    ask(harvest, "post", f"/v2/users/{entry.user.id}/cost_rates", amount=555)


def another_rounding(harvest: RunningSandbox, entry: TimeEntry) -> None:
    body = {"account_id": harvest.account.id, "rounding_minutes": 60 * 24}
    assert httpx.patch(f"{harvest.url}/sandbox/api/company", json=body).status_code == 200


def another_client(harvest: RunningSandbox, entry: TimeEntry) -> None:
    client = next(one for one in harvest.account.clients if one is not entry.project.client)
    ask(harvest, "patch", f"/v2/projects/{entry.project.id}", client_id=client.id)


def another_client_name(harvest: RunningSandbox, entry: TimeEntry) -> None:
    ask(harvest, "patch", f"/v2/clients/{entry.project.client.id}", name="Renamed Ltd")


def another_project_name(harvest: RunningSandbox, entry: TimeEntry) -> None:
    ask(harvest, "patch", f"/v2/projects/{entry.project.id}", name="Renamed project")


def another_task_name(harvest: RunningSandbox, entry: TimeEntry) -> None:
    ask(harvest, "patch", f"/v2/tasks/{entry.task.id}", name="Renamed task")


def another_person_name(harvest: RunningSandbox, entry: TimeEntry) -> None:
    ask(harvest, "patch", f"/v2/users/{entry.user.id}", last_name="Renamed")


@pytest.mark.parametrize("position", ["keep", "move"])
@pytest.mark.parametrize(
    ("switch", "change", "part"),
    [
        ("rate_change_updated_at", another_rate, "billable_rate"),
        ("rate_change_updated_at", another_cost, "cost_rate"),
        ("rate_change_updated_at", another_rounding, "rounded_hours"),
        ("moved_project_updated_at", another_client, "client"),
        ("rename_updated_at", another_client_name, "client"),
        ("rename_updated_at", another_project_name, "project"),
        ("rename_updated_at", another_task_name, "task"),
        ("rename_updated_at", another_person_name, "user"),
    ],
)
def test_old_time_shows_the_new_value_and_its_updated_at_moves_by_switch(
    harvest: RunningSandbox, switch: str, change: Change, part: str, position: str
) -> None:
    entry = entry_of(harvest)
    harvest.switch(**{switch: position})
    harvest.advance(3600)
    before, since = shown(harvest, entry), harvest.now()
    harvest.advance(3600)
    change(harvest, entry)
    after = shown(harvest, entry)
    assert after[part] != before[part]
    assert (after["updated_at"] != before["updated_at"]) is (position == "move")
    query = {"updated_since": since.isoformat(), "user_id": entry.user.id}
    listed = [one["id"] for one in harvest.get("/v2/time_entries", params=query).json()["time_entries"]]
    assert (entry.id in listed) is (position == "move")


@pytest.mark.parametrize(("position", "moves"), [("keep", False), ("move", True)])
def test_a_running_entry_grows_and_its_updated_at_moves_by_switch(
    harvest: RunningSandbox, position: str, moves: bool
) -> None:
    project, task = harvest.pick("carmen")
    body = {"project_id": project.id, "task_id": task.id, "spent_date": str(harvest.now().date())}
    started = harvest.post("/v2/time_entries", "carmen", json=body).json()
    harvest.switch(running_updated_at=position)
    harvest.advance(3600)
    seen = harvest.get("/v2/time_entries", "carmen", params={"is_running": "true"}).json()["time_entries"][0]
    assert (seen["id"], seen["hours"]) == (started["id"], 1.0)
    assert (seen["updated_at"] != started["updated_at"]) is moves


@pytest.mark.parametrize(("position", "moves"), [("move", True), ("keep", False)])
def test_a_payment_shows_in_the_invoice_and_its_updated_at_moves_by_switch(
    harvest: RunningSandbox, position: str, moves: bool
) -> None:
    harvest.switch(payment_updated_at=position)
    invoice = next(one for one in harvest.get("/v2/invoices").json()["invoices"] if one["state"] == "open")
    harvest.advance(3600)
    ask(harvest, "post", f"/v2/invoices/{invoice['id']}/payments", amount=invoice["due_amount"])
    after = harvest.get(f"/v2/invoices/{invoice['id']}").json()
    assert (after["due_amount"], after["state"]) == (0.0, "paid")
    assert (after["updated_at"] != invoice["updated_at"]) is moves


@pytest.mark.parametrize(("position", "status"), [("keep", "approved"), ("reset", "unsubmitted")])
def test_an_administrators_edit_of_approved_time_resets_it_by_switch(
    harvest: RunningSandbox, position: str, status: str
) -> None:
    harvest.switch(admin_edit_approval=position)
    entry = entry_of(harvest)
    with harvest.world.lock:
        entry.approval_status = "approved"
    ask(harvest, "patch", f"/v2/time_entries/{entry.id}", notes="Corrected")
    assert shown(harvest, entry)["approval_status"] == status


@pytest.mark.parametrize(("position", "status"), [("accept", 201), ("422", 422)])
@pytest.mark.parametrize("kind", ["clients", "tasks", "projects"])
def test_a_name_can_be_given_twice_by_switch(harvest: RunningSandbox, kind: str, position: str, status: int) -> None:
    harvest.switch(duplicate_names=position)
    known = next(iter(getattr(harvest.account, kind)))
    body = {"name": known.name.upper(), **({"client_id": known.client.id} if kind == "projects" else {})}
    assert harvest.post(f"/v2/{kind}", json=body).status_code == status
    assert harvest.patch(f"/v2/{kind}/{known.id}", json={"name": known.name}).status_code == 200


@pytest.mark.parametrize("position", [422, 403])
def test_a_plan_has_so_many_projects(harvest: RunningSandbox, position: int) -> None:
    harvest.switch(plan_limit=str(position))
    body = {"name": "One more", "client_id": next(iter(harvest.account.clients)).id}
    assert harvest.post("/v2/projects", json=body).status_code == 201
    used = sum(project.is_active for project in harvest.account.projects)
    httpx.patch(
        f"{harvest.url}/sandbox/api/company", json={"account_id": harvest.account.id, "project_limit": used}
    ).raise_for_status()
    assert harvest.post("/v2/projects", json={**body, "name": "One too many"}).status_code == position
