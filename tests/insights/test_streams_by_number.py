"""Clients are found without a look at a million entries: PostgreSQL must know which stream is asked for."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection as database
from django.test.utils import CaptureQueriesContext

from harvest_bridge.connections.models import Connection
from harvest_bridge.insights.currencies import account_currency
from harvest_bridge.insights.payouts.people import names_of, people_of
from harvest_bridge.insights.records.raw_rows import Named, decoded
from harvest_bridge.mirror.models import Mirror

from .conftest import linked as linked
from .mirrored import Mirrored

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    "read",
    [
        lambda mirror: dict(decoded(mirror, "clients", Named)),
        lambda mirror: names_of(mirror, "clients"),
        people_of,
        account_currency,
    ],
)
def test_no_table_of_streams_is_joined_to_that_of_records(linked: Connection, read: Callable[[Mirror], Any]) -> None:
    mirrored = Mirrored(linked)
    mirrored.put("clients", {"id": 5, "name": "Acme"})
    mirrored.put("users", {"id": 6, "first_name": "Ann"})
    with CaptureQueriesContext(database) as asked:
        assert read(mirrored.mirror)
    assert not [each["sql"] for each in asked.captured_queries if "JOIN" in each["sql"]]
