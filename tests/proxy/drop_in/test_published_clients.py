"""More clients that nobody here wrote, in JavaScript and Python, unmodified and in processes of their own."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest

from harvest_bridge.sandbox.testing import RunningSandbox
from tests.processes import Bridge
from tests.proxy.drop_in.published_clients import run_node, run_python


@pytest.fixture
def given(bridge: Bridge, linked: str, sandbox: RunningSandbox) -> dict[str, Any]:
    """All that a client is told."""
    project, task = sandbox.pick("alice")
    account, day = str(sandbox.account.id), sandbox.now().date().isoformat()
    whose = {"url": bridge.url, "key": bridge.host["api_key"], "account": account}
    return {**whose, "project": project.id, "task": task.id, "day": day}


def test_harvest_v2_for_node_lists_creates_updates_stops_and_deletes(given: dict[str, Any]) -> None:
    told = run_node("harvest_v2.js", given)
    page = told["firstPage"]
    assert (page["page"], len(page["time_entries"])) == (2, 3)
    assert page["links"]["next"].startswith(f"{given['url']}/v2/time_entries")
    assert told["states"] == [True, False, True]
    assert told["notes"] == "Grafted “öbst”"
    assert (told["gone"]["status"], told["listed"]) == (404, True)
    assert told["me"]["first_name"] == "Alice"
    assert told["company"]["is_active"] is True
    assert told["assignments"] > 0
    assert "name" in told["refused"]["message"].lower()


def test_tap_harvest_copies_every_stream(given: dict[str, Any], sandbox: RunningSandbox) -> None:
    said = run_python("tap_harvest_sync.py", given)
    assert {line["stream"] for line in said if line["type"] == "SCHEMA"} >= {
        "time_entries",
        "user_projects",
        "invoices",
    }
    counted = Counter(line["stream"] for line in said if line["type"] == "RECORD")
    for stream in ("clients", "projects", "tasks", "users", "time_entries", "roles", "invoices", "expenses"):
        direct = sandbox.get(f"/v2/{stream}", "alice", account=sandbox.account).json()
        assert counted[stream] == direct["total_entries"], stream


def test_getharvest_api_wrapper_runs_a_timer(given: dict[str, Any]) -> None:
    states, statuses, seen = run_python("getharvest.py", given)
    assert states == [True, False]
    assert statuses == [200, 200, 200, 200, 404]
    assert seen == ["Pruned", True]


def test_trutos_python_sdk_runs_by_changing_its_base_url(
    given: dict[str, Any], linked: str, sandbox: RunningSandbox
) -> None:
    [told] = run_python("truto_sdk.py", given | {"connection": linked})
    unbilled = sandbox.get("/v2/time_entries?is_billed=false&per_page=2000", "alice", account=sandbox.account).json()
    assert told["entries"] == [entry["id"] for entry in unbilled["time_entries"]]
    assert told["link_token"].startswith("hb_link_")
    assert (told["account"], told["token"]) == ("active", True)
    assert told["client"] == ["Vandelay Inc", True]
    assert told["refused"] == [404, 400]
    assert told["users"] == sandbox.get("/v2/users", "alice").json()["total_entries"]
    assert (told["me"], told["custom"]) == ("Alice", "Alice")
