"""An account in Berlin whose projects have budgets of every kind."""

from __future__ import annotations

import pytest
from rest_framework.test import APIClient

from harvest_bridge.connections.models import Connection
from tests.insights.asking import Asking
from tests.insights.mirrored import Mirrored
from tests.insights.records import client, person


@pytest.fixture
def ask(api: APIClient, linked: Connection) -> Asking:
    return Asking(api, linked)


@pytest.fixture
def account(mirrored: Mirrored) -> Mirrored:
    mirrored.put("company", {"name": "Acme", "currency": "EUR", "timezone": "Berlin"})
    mirrored.put("users", person(1), person(2))
    mirrored.put("clients", client(3))
    return mirrored
