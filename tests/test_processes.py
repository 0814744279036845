"""The bridge that other tests talk to is the real one."""

from __future__ import annotations

import httpx

from harvest_bridge.sandbox.testing import RunningSandbox
from tests.processes import Bridge


def test_a_bridge_is_ready_with_a_host_app_of_its_own(bridge: Bridge) -> None:
    answer = httpx.get(f"{bridge.url}/health/ready")
    assert answer.status_code == 200
    ill = {name for name, said in answer.json()["parts"].items() if said != "ok"}
    assert ill <= {"worker", "webhooks"}  # it has no worker
    assert set(bridge.host) == {"host_app_id", "api_key", "widget_key_id", "widget_secret"}


def test_a_killed_bridge_comes_back_on_the_same_address(bridge: Bridge) -> None:
    bridge.web.kill()
    assert not bridge.web.is_alive
    bridge.restart()
    assert httpx.get(f"{bridge.url}/health/ready").status_code == 200


def test_the_sandbox_is_reached_where_the_bridge_looks_for_it(bridge: Bridge, sandbox: RunningSandbox) -> None:
    assert sandbox.get("/v2/users/me").status_code == 200
    assert bridge.environment["HARVEST_API_URL"] == sandbox.url
