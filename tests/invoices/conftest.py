"""A mirror of an account with invoices of every kind, and how the host's back end reads them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from rest_framework.test import APIClient

from harvest_bridge.connections.models import Connection
from harvest_bridge.hosts.services import NewHostApp
from harvest_bridge.mirror.models import Mirror
from harvest_bridge.sandbox.records import Invoice
from harvest_bridge.sandbox.testing import RunningSandbox
from tests.mirror.reading.conftest import connected
from tests.mirror.reading.filling import mirrored

from .providers import SECRET

Ask = Callable[..., Any]


@pytest.fixture
def linked_account(board: NewHostApp) -> Connection:
    return connected(board)


@pytest.fixture
def mirror(linked_account: Connection) -> Mirror:
    return mirrored(linked_account)


@pytest.fixture
def ask(api: APIClient, linked_account: Connection) -> Ask:
    """GET of a path under /invoices, for the linked account."""

    def call(path: str = "", **query: Any) -> Any:
        return api.get(f"/invoices{path}", {"integrated_account_id": str(linked_account.pk), **query})

    return call


@pytest.fixture
def bill(sandbox: RunningSandbox) -> Invoice:
    return next(one for one in sandbox.account.invoices if one.state == "open" and not one.payments)


@pytest.fixture
def make(api: APIClient, alices: Connection) -> Callable[..., str]:
    """Sets up an inbox, and gives the address that the provider posts to."""

    def call(provider: str, **fields: Any) -> str:
        path = f"/invoices/inboxes/{provider}?integrated_account_id={alices.pk}"
        answer = api.put(path, {"secret": SECRET, **fields}, format="json")
        assert answer.status_code == 200, answer.content
        return str(answer.json()["url"]).removeprefix("http://localhost:8000")

    return call
