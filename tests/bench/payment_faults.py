"""`make payment-faults`: ten thousand payments through faults and kills, written to docs/benchmarks-invoices.md."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path

from harvest_bridge.env import ROOT
from tests.bench.webhook_page import run_on
from tests.invoices.payment_faults import Outcome, carry_out, running
from tests.services import postgres_cluster

PAGE = ROOT / "docs" / "benchmarks-invoices.md"
TEXT = """# What payments survive

Written by `make payment-faults` on {run_on}.

On each database {pushes:,} payments are pushed by {clients} clients of one host app, twenty on each invoice of the
sandbox. Meanwhile requests to Harvest lose their answers after they were carried out, are reset, cut, late or answered
with errors; a third of the payments is sent twice at the same moment; somebody records other payments by hand in
Harvest; and the web process and the worker are ended by `kill -9` in turn. Then Harvest's payments are counted by the
external id in their notes, and `hledger check` holds what the bridge says it recorded against them.
Code: [payment_faults.py](../tests/invoices/payment_faults.py).

| | {names} |
| --- | {dashes} |
{rows}
"""
_CLIENTS = 8


def main() -> int:
    pushes = int(os.environ.get("PUSHES", "10000"))
    outcomes = {
        name: _outcome(name, pushes) for name in ("SQLite", "PostgreSQL") if os.environ.get("ONLY", name) == name
    }
    if len(outcomes) == 2:
        PAGE.write_text(_page(outcomes, pushes))
        print(f"{PAGE.relative_to(ROOT)} is written")
    return int(any(one.is_wrong for one in outcomes.values()))


def _outcome(name: str, pushes: int) -> Outcome:
    began = time.monotonic()
    with ExitStack() as at_the_end:
        folder = Path(at_the_end.enter_context(tempfile.TemporaryDirectory(prefix="hb-payments-")))
        server = at_the_end.enter_context(postgres_cluster()) if name == "PostgreSQL" else ""
        run = at_the_end.enter_context(running(folder, pushes, database_url=server))
        outcome = carry_out(run, clients=_CLIENTS)
        journal = folder / "payments.journal"
        journal.write_text(run.journal())
        checked = subprocess.run(["hledger", "-f", str(journal), "check"], capture_output=True, text=True)
        outcome.hledger = "hold" if checked.returncode == 0 else f"FAIL: {checked.stderr.strip()[:300]}"
    outcome.minutes = round((time.monotonic() - began) / 60)
    print(name, _figures(outcome), flush=True)
    return outcome


def _figures(one: Outcome) -> dict[str, object]:
    return {
        "payments pushed": one.pushes,
        "requests for that": one.requests,
        "requests to Harvest that went wrong": one.faults,
        "kill -9 of the web process or the worker": one.kills,
        "payments by hand in between": one.by_hand,
        "recorded once": len(one.recorded) - len(one.doubled),
        "left to a person's decision": len(one.to_a_person - set(one.recorded)),
        "**recorded twice or more**": len(one.doubled),
        "**lost**": len(one.lost),
        "**e-mails sent unasked**": one.mails,
        "**invoices whose payments are not amount − due amount**": one.uneven,
        "**hledger's balance assertions**": one.hledger,
        "minutes": one.minutes,
    }


def _page(outcomes: dict[str, Outcome], pushes: int) -> str:
    columns = [_figures(one) for one in outcomes.values()]
    rows = [f"| {name} | {' | '.join(_text(column[name]) for column in columns)} |" for name in columns[0]]
    names, dashes = " | ".join(outcomes), " | ".join("---" for _ in outcomes)
    given = {"pushes": pushes, "clients": _CLIENTS, "names": names, "dashes": dashes, "rows": "\n".join(rows)}
    return TEXT.format(run_on=run_on(), **given)


def _text(value: object) -> str:
    return f"{value:,}" if isinstance(value, int) else str(value)


if __name__ == "__main__":
    sys.exit(main())
