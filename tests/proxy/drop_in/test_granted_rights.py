"""A connection that was linked with fewer rights does no more on `/v2` either, from the next request on."""

from __future__ import annotations

from collections.abc import Callable

import httpx
import pytest

from harvest_bridge.sandbox.testing import RunningSandbox
from tests.processes import Bridge

TAKE = "from harvest_bridge.connections.models import Connection; Connection.objects.filter(pk='{}').update(rights={})"


@pytest.fixture
def take(bridge: Bridge, linked: str) -> Callable[..., None]:
    """Leave the connection nothing but these rights."""

    def leave(*rights: str) -> None:
        bridge.manage("shell", "--no-imports", "-c", TAKE.format(linked, list(rights)))

    return leave


def test_a_right_that_is_gone_is_missed_at_the_next_request(
    harvest: httpx.Client, take: Callable[..., None], sandbox: RunningSandbox
) -> None:
    body = {"name": "A client that nobody asked for"}
    assert harvest.post("/v2/clients", json=body).status_code == 201
    take("read", "time")
    sandbox.journal.clear()
    for path in ("/v2/clients", "/api/v2/clients", "/v2/clients/", "/v2/%63lients", "/v2/clients.json"):
        refused = harvest.post(path, json=body)
        assert (refused.status_code, refused.json()["code"]) == (403, "right_not_granted"), path
        assert "takes the right “projects”" in refused.json()["message"]
    for verb, path in (("DELETE", "/v2/invoices/1"), ("PATCH", "/v2/users/1"), ("PUT", "/v2/unknown/1")):
        assert harvest.request(verb, path).json()["code"] == "right_not_granted"
    assert sandbox.requests() == []
    assert harvest.get("/v2/clients").status_code == 200
    take("time")
    assert harvest.get("/v2/clients").json()["code"] == "right_not_granted"
    assert harvest.get("/v2/time_entries").status_code == 200
    assert harvest.head("/v2/invoices").status_code == 403
