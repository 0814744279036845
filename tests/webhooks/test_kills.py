"""Workers that are killed beside a receiver that is dead for hours lose nothing: `make fault-run`, small."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.bench.fault_run import Plan, on_postgresql, on_sqlite
from tests.conftest import ON_SQLITE

pytestmark = pytest.mark.django_db  # so that either database is tried

SMALL = Plan(
    events=400,
    dead_hours=6,
    dead_seconds=6,
    kills=2,
    restarts=1,
    seconds_between=0.5,
    writers=1,
    workers=1,
    turned_away=10,
    longest_seconds=90,
)


def test_everything_arrives_under_its_own_id_while_workers_are_killed_and_the_database_restarts(tmp_path: Path) -> None:
    found = on_sqlite(SMALL, tmp_path) if ON_SQLITE else on_postgresql(SMALL, tmp_path)
    assert (len(found.happened), found.lost, found.strange) == (400, set(), set())
    assert (found.kills, found.restarts) == (2, 1)
    assert (found.ledger.changed, found.ledger.refused) == (set(), 0)
    assert (found.polled_otherwise, found.has_gaps) == (set(), False)
    assert found.ledger.turned_away >= 10
