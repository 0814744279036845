"""Harvest clients that nobody here wrote run unmodified: only their host and their token are changed."""

from __future__ import annotations

from typing import Any

import pytest

from harvest_bridge.sandbox.testing import RunningSandbox
from tests.processes import Bridge


@pytest.fixture
def redux(bridge: Bridge, linked: str, sandbox: RunningSandbox) -> Any:
    """python-harvest-redux."""
    from harvest import Harvest

    key = bridge.host["api_key"]
    return Harvest(f"{bridge.url}/v2", personal_token=key, account_id=sandbox.account.id)


@pytest.fixture
def tapioca(bridge: Bridge, linked: str, sandbox: RunningSandbox) -> Any:
    """tapioca-harvest, whose host is an attribute."""
    from tapioca import generate_wrapper_from_adapter
    from tapioca_harvest.tapioca_harvest import HarvestClientAdapter

    here = type("Here", (HarvestClientAdapter,), {"api_root": f"{bridge.url}/v2/"})
    key, account = bridge.host["api_key"], str(sandbox.account.id)
    return generate_wrapper_from_adapter(here)(token=key, account_id=account, user_agent="tests@example.com")


def test_redux_reads_and_writes(redux: Any) -> None:
    assert len(redux.clients()["clients"]) > 2
    made = redux.create_task(name="Pruning")
    assert redux.get_task(made["id"])["name"] == "Pruning"
    assert "Pruning" in [task["name"] for task in redux.tasks()["tasks"]]
    assert redux.delete_task(made["id"]).status_code == 200
    assert redux.get_task(made["id"])["status"] == 404


def test_tapioca_runs_a_timer(tapioca: Any, sandbox: RunningSandbox) -> None:
    project, task = sandbox.pick("alice")
    assert tapioca.me().get()._data["first_name"] == "Alice"
    wanted = {"project_id": project.id, "task_id": task.id, "spent_date": sandbox.now().date().isoformat()}
    entry = tapioca.time_entries().post(data=wanted)._data
    stopped = tapioca.time_entry_stop(time_entry_id=entry["id"]).patch()._data
    assert (entry["is_running"], stopped["is_running"]) == (True, False)
    tapioca.time_entry(time_entry_id=entry["id"]).patch(data={"notes": "Through the bridge"})
    assert tapioca.time_entry(time_entry_id=entry["id"]).get()._data["notes"] == "Through the bridge"


def test_tapioca_hears_harvests_own_refusal(tapioca: Any) -> None:
    from tapioca.exceptions import ClientError

    with pytest.raises(ClientError) as refused:
        tapioca.client(client_id=1).get()
    assert refused.value.client._data["status"] == 404
