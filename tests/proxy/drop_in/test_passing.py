"""What a Harvest client sees through us is what Harvest said."""

from __future__ import annotations

import httpx

from harvest_bridge.sandbox.testing import RunningSandbox
from tests.processes import Bridge


def test_a_record_comes_back_as_harvest_sent_it(harvest: httpx.Client, sandbox: RunningSandbox) -> None:
    direct = sandbox.get("/v2/users/me", "alice", account=sandbox.account)
    through = harvest.get("/v2/users/me")
    assert (through.status_code, through.content) == (200, direct.content)


def test_a_list_differs_in_its_links_alone(bridge: Bridge, harvest: httpx.Client, sandbox: RunningSandbox) -> None:
    direct = sandbox.get("/v2/time_entries?per_page=7&page=2", "alice", account=sandbox.account)
    through = harvest.get("/v2/time_entries?per_page=7&page=2")
    body, links = direct.content.split(b'"links"')
    assert through.content == body + b'"links"' + links.replace(sandbox.url.encode(), bridge.url.encode())
    assert through.json()["links"]["next"].startswith(f"{bridge.url}/v2/time_entries?")
    assert int(through.headers["content-length"]) == len(through.content)


def test_a_write_answers_201_with_a_location_at_us(bridge: Bridge, harvest: httpx.Client) -> None:
    created = harvest.post("/v2/clients", json={"name": "Pear & Plum"})
    assert created.status_code == 201
    assert created.headers["location"] == f"{bridge.url}/api/v2/clients/{created.json()['id']}"
    assert harvest.get(created.headers["location"]).json() == created.json()
