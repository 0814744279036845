"""Whatever happens to Harvest, to the calls and to the process: the mirror and a reader of its feed end up as Harvest.

.venv/bin/python -m pytest tests/mirror/test_convergence.py           # a few passes
MIRROR_PASSES=1000 make mirror-faults                                  # many
"""

from __future__ import annotations

import contextlib
from typing import Any

import msgspec

from harvest_bridge.connections.models import Connection
from harvest_bridge.mirror import queries, services
from harvest_bridge.mirror.models import Mirror, Record

from .model_harvest import Killed, ModelHarvest, Odds
from .syncing import WANTED, Syncing

ROUGH = Odds(change=0.3, failure=0.08, short_page=0.04, rights=0.03, kill=0.03)


class FeedReader:
    """Knows of the account what the feed told, and nothing else; it reads a little, now and then."""

    def __init__(self, mirror: Mirror) -> None:
        self.mirror, self.position = mirror, 0
        self.held: dict[str, dict[int, Any]] = {name: {} for name in WANTED}

    def read(self, limit: int) -> int:
        rows = list(queries.changes(self.mirror, after=self.position).select_related("stream")[:limit])
        for row in rows:
            assert row.position > self.position
            self.position = row.position
            if row.deleted_at is None:
                self.held[row.stream.resource][row.harvest_id] = msgspec.json.decode(row.raw)
            else:
                self.held[row.stream.resource].pop(row.harvest_id, None)
        return len(rows)


def converge(connection: Connection, *, seed: int, passes: int, pages_by_number: bool) -> int:
    """Returns how many deletes were concluded. Errors: AssertionError, with what differs."""
    harvest = ModelHarvest(seed, pages_by_number=pages_by_number)
    syncing = Syncing(connection, send=harvest.send, resources=WANTED)
    reader = FeedReader(syncing.mirror)
    for number in range(passes):
        harvest.odds = ROUGH if number % 5 else Odds()
        harvest.act()
        harvest.most_calls = harvest.calls + 1000
        with contextlib.suppress(Killed):
            syncing.later(minutes=harvest.random.choice([1, 3, 11, 700])).work()
        assert not false_deletes(syncing, harvest), f"seed {seed}, pass {number}"
        reader.read(harvest.random.randrange(40))
    quiet(syncing, harvest)
    expected = truth(harvest)
    for name in WANTED:
        assert syncing.held(name) == expected[name], f"seed {seed}: {name} of the mirror"
    while reader.read(100):
        pass
    assert reader.held == expected, f"seed {seed}: the feed"
    return Record.objects.filter(mirror=syncing.mirror, deleted_at__isnull=False).count()


def quiet(syncing: Syncing, harvest: ModelHarvest) -> None:
    """Nothing fails and nobody works any more: two sweeps, and what they find missing is looked up."""
    harvest.odds, harvest.is_admin = Odds(), True
    for _ in range(3):
        services.sync(syncing.connection, kind="sweep")
        syncing.later(hours=25).work()
    services.sync(syncing.connection, kind="sweep")
    syncing.work()


def truth(harvest: ModelHarvest) -> dict[str, dict[int, Any]]:
    payments = {key: row for invoice in harvest.records["invoices"] for key, row in harvest.payments[invoice].items()}
    return {**harvest.records, "invoice_payments": payments}


def false_deletes(syncing: Syncing, harvest: ModelHarvest) -> list[tuple[str, int]]:
    """Tombstones of what was never deleted."""
    rows = Record.objects.filter(mirror=syncing.mirror, deleted_at__isnull=False).exclude(
        stream__resource="invoice_payments"
    )
    told = set(rows.values_list("stream__resource", "harvest_id"))
    return sorted(told - harvest.gone)
