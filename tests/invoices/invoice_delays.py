"""How late changes of invoices are told, of 10,000 of which 4,000 are open: `make invoice-delays`.

An hour of simulated time for each way in which payments treat `updated_at`; written to docs/benchmarks-mirror.md.
"""

from __future__ import annotations

import os

import pytest

from harvest_bridge.connections.models import Connection
from tests.bench.mirror_report import write_section
from tests.mirror.conftest import linked as linked

from .many_invoices import ManyInvoices, Simulation, percentile

pytestmark = pytest.mark.django_db
HEADING = "## How late changes of invoices are told"
MINUTES = float(os.environ.get("INVOICE_MINUTES", "60"))
OPEN = int(os.environ.get("OPEN_INVOICES", "4000"))
CASES = (
    ("Payments move `updated_at`, 10,000 invoices", 6000, True),
    ("They leave it alone, 10,000 invoices", 6000, False),
    ("They leave it alone, and there are no others than the open ones", 0, False),
)
SHOWN = ("created", "sent", "status_changed", "payment_recorded", "payment_removed", "deleted")
_rows: list[str] = []


@pytest.mark.parametrize(("title", "others", "moves"), CASES, ids=["moves", "keeps", "keeps-all-open"])
def test_delays(linked: Connection, title: str, others: int, moves: bool) -> None:
    harvest = ManyInvoices(seed=11, open_ones=OPEN, others=others, moves=moves)
    simulation = Simulation(linked, harvest)
    simulation.run(minutes=5, seconds_between=20)  # in which is learned what payments do
    simulation.late.clear()
    before = harvest.calls
    lists = simulation.run(minutes=MINUTES, seconds_between=20)
    every = [seconds for found in simulation.late.values() for seconds in found]
    polls = sum(count for name, count in lists.items() if name != "all" or others == 0)
    kinds = ", ".join(
        f"{name} {percentile(found, 0.95):.0f} s ({len(found)})"
        for name in SHOWN
        if (found := simulation.late.get(name))
    )
    _rows.append(
        f"| {title} | {len(every)} | {percentile(every, 0.5):.0f} s | **{percentile(every, 0.95):.0f} s** | "
        f"**{polls / MINUTES:.2f}** | {(harvest.calls - before) / MINUTES:.1f} | {kinds} | {len(simulation.missed())} |"
    )


@pytest.fixture(scope="module", autouse=True)
def page() -> object:
    yield
    head = (
        "| of 4,000 open invoices | changes told | half within | p95 | calls a minute that look | all calls a minute |"
        " p95 of each kind (how many) | not told within 5 minutes |\n| --- | --- | --- | --- | --- | --- | --- | --- |"
    )
    text = (
        f"`make invoice-delays` writes this section anew: {MINUTES:.0f} minutes of simulated time, a change of any "
        "kind every 20 s on average, each call a quarter of a second. *Calls that look* are those made whether or not "
        "anything changed; the others are payments of invoices that changed, and the lists in which deleted ones are "
        "looked for. Code: [many_invoices.py](../tests/invoices/many_invoices.py).\n\n"
    )
    write_section(HEADING, f"{text}{head}\n" + "\n".join(_rows))
