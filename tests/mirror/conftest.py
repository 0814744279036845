"""An account that is linked by an administrator, and its Harvest in memory."""

from __future__ import annotations

import pytest

from harvest_bridge.connections.models import Connection, Status
from harvest_bridge.hosts.services import NewHostApp

from .model_harvest import ME, ModelHarvest
from .syncing import WANTED, Syncing


@pytest.fixture
def linked(board: NewHostApp) -> Connection:
    """As an administrator's link leaves it; its calls go to `ModelHarvest`, so it needs no tokens."""
    return Connection.objects.create(
        host_app=board.host_app,
        tenant_id="acme",
        kind="account",
        status=Status.ACTIVE,
        harvest_account_id=7,
        harvest_account_name="Acme",
        harvest_user_id=ME,
        linked_by="Alice",
        access_roles=["administrator"],
    )


@pytest.fixture
def harvest() -> ModelHarvest:
    return ModelHarvest(seed=1)


@pytest.fixture
def syncing(linked: Connection, harvest: ModelHarvest) -> Syncing:
    """Everything of it was read once."""
    found = Syncing(linked, send=harvest.send, resources=WANTED)
    found.work()
    return found
