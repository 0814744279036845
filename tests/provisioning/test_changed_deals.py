"""A deal that comes again with another body: each difference is in the proposal, and is applied only when asked."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import pytest
from rest_framework.test import APIClient

from harvest_bridge.provisioning.models import Run

from .agency import Agency, Deals, deal

pytestmark = pytest.mark.django_db(transaction=True)
Json = dict[str, Any]
CONTACT = {"first_name": "Mia", "last_name": "Berg", "email": "mia@aurora.example"}
FIRST = deal(
    client={"name": "Aurora Foods", "address": "1 Old Street", "contacts": [CONTACT]},
    project={
        "name": "Web shop",
        "bill_by": "Tasks",
        "budget_by": "person",
        "notes": "As sold",
        "starts_on": "2026-01-05",
        "ends_on": "2026-06-30",
    },
    tasks=[{"name": "Design", "hourly_rate": 100}, {"name": "Research", "hourly_rate": 90, "billable": True}],
    people=[{"email": "carmen@fennelfinch.example", "budget": 10}, {"email": "ivan@fennelfinch.example", "budget": 20}],
)


def changed(path: str, value: Any) -> Json:
    """FIRST with another value, at such as `tasks/0/hourly_rate`."""
    body = deepcopy(FIRST)
    *way, last = [int(part) if part.isdigit() else part for part in path.split("/")]
    part: Any = body
    for step in way:
        part = part[step]
    part.append(value) if last == "+" else part.__setitem__(last, value)
    return body


# Where it differs, the value, and the one write that it takes: verb, end of the path, and a field of the body.
CHANGES: dict[str, tuple[str, Any, tuple[str, str, Json]]] = {
    "address": ("client/address", "2 New Street", ("PATCH", "clients", {"address": "2 New Street"})),
    "contact": (
        "client/contacts/+",
        {"first_name": "Otto", "email": "otto@aurora.example"},
        ("POST", "contacts", {"first_name": "Otto"}),
    ),
    "notes": ("project/notes", "As changed", ("PATCH", "projects", {"notes": "As changed"})),
    "start": ("project/starts_on", "2026-02-02", ("PATCH", "projects", {"starts_on": "2026-02-02"})),
    "end": ("project/ends_on", "2026-12-31", ("PATCH", "projects", {"ends_on": "2026-12-31"})),
    "monthly budget": ("project/budget_is_monthly", True, ("PATCH", "projects", {"budget_is_monthly": True})),
    "task's rate": ("tasks/0/hourly_rate", 110, ("PATCH", "task_assignments", {"hourly_rate": 110})),
    "task's billable": ("tasks/1/billable", False, ("PATCH", "task_assignments", {"billable": False})),
    "another task": ("tasks/+", {"name": "Content"}, ("POST", "task_assignments", {})),
    "person's budget": ("people/0/budget", 12.5, ("PATCH", "user_assignments", {"budget": 12.5})),
    "manager": ("people/1/is_project_manager", True, ("PATCH", "user_assignments", {"is_project_manager": True})),
    "another person": ("people/+", {"email": "hana@fennelfinch.example"}, ("POST", "user_assignments", {})),
    "role": ("people/+", {"role": "Strategy"}, ("POST", "user_assignments", {})),
}


@pytest.fixture
def deals(api: APIClient, agency: Agency) -> Deals:
    return Deals(api, agency.connection)


@pytest.fixture
def done(deals: Deals, agency: Agency) -> Json:
    run = deals.run(FIRST)
    agency.work_to_the_end()
    found: Json = deals.get(f"runs/{run['id']}").json()
    assert found["status"] == "completed", found["error"]
    agency.forget_requests()
    return found


def writes_of(plan: Json) -> list[Json]:
    return [call for call in plan["calls"] if call["is_write"]]


def test_each_change_of_a_deal_is_proposed_and_is_made_only_when_asked(
    deals: Deals, agency: Agency, done: Json
) -> None:
    for name, (path, value, (verb, resource, body)) in CHANGES.items():
        wanted = changed(path, value)
        plan = deals.dry_run(wanted)["proposal"]
        assert plan["problems"] == [], name
        writes = writes_of(plan)
        assert {(one["verb"], one["path"].split("/")[2 if one["path"].count("/") < 4 else 4]) for one in writes} == {
            (verb, resource)
        }, name
        assert all(one["body"].items() >= body.items() for one in writes), (name, writes)
        assert deals.post(wanted).status_code == 409, name
        assert plan["not_asked_for"] == [], name
    assert agency.writes() == []


def test_a_change_that_is_asked_for_is_what_was_proposed(deals: Deals, agency: Agency, done: Json) -> None:
    wanted = FIRST | {"tasks": changed("tasks/0/hourly_rate", 110)["tasks"]}
    wanted = wanted | {"people": changed("people/1/is_project_manager", True)["people"]}
    shown = [(one["verb"], one["path"]) for one in writes_of(deals.dry_run(wanted)["proposal"])]
    assert len(shown) == 2
    deals.run({**wanted, "apply_changes": True})
    agency.work_to_the_end()
    assert agency.writes() == shown
    assert deals.get(f"runs/{done['id']}").json()["status"] == "completed"


@pytest.mark.parametrize(
    ("path", "value"), [("people/1/is_project_manager", True), ("people/0/budget", 12.5), ("tasks/0/hourly_rate", 110)]
)
def test_a_deal_that_was_changed_once_can_be_changed_again(
    deals: Deals, agency: Agency, done: Json, path: str, value: object
) -> None:
    """What is there is compared with the body as it is now, not with that which made it."""
    once = changed(path, value)
    back = {**once, "people": FIRST["people"], "tasks": FIRST["tasks"]}
    for body in (once, back, {**back, "project": {**FIRST["project"], "notes": "The third"}}):
        deals.run({**body, "apply_changes": True})
        agency.work_to_the_end()
        run = deals.get(f"runs/{done['id']}").json()
        assert run["status"] == "completed", run["error"]


def test_somebody_whose_assignment_was_ended_by_hand_is_assigned_again(
    deals: Deals, agency: Agency, done: Json
) -> None:
    rows = agency.sandbox.account.user_assignments
    with agency.sandbox.world.lock:
        [ivan] = [row for row in rows if row.project.name == "Web shop" and row.user.first_name == "Ivan"]
        ivan.is_active = False
    deals.run({**FIRST, "apply_changes": True, "project": {**FIRST["project"], "notes": "Later"}})
    agency.work_to_the_end()
    run = deals.get(f"runs/{done['id']}").json()
    assert (run["status"], ivan.is_active) == ("completed", True), run["error"]


def test_what_a_later_body_does_not_ask_for_any_more_stays_and_the_plan_names_it(
    deals: Deals, agency: Agency, done: Json
) -> None:
    shorter = deepcopy(FIRST)
    shorter["client"] = {"name": "Aurora Foods"}
    del shorter["project"]["notes"], shorter["tasks"][1], shorter["tasks"][0]["hourly_rate"], shorter["people"][1]
    plan = deals.dry_run(shorter)["proposal"]
    assert writes_of(plan) == []
    assert {(one["kind"], one["title"], one["field"]) for one in plan["not_asked_for"]} == {
        ("task", "Research", None),
        ("person", "Ivan Petrov", None),
        ("contact", "Mia Berg", None),
        ("field", "client", "client.address"),
        ("field", "project", "project.notes"),
        ("field", "design", "tasks[0].hourly_rate"),
    }
    deals.run({**shorter, "apply_changes": True})
    agency.work_to_the_end()
    assert agency.writes() == []
    found = deals.get(f"runs/{done['id']}").json()
    assert (found["status"], {one["kind"] for one in found["plan"]["not_asked_for"]}) == (
        "completed",
        {"task", "person", "contact"},
    )


def test_somebody_who_is_not_asked_for_any_more_may_be_taken_off_by_hand(
    deals: Deals, agency: Agency, done: Json
) -> None:
    shorter = deepcopy(FIRST)
    del shorter["people"][1]
    deals.run({**shorter, "apply_changes": True})
    agency.work_to_the_end()
    rows = agency.sandbox.account.user_assignments
    with agency.sandbox.world.lock:
        [ivan] = [row for row in rows if row.project.name == "Web shop" and row.user.first_name == "Ivan"]
        rows.remove(ivan)
    deals.run({**shorter, "apply_changes": True, "project": {**shorter["project"], "notes": "Later"}})
    agency.work_to_the_end()
    found = deals.get(f"runs/{done['id']}").json()
    assert found["status"] == "completed", found["error"]


def test_a_change_whose_answer_was_lost_is_not_sent_again_while_it_may_still_arrive(
    deals: Deals, done: Json, agency: Agency
) -> None:
    agency.sandbox.fault("lost_answer", method="PATCH", path="/v2/projects/*")
    deals.run({**changed("project/notes", "As changed"), "apply_changes": True})
    agency.work()
    agency.later(seconds=20).work()
    assert len(agency.writes()) == 1
    agency.work_to_the_end()
    assert Run.objects.get().status == "completed"
