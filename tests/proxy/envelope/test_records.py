"""Single records through /proxy: create, get, update, delete, and what else Harvest can do with them."""

from __future__ import annotations

from typing import Any

import pytest

from harvest_bridge.proxy.resource import Verb
from harvest_bridge.proxy.resource_names import resource_named
from harvest_bridge.proxy.resources import RESOURCES
from harvest_bridge.sandbox.testing import RunningSandbox

from .conftest import Ask
from .owners import first_of, owner_of

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]


def bodies(sandbox: RunningSandbox) -> dict[str, tuple[dict[str, Any], dict[str, Any]]]:
    """What creates one of each, and what changes it."""
    project, task = sandbox.pick("carmen")
    client = {"client_id": project.client.id}
    day = {"spent_date": "2026-11-20"}
    category = {"expense_category_id": first_of("expense_categories", sandbox)}
    new_task = sandbox.post("/v2/tasks", "alice", json={"name": "Fresh"}).json()
    rate = {"amount": 99.5}
    plain = {"is_billable": True, "bill_by": "none", "budget_by": "none"}
    return {
        "clients": ({"name": "Vandelay"}, {"address": "New\nYork"}),
        "contacts": ({"first_name": "Art", **client}, {"title": None, "last_name": "Vandelay"}),
        "estimates": ({**client, "subject": "Latex"}, {"notes": "soon"}),
        "estimate_messages": ({"recipients": [{"email": "art@vandelay.example"}]}, {}),
        "estimate_item_categories": ({"name": "Latex"}, {"name": "Rubber"}),
        "expenses": ({"project_id": project.id, **category, **day, "total_cost": 12.35}, {"notes": "Taxi"}),
        "expense_categories": ({"name": "Latex"}, {"unit_name": "kilo", "unit_price": 1.25}),
        "invoices": ({**client, "subject": "Latex"}, {"notes": "paid soon"}),
        "invoice_messages": ({"recipients": [{"email": "art@vandelay.example"}]}, {}),
        "invoice_payments": ({"amount": 1.5, "paid_date": "2026-11-20"}, {}),
        "invoice_item_categories": ({"name": "Latex"}, {"name": "Rubber"}),
        "projects": (
            {**client, "name": "Latex", **plain},
            {"code": "L"},
        ),
        "roles": ({"name": "Importer"}, {"name": "Exporter"}),
        "tasks": ({"name": "Importing"}, {"default_hourly_rate": 12.5}),
        "task_assignments": ({"task_id": new_task["id"]}, {"billable": True}),
        "time_entries": (
            {"project_id": project.id, "task_id": task.id, **day, "hours": 1.25},
            {"notes": "Überstunden"},
        ),
        "users": ({"first_name": "Art", "last_name": "V", "email": "art@vandelay.example"}, {"is_contractor": True}),
        "user_assignments": ({"user_id": sandbox.user("finn").id}, {"is_project_manager": True}),
        "billable_rates": (rate, {}),
        "cost_rates": (rate, {}),
    }


WRITABLE = [row.name for row in RESOURCES if Verb.CREATE in row.verbs]


@pytest.mark.parametrize("delete_body", ["object", "empty"])
@pytest.mark.parametrize("name", WRITABLE)
def test_a_record_lives_its_whole_life(ask: Ask, sandbox: RunningSandbox, name: str, delete_body: str) -> None:
    sandbox.switch(delete_body=delete_body)
    resource, (new, change) = resource_named(name), bodies(sandbox)[name]
    owner = owner_of(resource, sandbox)
    if name == "user_assignments":
        owner = {"project_id": sandbox.post("/v2/projects", "alice", json=bodies(sandbox)["projects"][0]).json()["id"]}
    path = resource.path.format(**owner)
    sandbox.journal.clear()

    created = ask("post", f"/proxy/{name}", json=new, **owner)
    assert created.status_code == 201, created.content
    record = created.json()
    assert sandbox.requests("POST", path)[0].json == new
    if Verb.GET in resource.verbs:
        assert ask("get", f"/proxy/{name}/{record['id']}", **owner).json() == record
    if Verb.UPDATE in resource.verbs:
        updated = ask("patch", f"/proxy/{name}/{record['id']}", json=change, **owner)
        assert updated.status_code == 200, updated.content
        assert updated.json() == sandbox.get(f"{path}/{record['id']}", "alice").json()
        assert sandbox.requests("PATCH", f"{path}/{record['id']}")[0].json == change
    if Verb.DELETE in resource.verbs:
        deleted = ask("delete", f"/proxy/{name}/{record['id']}", **owner)
        assert (deleted.status_code, deleted.json()) == (200, {"id": record["id"]})
        assert len(sandbox.requests("DELETE", f"{path}/{record['id']}")) == 1


@pytest.mark.parametrize("name", ["user_assignments", "invoice_payments", "billable_rates"])
def test_the_parent_of_a_new_record_may_stand_in_the_body(ask: Ask, sandbox: RunningSandbox, name: str) -> None:
    resource = resource_named(name)
    owner, (new, _) = owner_of(resource, sandbox), bodies(sandbox)[name]
    if name == "user_assignments":
        owner = {"project_id": sandbox.post("/v2/projects", "alice", json=bodies(sandbox)["projects"][0]).json()["id"]}
    sandbox.journal.clear()
    assert ask("post", f"/proxy/{name}", json={**new, **owner}).status_code == 201
    assert sandbox.requests("POST", resource.path.format(**owner))[0].json == new


def test_a_record_comes_as_harvest_wrote_it(ask: Ask, sandbox: RunningSandbox) -> None:
    entry = first_of("time_entries", sandbox)
    assert entry > 2**31
    answer = ask("get", f"/proxy/time_entries/{entry}")
    assert answer.json() == sandbox.get(f"/v2/time_entries/{entry}", "alice").json()
    assert list(answer.json()) == list(sandbox.get(f"/v2/time_entries/{entry}", "alice").json())


def test_me_is_the_linker(ask: Ask, sandbox: RunningSandbox) -> None:
    assert ask("get", "/proxy/users/me").json()["id"] == sandbox.user("alice").id


def test_the_company_is_one_record_without_an_id(ask: Ask, sandbox: RunningSandbox) -> None:
    assert ask("get", "/proxy/company").json() == sandbox.get("/v2/company", "alice").json()
    changed = ask("patch", "/proxy/company", json={"weekly_capacity": 108000})
    assert (changed.status_code, changed.json()["weekly_capacity"]) == (200, 108000)


def test_teammates_are_replaced_as_a_whole(ask: Ask, sandbox: RunningSandbox) -> None:
    bruno, carmen = sandbox.user("bruno").id, sandbox.user("carmen").id
    changed = ask("patch", "/proxy/teammates", json={"teammate_ids": [carmen]}, user_id=bruno)
    assert [person["id"] for person in changed.json()["teammates"]] == [carmen]
    assert [person["id"] for person in ask("get", "/proxy/teammates", user_id=bruno).json()["result"]] == [carmen]


@pytest.mark.parametrize(
    ("verb", "path", "body"),
    [
        ("post", "/proxy/time_entries/{}/stop", None),
        ("patch", "/proxy/time_entries/{}/stop", None),
        ("post", "/proxy/time_entries/stop?id={}", None),
        ("post", "/proxy/time_entries/stop", "id"),
    ],
)
def test_a_timer_is_stopped_by_any_of_the_ways_to_say_so(
    ask: Ask, sandbox: RunningSandbox, verb: str, path: str, body: str | None
) -> None:
    project, task = sandbox.picks("alice")[0]
    new = {"project_id": project.id, "task_id": task.id, "spent_date": "2026-11-24"}
    entry = ask("post", "/proxy/time_entries", json=new).json()
    assert entry["is_running"]
    path, _, query = path.format(entry["id"]).partition("?")
    given = {"id": query.removeprefix("id=")} if query else {}
    stopped = ask(verb, path, json={body: entry["id"]} if body else None, **given)
    assert (stopped.status_code, stopped.json()["is_running"], stopped.json()["id"]) == (200, False, entry["id"])
    assert ask("post", f"/proxy/time_entries/{entry['id']}/restart").json()["is_running"]


@pytest.mark.parametrize("verb", ["post", "delete"])
def test_an_entry_lets_go_of_its_item(ask: Ask, sandbox: RunningSandbox, verb: str) -> None:
    entry = sandbox.add_entry("alice", hours="1", item_id="ticket-7", permalink="http://127.0.0.1:8002/7")
    answer = ask(verb, f"/proxy/time_entries/{entry.id}/external_reference")
    assert (answer.status_code, answer.json()) == (200, {"id": entry.id})
    assert ask("get", f"/proxy/time_entries/{entry.id}").json()["external_reference"] is None


def test_the_draft_of_a_message_is_a_method_of_the_collection(ask: Ask, sandbox: RunningSandbox) -> None:
    invoice = {"invoice_id": first_of("invoices", sandbox)}
    sandbox.journal.clear()
    draft = ask("get", "/proxy/invoice_messages/new", reminder="1", **invoice)
    assert (draft.status_code, draft.json()["invoice_id"]) == (200, invoice["invoice_id"])
    assert sandbox.requests()[0].query == "reminder=true"
    assert ask("post", "/proxy/invoice_messages/new", json=invoice).json().keys() == draft.json().keys()
