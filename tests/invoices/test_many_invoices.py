"""Of as many open invoices as fill two calls, every change is told within a minute, by two calls a minute.

Calls hold 20 invoices here instead of 2,000; `make invoice-delays` does the same with 4,000 open ones.
"""

from __future__ import annotations

from datetime import timedelta

import pytest

from harvest_bridge.connections.models import Connection
from harvest_bridge.mirror import invoice_polling, listings
from harvest_bridge.mirror.invoice_polling import PollingMode, mode_for
from harvest_bridge.mirror.models import Stream
from tests.mirror.conftest import linked as linked

from .many_invoices import ManyInvoices, Simulation, percentile

pytestmark = pytest.mark.django_db
MINUTES = 12


@pytest.fixture(autouse=True)
def small_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listings, "PER_PAGE", 20)
    monkeypatch.setattr(invoice_polling, "_FEW", 2)


def simulated(linked: Connection, *, others: int, moves: bool) -> tuple[Simulation, dict[str, int]]:
    """Two minutes to learn what payments do, and then those that count."""
    found = Simulation(linked, ManyInvoices(seed=3, open_ones=36, others=others, moves=moves))
    found.run(minutes=4, seconds_between=20)
    found.late.clear()
    return found, dict(found.run(minutes=MINUTES, seconds_between=20))


def test_where_payments_move_updated_at_every_change_is_told_within_a_minute(linked: Connection) -> None:
    simulation, lists = simulated(linked, others=60, moves=True)
    every = [seconds for found in simulation.late.values() for seconds in found]
    assert len(every) > 40
    assert percentile(every, 0.95) <= 60
    assert lists["since"] + lists["count"] <= 2 * MINUTES + 2
    assert simulation.missed() == []
    # Whatever is deleted changes the count, and is looked for in the five pages of all invoices.
    assert lists.get("all", 0) <= 5 * (len(simulation.late["deleted"]) + 1)


def test_where_payments_keep_updated_at_open_invoices_are_as_fast(linked: Connection) -> None:
    simulation, lists = simulated(linked, others=60, moves=False)
    paid = [*simulation.late["payment_recorded"], *simulation.late["status_changed"], *simulation.late["sent"]]
    assert len(paid) > 20
    assert percentile(paid, 0.95) <= 62
    assert sum(lists.values()) <= 2 * MINUTES + 2
    assert {name for name, _, _ in simulation.missed()} <= {"created", "deleted", "payment_removed", "status_changed"}


def test_where_two_calls_hold_all_invoices_every_change_is_told_whatever_payments_do(linked: Connection) -> None:
    simulation, lists = simulated(linked, others=0, moves=False)
    every = [seconds for found in simulation.late.values() for seconds in found]
    assert percentile(every, 0.95) <= 62
    assert sum(lists.values()) <= 2 * MINUTES + 2


@pytest.mark.parametrize(
    ("moves", "keeps", "invoices", "open_ones", "look"),
    [
        (None, False, 2000, 10, PollingMode.ALL),
        (None, False, 4000, 2001, PollingMode.ALL),
        (None, False, 4001, 2000, PollingMode.OPEN),
        (None, False, 10_000, 4000, PollingMode.TURNS),
        (None, True, 10_000, 4000, PollingMode.OPEN),
        (True, True, 10_000, 4000, PollingMode.OPEN),
        (True, False, 10_000, 4000, PollingMode.COUNT),
        (True, False, 200, 100, PollingMode.ALL),
        (True, False, 201, 100, PollingMode.COUNT),
    ],
)
def test_what_is_looked_at_depends_on_how_many_there_are_and_on_what_payments_do(
    monkeypatch: pytest.MonkeyPatch, moves: bool | None, keeps: bool, invoices: int, open_ones: int, look: PollingMode
) -> None:
    monkeypatch.setattr(invoice_polling, "_FEW", 200)
    stream = Stream(resource="invoices", moves_updated_at=moves, keeps_updated_at=keeps)
    assert mode_for(stream, invoices=invoices, open_ones=open_ones, per_page=2000) is look


@pytest.mark.parametrize("look", list(PollingMode))
@pytest.mark.parametrize("pages", [1, 2, 3])
def test_no_look_takes_more_than_two_calls_a_minute(look: PollingMode, pages: int) -> None:
    calls_of = {PollingMode.ALL: min(pages, 2), PollingMode.COUNT: 1, PollingMode.OPEN: pages, PollingMode.TURNS: 1}
    stream = Stream(resource="invoices", open_pages=pages, watched={"look": str(look)}, keeps_updated_at=True)
    minute = timedelta(minutes=1)
    looks = calls_of[look] * (minute / invoice_polling.looked_every(stream))
    # Where all are listed, each list stands for `updated_since` too.
    since = 0.0 if look is PollingMode.ALL else minute / invoice_polling.since_every(stream)
    assert looks + since <= 2
