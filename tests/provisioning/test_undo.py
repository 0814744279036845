"""Undo takes back what a run made and nobody has used, and its dry run says the same."""

from __future__ import annotations

from typing import Any

import pytest
from rest_framework.test import APIClient

from harvest_bridge.sandbox.records import Project

from .agency import Agency, Deals, deal

pytestmark = pytest.mark.django_db(transaction=True)
Json = dict[str, Any]
SMALL = {"people": [{"email": "carmen@fennelfinch.example"}], "tasks": [{"name": "Design"}]}
CONTACT = {"first_name": "Mia", "email": "mia@aurora.example"}


@pytest.fixture
def deals(api: APIClient, agency: Agency) -> Deals:
    return Deals(api, agency.connection)


def done(deals: Deals, agency: Agency, **changes: Any) -> str:
    run = deals.run(deal(**{**SMALL, **changes}))
    agency.work_to_the_end()
    return str(run["id"])


def undone(deals: Deals, agency: Agency, run_id: str) -> dict[str, str]:
    """What became of each thing, which is what the dry run said."""
    shown = deals.post({"dry_run": True}, f"runs/{run_id}/undo").json()["undo"]
    deals.post({}, f"runs/{run_id}/undo")
    agency.work_to_the_end()
    run = deals.get(f"runs/{run_id}").json()
    assert run["status"] == "undone", run["error"]
    became = {step["kind"]: step["action"] for step in run["steps"] if step["phase"] == "undo"}
    assert {one["kind"]: one["action"] for one in shown} == became
    return became


def project_of(agency: Agency) -> Project:
    return next(one for one in agency.sandbox.account.projects if one.name == "Web shop")


def test_what_nobody_has_used_is_removed(deals: Deals, agency: Agency) -> None:
    run = done(deals, agency, client={"name": "Aurora Foods", "contacts": [CONTACT]})
    assert undone(deals, agency, run) == {"project": "remove", "contact": "remove", "client": "remove"}


def test_a_project_with_time_is_archived_with_its_client(deals: Deals, agency: Agency) -> None:
    run = done(deals, agency)
    with agency.sandbox.world.lock:
        project = project_of(agency)
        task = next(one.task for one in agency.sandbox.account.task_assignments if one.project is project)
    agency.sandbox.add_entry("carmen", project=project, task=task)
    assert undone(deals, agency, run) == {"project": "archive", "client": "archive"}


def test_a_client_that_somebody_has_billed_stays_with_its_contact(deals: Deals, agency: Agency) -> None:
    run = done(deals, agency, client={"name": "Aurora Foods", "contacts": [CONTACT]})
    client = project_of(agency).client
    agency.sandbox.post("/v2/estimates", json={"client_id": client.id, "subject": "By hand"})
    assert undone(deals, agency, run) == {"project": "remove", "contact": "keep", "client": "keep"}
    assert client.is_active


def test_a_client_that_somebody_made_while_an_answer_was_lost_is_used_and_left(deals: Deals, agency: Agency) -> None:
    agency.sandbox.fault("reset", method="POST", path="/v2/clients")
    run = str(deals.run(deal(**SMALL))["id"])
    agency.work()
    agency.sandbox.post("/v2/clients", json={"name": "Aurora Foods", "address": "1 Hand Street"})
    agency.later(minutes=10).work_to_the_end()
    assert deals.get(f"runs/{run}").json()["status"] == "completed"
    assert undone(deals, agency, run) == {"project": "remove"}
    assert agency.names("clients").count("Aurora Foods") == 1


def test_what_another_deal_stands_on_stays_until_it_is_taken_back_too(deals: Deals, agency: Agency) -> None:
    first = done(deals, agency)
    second = done(deals, agency, external_id="deal-2")
    assert undone(deals, agency, first) == {"project": "keep", "client": "keep"}
    assert project_of(agency).is_active
    assert deals.get(f"runs/{second}").json()["status"] == "completed"


def test_a_budget_that_somebody_has_changed_since_is_left(deals: Deals, agency: Agency) -> None:
    """Its other fields too: without its kind Harvest would drop it."""
    billing = {"name": "Online Store", "bill_by": "Project"}
    wanted = {**SMALL, "client": {"name": "Northwind Outdoor"}, "tasks": [], "people": []}
    with agency.sandbox.world.lock:
        project = next(one for one in agency.sandbox.account.projects if one.name == "Online Store")
        project.budget_by, project.budget, project.notes = "none", None, "before"
    run = done(deals, agency, **wanted, project={**billing, "budget_by": "project", "budget": 9, "notes": "after"})
    agency.sandbox.patch(f"/v2/projects/{project.id}", json={"budget": 12})
    undone(deals, agency, run)
    assert (project.budget_by, float(project.budget or 0), project.notes) == ("project", 12.0, "before")
