"""A deal is planned, run, looked at and undone."""

from __future__ import annotations

import pytest
from rest_framework.test import APIClient

from .agency import Agency, Deals, deal

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def deals(api: APIClient, agency: Agency) -> Deals:
    return Deals(api, agency.connection)


@pytest.mark.parametrize("tasks", [deal()["tasks"], [{"name": "Design"}]], ids=["some default", "all default"])
def test_a_run_makes_exactly_the_calls_of_its_dry_run(
    deals: Deals, agency: Agency, tasks: list[dict[str, str]]
) -> None:
    wanted = deal(tasks=tasks)
    planned = deals.dry_run(wanted)
    assert planned["status"] == "planned", planned
    assert planned["plan"]["problems"] == []
    assert agency.writes() == []
    agency.forget_requests()
    assert deals.post(wanted).status_code == 202
    agency.work()
    run = deals.get(f"runs/{planned['id']}").json()
    assert run["status"] == "completed", run["error"]
    expected = [(call["verb"], call["path"]) for call in planned["plan"]["calls"]]
    ids = {"{client}": run["client"]["id"], "{project}": run["project"]["id"]}
    for name, value in ids.items():
        expected = [(verb, path.replace(name, str(value))) for verb, path in expected]
    assert agency.requests() == expected
    assert len(expected) <= 20


def test_a_completed_run_is_undone_without_a_trace(deals: Deals, agency: Agency) -> None:
    clients, projects = agency.names("clients"), agency.names("projects")
    run = deals.run(deal())
    agency.work()
    assert "Aurora Foods" in agency.names("clients")
    assert deals.post({}, f"runs/{run['id']}/undo").status_code == 202
    agency.work()
    undone = deals.get(f"runs/{run['id']}").json()
    assert undone["status"] == "undone", undone["error"]
    assert (agency.names("clients"), agency.names("projects")) == (clients, projects)
