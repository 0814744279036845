"""Clients, contacts, projects, tasks and assignments, REFERENCE §8.7 to §8.10."""

from __future__ import annotations

from typing import Any

import pytest

from harvest_bridge.sandbox.testing import RunningSandbox


def client(harvest: RunningSandbox, **fields: Any) -> dict[str, Any]:
    found: dict[str, Any] = harvest.post("/v2/clients", json={"name": "Pepe", **fields}).json()
    return found


def project(harvest: RunningSandbox, **fields: Any) -> dict[str, Any]:
    body = {"client_id": client(harvest)["id"], "name": "Castle Building", **fields}
    answer = harvest.post("/v2/projects", json=body)
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json()
    return found


def task(harvest: RunningSandbox, **fields: Any) -> dict[str, Any]:
    found: dict[str, Any] = harvest.post("/v2/tasks", json={"name": "Coding", **fields}).json()
    return found


def test_a_client_needs_a_name_and_takes_the_companys_currency(harvest: RunningSandbox) -> None:
    one = client(harvest)
    assert (one["currency"], one["address"], one["is_active"]) == ("USD", None, True)
    assert one["statement_key"]
    assert harvest.post("/v2/clients", json={}).json() == {"message": "Name can't be blank"}
    assert harvest.post("/v2/clients", json={"name": "x", "currency": "XXY"}).status_code == 422


def test_a_client_with_projects_or_invoices_stays(harvest: RunningSandbox) -> None:
    taken = next(iter(harvest.account.clients))
    answer = harvest.delete(f"/v2/clients/{taken.id}")
    assert answer.status_code == 422
    assert answer.json() == {"message": "This client is not removable. It still has projects and/or invoices."}
    assert harvest.delete(f"/v2/clients/{client(harvest)['id']}").status_code == 200


@pytest.mark.parametrize(("switch", "is_empty"), [("object", False), ("empty", True)])
def test_a_deletion_answers_the_object_or_nothing(harvest: RunningSandbox, switch: str, is_empty: bool) -> None:
    harvest.switch(delete_body=switch)
    answer = harvest.delete(f"/v2/clients/{client(harvest)['id']}")
    assert (answer.status_code, answer.content == b"") == (200, is_empty)


def test_texts_of_a_contact_are_empty_not_null(harvest: RunningSandbox) -> None:
    body = {"client_id": str(client(harvest)["id"]), "first_name": "Jon", "last_name": "Snow"}
    contact = harvest.post("/v2/contacts", json=body).json()
    assert [contact[name] for name in ("email", "phone_office", "phone_mobile", "fax")] == [""] * 4
    assert (contact["title"], contact["invoice_recipient_status"]) == (None, "none")
    assert harvest.post("/v2/contacts", json={"first_name": "Jon"}).json() == {"message": "Client must exist"}


def test_client_and_name_make_a_project_with_its_creator_as_manager(harvest: RunningSandbox) -> None:
    one = project(harvest)
    assert (one["bill_by"], one["budget_by"], one["is_billable"]) == ("none", "none", True)
    assert one["over_budget_notification_percentage"] == 80.0
    pairs = harvest.get(f"/v2/projects/{one['id']}/user_assignments").json()["user_assignments"]
    assert [(pair["user"]["name"], pair["is_project_manager"]) for pair in pairs] == [("Alice Okafor", True)]


def test_default_tasks_and_eager_people_join_new_projects(harvest: RunningSandbox) -> None:
    harvest.patch(f"/v2/users/{harvest.user('dev').id}", json={"has_access_to_all_future_projects": True})
    one = project(harvest)
    tasks = harvest.get(f"/v2/projects/{one['id']}/task_assignments").json()["task_assignments"]
    assert {pair["task"]["name"] for pair in tasks} == {"Design", "Development", "Project Management"}
    people = harvest.get(f"/v2/projects/{one['id']}/user_assignments").json()["user_assignments"]
    assert {pair["user"]["name"] for pair in people} == {"Alice Okafor", "Dev Patel"}


def test_money_without_use_is_null(harvest: RunningSandbox) -> None:
    one = project(harvest, budget_by="none", budget=100, bill_by="Tasks", hourly_rate=10, fee=500)
    assert (one["budget"], one["hourly_rate"], one["fee"]) == (None, None, None)
    kept = project(harvest, budget_by="project", budget="100.5", bill_by="Project", hourly_rate=10)
    assert (kept["budget"], kept["hourly_rate"]) == (100.5, 10.0)
    assert project(harvest, budget_by="moon", budget=1)["budget_by"] == "none"
    assert harvest.patch(f"/v2/projects/{kept['id']}", json={"budget_by": "none"}).json()["budget"] is None
    costs = project(harvest, budget_by="project_cost", cost_budget=1, show_budget_to_all=True)
    assert (costs["cost_budget"], costs["show_budget_to_all"]) == (1.0, False)


def test_deleting_a_project_takes_its_time_and_expenses_but_not_its_invoices(harvest: RunningSandbox) -> None:
    account = harvest.account
    invoice = next(one for one in account.invoices if one.line_items[0].project)
    doomed = invoice.line_items[0].project
    assert doomed is not None
    answer = harvest.delete(f"/v2/projects/{doomed.id}")
    assert (answer.status_code, answer.json()["is_active"]) == (200, False)
    for path in ("time_entries", "expenses"):
        assert harvest.get(f"/v2/{path}?project_id={doomed.id}").json()["total_entries"] == 0
    assert harvest.get(f"/v2/invoices/{invoice.id}").status_code == 200
    assert harvest.get(f"/v2/projects/{doomed.id}").status_code == 404


@pytest.mark.parametrize("what", ["project", "task", "client"])
def test_nothing_is_archived_under_a_running_timer(harvest: RunningSandbox, track: Any, what: str) -> None:
    entry = track()
    answer = harvest.patch(f"/v2/{what}s/{entry[what]['id']}", json={"is_active": False})
    assert answer.status_code == 422
    assert "timer is running" in answer.json()["message"]


def test_time_on_archived_things_is_locked_and_refused(harvest: RunningSandbox, track: Any) -> None:
    entry = track(hours=1)
    harvest.patch(f"/v2/projects/{entry['project']['id']}", json={"is_active": False})
    again = harvest.get(f"/v2/time_entries/{entry['id']}", "carmen").json()
    assert (again["is_locked"], again["locked_reason"]) == (True, "Project is archived")
    body = {"project_id": entry["project"]["id"], "task_id": entry["task"]["id"], "spent_date": "2026-11-02"}
    assert harvest.post("/v2/time_entries", "carmen", json=body).status_code == 422
    ids = {one["project"]["id"] for one in picker(harvest)}
    assert entry["project"]["id"] not in ids


def picker(harvest: RunningSandbox) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = harvest.get("/v2/users/me/project_assignments", "carmen").json()[
        "project_assignments"
    ]
    return found


def test_the_picker_shows_active_projects_and_inactive_tasks_too(harvest: RunningSandbox) -> None:
    first = picker(harvest)[0]
    pair = first["task_assignments"][0]
    path = f"/v2/projects/{first['project']['id']}/task_assignments/{pair['id']}"
    harvest.patch(path, json={"is_active": False})
    again = next(one for one in picker(harvest) if one["id"] == first["id"])
    assert [one["is_active"] for one in again["task_assignments"] if one["id"] == pair["id"]] == [False]
    assert "project" not in pair
    assert set(first["project"]) == {"id", "name", "code", "is_billable"}


def test_a_person_without_assignment_and_a_task_off_the_project_are_refused(harvest: RunningSandbox) -> None:
    one, coding = project(harvest), task(harvest)
    body = {"project_id": one["id"], "task_id": coding["id"], "spent_date": "2026-11-02", "hours": 1}
    assert "isn't assigned" in harvest.post("/v2/time_entries", "carmen", json=body).json()["message"]
    refused = harvest.post("/v2/time_entries", "alice", json=body)
    assert (refused.status_code, refused.json()) == (422, {"message": "Task isn't assigned to the project"})


def test_a_person_joins_and_leaves_a_project(harvest: RunningSandbox) -> None:
    one = project(harvest)
    path = f"/v2/projects/{one['id']}/user_assignments"
    answer = harvest.post(path, json={"user_id": str(harvest.user("carmen").id)})
    pair = answer.json()
    assert answer.headers["location"] == f"{harvest.url}/api{path}/{pair['id']}"
    assert (pair["is_project_manager"], pair["use_default_rates"], pair["hourly_rate"]) == (False, True, 120.0)
    assert harvest.post(path, json={"user_id": harvest.user("carmen").id}).status_code == 422
    assert harvest.post(path, json={"user_id": harvest.user("bruno").id}).json()["is_project_manager"] is True
    custom = harvest.patch(f"{path}/{pair['id']}", json={"use_default_rates": False, "hourly_rate": 75.5}).json()
    assert custom["hourly_rate"] == 75.5
    assert harvest.delete(f"{path}/{pair['id']}").status_code == 200
    assert harvest.get(f"{path}/{pair['id']}").status_code == 404


def test_assignments_with_time_stay(harvest: RunningSandbox, track: Any) -> None:
    entry = track(hours=1)
    base = f"/v2/projects/{entry['project']['id']}"
    assert harvest.delete(f"{base}/user_assignments/{entry['user_assignment']['id']}").status_code == 422
    assert harvest.delete(f"{base}/task_assignments/{entry['task_assignment']['id']}").status_code == 422
    assert harvest.delete(f"/v2/tasks/{entry['task']['id']}").status_code == 422


def test_a_task_on_a_project_is_billable_as_the_task_is(harvest: RunningSandbox) -> None:
    free, paid = task(harvest, billable_by_default=False), task(harvest)
    one = project(harvest, bill_by="Tasks")
    path = f"/v2/projects/{one['id']}/task_assignments"
    assert harvest.post(path, json={"task_id": free["id"]}).json()["billable"] is False
    pair = harvest.post(path, json={"task_id": paid["id"]}).json()
    assert (pair["billable"], pair["hourly_rate"], pair["budget"]) == (True, None, None)
    assert harvest.post(path, json={"task_id": paid["id"]}).status_code == 422
    other = f"/v2/projects/{project(harvest)['id']}/task_assignments"
    assert harvest.post(other, json={"task_id": paid["id"]}).json()["hourly_rate"] == 0.0


def test_an_assignment_belongs_to_its_project(harvest: RunningSandbox) -> None:
    pair = next(iter(harvest.account.task_assignments))
    other = next(one for one in harvest.account.projects if one is not pair.project)
    assert harvest.get(f"/v2/projects/{other.id}/task_assignments/{pair.id}").status_code == 404


RATES = [
    ({"bill_by": "Project", "hourly_rate": 140}, {}, {}, 140.0),
    ({"bill_by": "Tasks"}, {}, {"hourly_rate": 95}, 95.0),
    ({"bill_by": "People"}, {"use_default_rates": False, "hourly_rate": 75.5}, {}, 75.5),
    ({"bill_by": "People"}, {}, {}, 120.0),
    ({"bill_by": "none"}, {}, {}, None),
    ({"bill_by": "Project", "hourly_rate": 140, "is_billable": False}, {}, {}, None),
    ({"bill_by": "Project", "hourly_rate": 140}, {}, {"billable": False}, None),
]


@pytest.mark.parametrize(("fields", "person", "job", "rate"), RATES)
def test_an_entry_is_billed_as_its_project_says(
    harvest: RunningSandbox, fields: dict[str, Any], person: dict[str, Any], job: dict[str, Any], rate: float | None
) -> None:
    base = f"/v2/projects/{project(harvest, **fields)['id']}"
    harvest.post(f"{base}/user_assignments", json={"user_id": harvest.user("carmen").id, **person})
    coding = task(harvest)
    harvest.post(f"{base}/task_assignments", json={"task_id": coding["id"], **job})
    body = {"project_id": base.rpartition("/")[2], "task_id": coding["id"], "spent_date": "2026-11-02", "hours": 1}
    entry = harvest.post("/v2/time_entries", "carmen", json=body).json()
    seen = harvest.get(f"/v2/time_entries/{entry['id']}").json()
    assert (seen["billable_rate"], seen["billable"]) == (rate, rate is not None or fields["bill_by"] == "none")
