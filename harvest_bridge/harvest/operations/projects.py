"""Projects of an account."""

from __future__ import annotations

from harvest_bridge.harvest.operations.operation import Operation
from harvest_bridge.harvest.records import Named


def create_project(*, client_id: int, name: str) -> Operation[Named]:
    """A new project; its creator manages it, and the account's default tasks are on it.

    Shape: without a budget and without rates, which whoever looks after money can add in Harvest.
    Errors: HarvestForbidden for all but administrators and managers who may create projects, HarvestRejected (422).
    Source: Harvest API v2, Projects, "Create a project"; our REFERENCE §8.8.
    """
    money = {"is_billable": True, "bill_by": "none", "budget_by": "none"}
    return Operation("POST", "/v2/projects", Named.from_harvest, body={"client_id": client_id, "name": name, **money})
