"""A deal is planned, run, looked at and undone."""

from __future__ import annotations

import pytest
from rest_framework.test import APIClient

from harvest_bridge.connections.models import Connection
from harvest_bridge.provisioning.models import AccountFacts

from .agency import Agency, Deals, deal

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def deals(api: APIClient, agency: Agency) -> Deals:
    return Deals(api, agency.connection)


FIVE = [task["name"] for task in deal()["tasks"]]


@pytest.mark.parametrize("defaults", [[], FIVE[:3], FIVE], ids=["none default", "some default", "all default"])
def test_a_typical_deal_makes_exactly_the_calls_of_its_dry_run_and_no_more_than_twenty(
    deals: Deals, agency: Agency, defaults: list[str]
) -> None:
    """One new client, one project with a code, five tasks of the account and eight people."""
    with agency.sandbox.world.lock:
        for task in agency.sandbox.account.tasks:
            task.is_default = task.name in defaults
    wanted = deal()
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


def test_a_run_without_a_dry_run_asks_for_the_company_where_linking_told_nothing_of_it(
    deals: Deals, agency: Agency
) -> None:
    """A typical deal stays within twenty calls also where it is an account's first."""
    told = {"base_uri": "https://fennelfinch.harvestapp.example", "plan_type": "simple-v4", "currency": "USD"}
    for number, company in enumerate((None, told)):
        AccountFacts.objects.all().delete()
        Connection.objects.update(company=company)
        agency.connection.refresh_from_db()
        agency.forget_requests()
        run = deals.run(deal(external_id=f"d{number}", tasks=[], people=[], project__code=f"C-{number}"))
        agency.work()
        asked = [path for _, path in agency.requests()]
        assert ("/v2/company" in asked) is (company is None), run
        links = deals.get(f"runs/{run['id']}").json()["links"]
        assert links["project"].startswith("https://")
