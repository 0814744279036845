"""/integration and /environment-integration, for Truto's clients: Harvest's entry, and nothing else."""

from __future__ import annotations

import pytest
from rest_framework.test import APIClient

from harvest_bridge.connections.models import Connection
from harvest_bridge.hosts.services import NewHostApp
from tests.people import rest

pytestmark = pytest.mark.django_db


def test_there_is_one_integration(api: APIClient) -> None:
    page = api.get("/integration").json()
    [entry] = page["result"]
    assert (entry["id"], entry["name"], page["next_cursor"], page["result_count"]) == ("harvest", "harvest", None, 1)
    assert api.get("/integration/harvest").json() == entry
    assert api.get("/integration/slack").status_code == 404


def test_an_account_names_its_environment_integration(api: APIClient, alices: Connection) -> None:
    [entry] = api.get("/environment-integration").json()["result"]
    account = api.get(f"/integrated-account/{alices.pk}").json()
    assert account["environment_integration_id"] == entry["id"]
    assert entry["environment_id"] == account["environment_id"]
    assert entry["integration"] == account["integration"]
    assert (entry["is_enabled"], entry["show_in_catalog"]) == (True, True)
    assert api.get(f"/environment-integration/{entry['id']}").json() == entry


def test_another_host_app_has_another_and_does_not_see_ours(api: APIClient, stranger: NewHostApp) -> None:
    [ours] = api.get("/environment-integration").json()["result"]
    assert rest(stranger.api_key).get(f"/environment-integration/{ours['id']}").status_code == 404


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"integration.name": "harvest"}, 1),
        ({"integration.name": "slack"}, 0),
        ({"is_enabled": "true"}, 1),
        ({"is_enabled": "false"}, 0),
        ({"next_cursor": ""}, 1),
    ],
)
def test_its_filters_are_applied(api: APIClient, query: dict[str, str], found: int) -> None:
    assert api.get("/environment-integration", query).json()["result_count"] == found


def test_a_filter_that_there_is_not_is_refused(api: APIClient) -> None:
    assert api.get("/integration", {"colour": "red"}).json()["code"] == "invalid_request"
