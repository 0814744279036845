"""An account whose mirror is made of what a test says: streams and records, as passes would leave them."""

from __future__ import annotations

import pytest
from rest_framework.test import APIClient

from harvest_bridge.connections.models import Connection, Status
from harvest_bridge.hosts.services import NewHostApp

from .asking import Asking
from .mirrored import Mirrored


@pytest.fixture
def linked(board: NewHostApp) -> Connection:
    """As an administrator's link leaves it, without tokens."""
    return Connection.objects.create(
        host_app=board.host_app,
        tenant_id="acme",
        kind="account",
        status=Status.ACTIVE,
        harvest_account_id=7,
        harvest_account_name="Acme",
        harvest_user_id=1,
        linked_by="Alice",
        access_roles=["administrator"],
    )


@pytest.fixture
def mirrored(linked: Connection) -> Mirrored:
    """Its copy, read once, with a company in EUR and nothing else."""
    return Mirrored(linked)


@pytest.fixture
def ask(api: APIClient, linked: Connection) -> Asking:
    return Asking(api, linked)
