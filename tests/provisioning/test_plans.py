"""Bad input is refused in the plan, before anything is written, each time with its field; near names are a question."""

from __future__ import annotations

from typing import Any

import pytest
from rest_framework.test import APIClient

from harvest_bridge.provisioning.models import Run
from harvest_bridge.sandbox.records import Client

from .agency import Agency, Deals, deal

pytestmark = pytest.mark.django_db(transaction=True)

BAD: list[tuple[dict[str, Any], str, str]] = [
    ({"tasks": [{"id": 999}]}, "unknown_task", "tasks[0].id"),
    ({"tasks": [{"name": "Wizardry", "must_exist": True}]}, "unknown_task", "tasks[0].name"),
    ({"people": [{"email": "nobody@example.com"}]}, "unknown_person", "people[0].email"),
    ({"people": [{"email": "laura@fennelfinch.example"}]}, "person_archived", "people[0].email"),
    ({"people": [{"role": "Alchemy"}]}, "unknown_role", "people[0].role"),
    ({"project__code": "NW-STORE"}, "code_taken", "project.code"),
    ({"client": {"name": "Northwind Outdoor", "currency": "EUR"}}, "currency_differs", "client.currency"),
    ({"client": {"name": "Northwind Outdor"}}, "ambiguous", "client.name"),
    ({"client": {"name": "Northwind Outdoor"}, "project": {"name": "Autumn Campaign"}}, "project_archived", "project"),
    ({"project__budget_by": "project_cost", "project__bill_by": "none"}, "budget_does_not_fit", "project.budget_by"),
    ({"project__fee": 500}, "billing_does_not_fit", "project.fee"),
    ({"tasks": [{"name": "Design", "hourly_rate": 90}]}, "billing_does_not_fit", "tasks[0].hourly_rate"),
    ({"people": [{"role": "Design", "budget": 9}]}, "budget_does_not_fit", "people[0].budget"),
    ({"project__starts_on": "2027-02-01", "project__ends_on": "2027-01-01"}, "dates_reversed", "project.ends_on"),
    ({"tasks": [{"name": "Design"}, {"name": "DESIGN"}]}, "given_twice", "tasks[1]"),
    ({"project": {"id": 11000101}}, "project_of_another_client", "project.id"),
]


@pytest.fixture
def deals(api: APIClient, agency: Agency) -> Deals:
    return Deals(api, agency.connection)


def test_bad_input_is_refused_in_the_plan_with_its_field(deals: Deals, agency: Agency) -> None:
    for place, (changes, code, field) in enumerate(BAD):
        plan = deals.dry_run(deal(external_id=f"bad-{place}", **changes))["plan"]
        assert (code, field) in [(one["code"], one["field"]) for one in plan["problems"]], (changes, plan["problems"])
        assert plan["calls"] == []
    assert agency.writes() == []


def test_a_member_who_linked_cannot_and_is_told_so_before_anything_is_written(deals: Deals, agency: Agency) -> None:
    with agency.sandbox.world.lock:
        agency.sandbox.user("alice").access_roles[:] = ["manager", "client_and_task_manager"]
    [problem] = [one for one in deals.dry_run(deal(people=[]))["plan"]["problems"] if one["field"] == "project"]
    assert (problem["code"], problem["needs"]) == ("right_missing", "manager with project_creator")
    assert agency.writes() == []


def test_a_field_that_nobody_knows_is_refused(deals: Deals) -> None:
    answer = deals.post(deal(project__budget_kind="hours"))
    assert answer.status_code == 400
    assert "budget_kind" in str(answer.json()["fields"])


def test_the_same_body_is_the_same_run_and_another_is_a_difference_until_it_is_asked_for(
    deals: Deals, agency: Agency
) -> None:
    first = deals.run(deal())
    assert deals.run(deal())["id"] == first["id"]
    agency.work()
    other = deal(project__notes="Now with notes", people=[*deal()["people"], {"email": "kwame@fennelfinch.example"}])
    refused = deals.post(other)
    assert (refused.status_code, refused.json()["code"]) == (409, "deal_changed")
    verbs = [call["verb"] for call in refused.json()["plan"]["calls"] if call["is_write"]]
    assert verbs == ["PATCH", "POST"]
    agency.forget_requests()
    deals.run({**other, "apply_changes": True})
    agency.work()
    assert [verb for verb, _ in agency.writes()] == verbs
    assert Run.objects.get().status == "completed"


def test_what_changed_in_harvest_since_the_dry_run_stops_the_run_until_somebody_goes_on(
    deals: Deals, agency: Agency
) -> None:
    planned = deals.dry_run(deal())
    with agency.sandbox.world.lock:
        account = agency.sandbox.account
        fresh = {"created_at": agency.sandbox.now(), "updated_at": agency.sandbox.now()}
        account.clients.add(
            Client(id=account.ids.next("clients"), name="AURORA foods", currency="USD", statement_key="x", **fresh)
        )
    agency.forget_requests()
    deals.run(deal())
    agency.work()
    stopped = deals.get(f"runs/{planned['id']}").json()
    assert (stopped["status"], stopped["error"]["code"], agency.writes()) == ("blocked", "plan_changed", [])
    assert deals.post({}, f"runs/{planned['id']}/continue").status_code == 202
    agency.work()
    assert deals.get(f"runs/{planned['id']}").json()["status"] == "completed"
    assert [name.casefold() for name in agency.names("clients")].count("aurora foods") == 1


def test_a_project_with_time_is_archived_and_never_deleted(deals: Deals, agency: Agency) -> None:
    run = deals.run(deal())
    agency.work()
    with agency.sandbox.world.lock:
        [project] = [one for one in agency.sandbox.account.projects if one.name == "Web shop"]
        task = next(one.task for one in agency.sandbox.account.task_assignments if one.project is project)
    agency.sandbox.add_entry("carmen", project=project, task=task)
    deals.post({}, f"runs/{run['id']}/undo")
    agency.work()
    undone = deals.get(f"runs/{run['id']}").json()
    assert undone["status"] == "undone", undone["error"]
    assert not project.is_active
    assert "Web shop" in agency.names("projects")
    assert ("project", "archive") in [(step["kind"], step["action"]) for step in undone["steps"]]


def test_who_sees_a_part_of_the_projects_is_asked_before_one_is_made_beside_one_that_may_be_there(
    deals: Deals, agency: Agency
) -> None:
    with agency.sandbox.world.lock:
        agency.sandbox.user("alice").access_roles[:] = ["manager", "client_and_task_manager", "project_creator"]
    wanted = deal(client={"name": "Northwind Outdoor"}, project={"name": "Hidden", "code": "H-1"}, people=[], tasks=[])
    plan = deals.dry_run(wanted)["plan"]
    assert [(one["code"], one["field"]) for one in plan["problems"]] == [("project_maybe_unseen", "project.name")]
    chosen = deals.dry_run(deal(**{**wanted, "project": {**wanted["project"], "create_new": True}}))["plan"]
    assert chosen["problems"] == []
    assert any("sees a part of its projects" in note for note in chosen["notes"])


def test_a_deal_that_comes_again_with_another_project_name_renames_it(deals: Deals, agency: Agency) -> None:
    deals.run(deal(people=[]))
    agency.work_to_the_end()
    renamed = deal(people=[], project__name="Web shop 2027", client={"name": "Aurora"})
    plan = deals.dry_run(renamed)["proposal"]
    [project] = [step for step in plan["steps"] if step["kind"] == "project"]
    assert project["changes"] == [{"field": "project.name", "from": "Web shop", "to": "Web shop 2027"}]
    assert any("stays 'Aurora Foods'" in note for note in plan["notes"])
    deals.run({**renamed, "apply_changes": True})
    agency.work_to_the_end()
    assert "Web shop 2027" in agency.names("projects")
    assert "Web shop" not in agency.names("projects")


def test_a_deal_that_goes_over_to_a_fixed_fee_need_not_mention_the_rate_of_before(deals: Deals, agency: Agency) -> None:
    deals.run(deal(people=[]))
    agency.work_to_the_end()
    project = {"name": "Web shop", "code": "AF-1", "bill_by": "none", "is_fixed_fee": True, "fee": 9000}
    assert deals.dry_run(deal(people=[], project=project))["proposal"]["problems"] == []


def test_a_project_whose_name_is_spelled_in_another_case_is_used_and_completes(deals: Deals, agency: Agency) -> None:
    deals.run(deal(people=[], client={"name": "northwind outdoor"}, project={"name": "ONLINE STORE"}))
    agency.work_to_the_end()
    assert Run.objects.get().status == "completed"
