"""A website by the hour for a client in EUR, of an account in EUR."""

from __future__ import annotations

import pytest

from tests.insights.mirrored import Mirrored
from tests.insights.records import client, entry, expense, person, project, task


@pytest.fixture
def website(mirrored: Mirrored) -> Mirrored:
    """Two rounded hours at 100 (1.9 h in fact), eight that are not billable, a cost of 50 an hour, 130 of expenses."""
    mirrored.put("users", person(1, "Carmen Ruiz"), person(2, "Dev Patel"))
    mirrored.put("clients", client(3), client(4, "USD"), client(8, "JPY"), client(9, "KWD"))
    mirrored.put("projects", project(5, 3))
    mirrored.put("tasks", task(9))
    mirrored.put(
        "time_entries",
        entry(1, "2026-03-02", 1.9, rounded_hours=2.0),
        entry(2, "2026-03-03", 8, user=2, billable=False, billable_rate=None),
    )
    mirrored.put("expenses", expense(1, "2026-03-02", 100), expense(2, "2026-03-03", 30, user=2, billable=False))
    return mirrored
