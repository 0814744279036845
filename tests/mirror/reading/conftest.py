"""A mirror of Alice's account, and how the host's back end reads it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from rest_framework.test import APIClient

from harvest_bridge.connections.models import Connection
from harvest_bridge.hosts.services import NewHostApp
from harvest_bridge.mirror.models import Mirror
from tests.mirror.reading.filling import mirrored

Ask = Callable[..., Any]


def connected(host: NewHostApp, *, tenant_id: str = "acme", account_id: int = 1408215) -> Connection:
    return Connection.objects.create(
        host_app=host.host_app,
        tenant_id=tenant_id,
        kind="account",
        status="active",
        harvest_account_id=account_id,
        harvest_account_name="Fennel & Finch",
        harvest_user_id=4000101,
        linked_by="Alice",
    )


@pytest.fixture
def linked_account(board: NewHostApp) -> Connection:
    return connected(board)


@pytest.fixture
def mirror(linked_account: Connection) -> Mirror:
    return mirrored(linked_account)


@pytest.fixture
def ask(api: APIClient, linked_account: Connection) -> Ask:
    """GET of a path under /mirror/, for Alice's account."""

    def call(path: str, **query: Any) -> Any:
        return api.get(f"/mirror/{path}", {"integrated_account_id": str(linked_account.pk), **query})

    return call
