"""Who may call what, REFERENCE §6."""

from __future__ import annotations

from typing import Any

import pytest

from harvest_bridge.sandbox.people import EXTRA_ROLES
from harvest_bridge.sandbox.testing import RunningSandbox

REPORT = "?from=20261101&to=20261115"
# path -> what a member, a bare manager, and which extra right opens it to a manager
READS: list[tuple[str, int, int, str | None]] = [
    ("company", 403, 403, None),
    ("users", 403, 200, None),
    ("users/me", 200, 200, None),
    ("users/me/project_assignments", 200, 200, None),
    ("roles", 403, 403, None),
    ("projects", 403, 200, None),
    ("user_assignments", 403, 200, None),
    ("task_assignments", 403, 200, None),
    ("clients", 403, 403, "client_and_task_manager"),
    ("contacts", 403, 403, "client_and_task_manager"),
    ("tasks", 403, 403, "client_and_task_manager"),
    ("time_entries", 200, 200, None),
    ("expenses", 200, 200, None),
    ("expense_categories", 403, 403, None),
    ("invoices", 403, 403, "managed_projects_invoice_drafter"),
    ("invoices", 403, 403, "managed_projects_invoice_manager"),
    ("invoice_item_categories", 403, 200, None),
    ("estimates", 403, 403, "estimates_manager"),
    ("estimate_item_categories", 403, 403, None),
    (f"reports/time/team{REPORT}", 200, 200, None),
    (f"reports/expenses/team{REPORT}", 200, 200, None),
    (f"reports/uninvoiced{REPORT}", 403, 403, "managed_projects_invoice_drafter"),
    ("reports/project_budget", 200, 200, None),
]


def give(harvest: RunningSandbox, who: str, *roles: str) -> None:
    with harvest.world.lock:
        harvest.user(who).access_roles = list(roles)


@pytest.mark.parametrize(("path", "member", "manager", "extra"), READS)
def test_reading_as_the_table_says(
    harvest: RunningSandbox, path: str, member: int, manager: int, extra: str | None
) -> None:
    give(harvest, "bruno", "manager")
    seen = [harvest.get(f"/v2/{path}", who).status_code for who in ("alice", "carmen", "bruno")]
    assert seen == [200, member, manager]
    for role in EXTRA_ROLES:
        give(harvest, "bruno", "manager", role)
        opens = harvest.get(f"/v2/{path}", "bruno").status_code == 200
        drafts = "managed_projects_invoice_manager" if extra == "managed_projects_invoice_drafter" else None
        drafts = "managed_projects_invoice_drafter" if extra == "managed_projects_invoice_manager" else drafts
        assert opens is (manager == 200 or role in (extra, drafts)), role


def test_extra_rights_mean_nothing_without_being_a_manager(harvest: RunningSandbox) -> None:
    give(harvest, "carmen", "member", "client_and_task_manager")
    assert harvest.get("/v2/clients", "carmen").status_code == 403


def owners(harvest: RunningSandbox, who: str) -> set[str]:
    return {one["user"]["name"] for one in harvest.get("/v2/time_entries", who).json()["time_entries"]}


def test_entries_are_everybodys_for_administrators_and_ones_own_for_members(harvest: RunningSandbox) -> None:
    assert len(owners(harvest, "alice")) == 12
    assert owners(harvest, "carmen") == {"Carmen Ruiz"}


def test_a_manager_sees_own_entries_those_of_teammates_and_of_managed_projects(harvest: RunningSandbox) -> None:
    bruno, account = harvest.user("bruno"), harvest.account
    managed = {pair.project for pair in account.user_assignments if pair.user is bruno and pair.is_project_manager}
    wanted = {
        entry.id
        for entry in account.time_entries
        if entry.user is bruno or entry.user in bruno.teammates or entry.project in managed
    }
    seen = harvest.get("/v2/time_entries", "bruno").json()["time_entries"]
    assert {entry["id"] for entry in seen} == wanted
    hidden = next(entry for entry in account.time_entries if entry.id not in wanted)
    assert harvest.get(f"/v2/time_entries/{hidden.id}", "bruno").status_code == 404


def test_rates_are_hidden_from_people_who_may_not_see_them(harvest: RunningSandbox, track: Any) -> None:
    entry = track(hours=1)
    path = f"/v2/time_entries/{entry['id']}"
    assert (entry["billable_rate"], entry["cost_rate"]) == (None, None)
    assert entry["user_assignment"]["hourly_rate"] is entry["task_assignment"]["hourly_rate"] is None
    seen = harvest.get(path, "alice").json()
    assert seen["billable_rate"] is not None
    assert seen["cost_rate"] == 58.0
    give(harvest, "bruno", "manager", "billable_rates_manager")
    half = harvest.get(path, "bruno").json()
    assert half["billable_rate"] is not None
    assert half["cost_rate"] is None


def test_a_persons_rates_are_no_keys_at_all_for_members(harvest: RunningSandbox) -> None:
    assert not {"default_hourly_rate", "cost_rate"} & set(harvest.get("/v2/users/me", "carmen").json())
    assert {"default_hourly_rate", "cost_rate"} <= set(harvest.get("/v2/users/me", "alice").json())


@pytest.mark.parametrize(("switch", "status"), [("forbid", 403), ("ignore", 201)])
def test_time_of_somebody_else_needs_the_right_to(harvest: RunningSandbox, switch: str, status: int) -> None:
    harvest.switch(foreign_user_id=switch)
    project, task = harvest.pick("carmen")
    dev = harvest.user("dev")
    body = {"project_id": project.id, "task_id": task.id, "spent_date": "2026-11-02", "hours": 1, "user_id": dev.id}
    answer = harvest.post("/v2/time_entries", "carmen", json=body)
    assert answer.status_code == status
    if status == 201:
        assert answer.json()["user"]["name"] == "Carmen Ruiz"


def test_administrators_and_time_managers_track_for_others(harvest: RunningSandbox) -> None:
    project, task = harvest.pick("carmen")
    carmen = harvest.user("carmen")
    body = {"project_id": project.id, "task_id": task.id, "spent_date": "2026-11-02", "hours": 1, "user_id": carmen.id}
    for who in ("alice", "bruno"):
        assert harvest.post("/v2/time_entries", who, json=body).json()["user"]["id"] == carmen.id
    give(harvest, "bruno", "manager")
    assert harvest.post("/v2/time_entries", "bruno", json=body).status_code == 403


def test_a_managers_view_without_the_time_right_is_read_only(harvest: RunningSandbox, track: Any) -> None:
    give(harvest, "bruno", "manager")
    path = f"/v2/time_entries/{track(hours=1)['id']}"
    assert harvest.get(path, "bruno").status_code == 200
    assert harvest.patch(path, "bruno", json={"notes": "x"}).status_code == 403
    assert harvest.delete(path, "bruno").status_code == 403


def test_a_manager_sees_teammates_and_managed_projects_only(harvest: RunningSandbox) -> None:
    people = {one["first_name"] for one in harvest.get("/v2/users", "bruno").json()["users"]}
    assert people == {"Carmen", "Dev", "Finn"}
    projects = harvest.get("/v2/projects", "bruno").json()["projects"]
    assert 0 < len(projects) < 15
    other = next(one for one in harvest.account.projects if one.id not in {p["id"] for p in projects})
    assert harvest.get(f"/v2/projects/{other.id}", "bruno").status_code == 404


def test_a_manager_cannot_change_mail_roles_or_archive(harvest: RunningSandbox) -> None:
    path = f"/v2/users/{harvest.user('carmen').id}"
    for body in ({"email": "x@example.com"}, {"access_roles": ["administrator"]}, {"is_active": False}):
        assert harvest.patch(path, "bruno", json=body).status_code == 403
    assert harvest.patch(path, "bruno", json={"telephone": "1"}).json()["telephone"] == "1"
    assert harvest.delete(path, "bruno").status_code == 403


def test_the_expense_categories_can_be_opened_for_reading(harvest: RunningSandbox) -> None:
    harvest.switch(expense_categories="read")
    assert harvest.get("/v2/expense_categories", "carmen").status_code == 200
    assert harvest.post("/v2/expense_categories", "carmen", json={"name": "x"}).status_code == 403


@pytest.mark.parametrize(("switch", "status"), [("403", 403), ("404", 404)])
def test_a_module_that_is_switched_off_is_closed(harvest: RunningSandbox, switch: str, status: int) -> None:
    harvest.switch(disabled_module=switch)
    harvest.account.company.invoice_feature = False
    assert harvest.get("/v2/invoices").status_code == status
    assert harvest.get("/v2/expenses").status_code == 200


def test_claims_can_be_kept_to_oneself(harvest: RunningSandbox) -> None:
    assert "permissions_claims" in harvest.get("/v2/users").json()["users"][0]
    harvest.switch(permissions_claims="me")
    assert "permissions_claims" not in harvest.get("/v2/users").json()["users"][0]
    assert "permissions_claims" in harvest.get("/v2/users/me").json()


def test_drafters_draft_and_leave_sending_to_others(harvest: RunningSandbox) -> None:
    give(harvest, "bruno", "manager", "managed_projects_invoice_drafter")
    client = next(iter(harvest.account.clients))
    draft = harvest.post("/v2/invoices", "bruno", json={"client_id": client.id}).json()
    path = f"/v2/invoices/{draft['id']}"
    assert harvest.patch(path, "bruno", json={"subject": "Mine"}).status_code == 200
    assert harvest.post(f"{path}/messages", "bruno", json={"event_type": "send"}).status_code == 403
    harvest.post(f"{path}/messages", "alice", json={"event_type": "send"})
    assert harvest.patch(path, "bruno", json={"subject": "Too late"}).status_code == 403
