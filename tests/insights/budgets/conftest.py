"""An account in Berlin whose projects have budgets of every kind."""

from __future__ import annotations

import pytest

from tests.insights.mirrored import Mirrored
from tests.insights.records import client, person


@pytest.fixture
def account(mirrored: Mirrored) -> Mirrored:
    mirrored.put("company", {"name": "Acme", "currency": "EUR", "timezone": "Berlin"})
    mirrored.put("users", person(1), person(2))
    mirrored.put("clients", client(3))
    return mirrored
