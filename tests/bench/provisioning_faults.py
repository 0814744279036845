"""`make provisioning-faults`: a thousand deals through faults and kills, in docs/benchmarks-provisioning.md."""

from __future__ import annotations

import os
import sys
import tempfile
import time
from collections import Counter
from contextlib import ExitStack
from pathlib import Path

from harvest_bridge.env import ROOT
from tests.bench.webhook_page import run_on
from tests.provisioning.killed_workers import KilledWorkers, running
from tests.services import postgres_cluster

PAGE = ROOT / "docs" / "benchmarks-provisioning.md"
FAULTS_HEADING = "## Faults"
TEXT = """## Faults

Written by `make provisioning-faults` on {run_on}.

{deals:,} won deals on each database, in pairs for one new client, spelled in two ways, and one new task; most of
them planned first (`dry_run`), each begun twice at the same moment, on a running bridge with {workers} workers.
Requests to Harvest lose their answers, are reset, refused, late; workers are ended by `kill -9` in the middle of them;
somebody takes people off projects and edits notes. A deal that stopped is continued. Then Harvest's own journal of
what it carried out, whether the answer arrived or not, is compared with the plans, and its records with what was asked.
Code: [killed_workers.py](../tests/provisioning/killed_workers.py).

| | {names} |
| --- | {dashes} |
{rows}
"""
_FIRST = ("requests", "kill -9 of a worker")
_LAST = ("as the dry run said", "as a plan said that was continued with", "e-mails")


def main() -> int:
    deals, workers = int(os.environ.get("PROVISIONING_DEALS", "1000")), 2
    outcomes = {}
    for name in ("SQLite", "PostgreSQL"):
        if os.environ.get("ONLY", name) == name:
            outcomes[name] = _outcome(name, deals, workers)
            print(name, outcomes[name], flush=True)
    if len(outcomes) == 2:
        _write(outcomes, deals, workers)
    return int(any(problems for _, problems in outcomes.values()))


def _outcome(name: str, deals: int, workers: int) -> tuple[Counter[str], list[str]]:
    began = time.monotonic()
    with ExitStack() as at_the_end:
        folder = at_the_end.enter_context(tempfile.TemporaryDirectory(prefix="hb-deals-"))
        server = at_the_end.enter_context(postgres_cluster()) if name == "PostgreSQL" else ""
        run = at_the_end.enter_context(running(Path(folder), deals, workers=workers, database_url=server))
        run.go()
        return _counted(run, (time.monotonic() - began) / 60), run.problems


def _counted(run: KilledWorkers, minutes: float) -> Counter[str]:
    run.happened["minutes"] = round(minutes)
    return run.happened


def _write(outcomes: dict[str, tuple[Counter[str], list[str]]], deals: int, workers: int) -> None:
    counts = [happened for happened, _ in outcomes.values()]
    known = {name for each in counts for name in each} - {*_FIRST, *_LAST, "minutes"}
    rows = [_row(name, [each[name] for each in counts]) for name in (*_FIRST, *sorted(known), *_LAST, "minutes")]
    wrong = "**twice there, missing, half made, stuck without a reason, or unlike the plan**"
    rows.append(_row(wrong, [f"**{len(problems)}**" for _, problems in outcomes.values()]))
    names, dashes = " | ".join(outcomes), " | ".join("---" for _ in outcomes)
    text = TEXT.format(run_on=run_on(), deals=deals, workers=workers, names=names, dashes=dashes, rows="\n".join(rows))
    PAGE.write_text(PAGE.read_text().partition(FAULTS_HEADING)[0] + text)
    print(f"{PAGE.relative_to(ROOT)} is written")


def _row(name: str, values: list[object]) -> str:
    shown = (f"{value:,}" if isinstance(value, int) else str(value) for value in values)
    return f"| {name} | {' | '.join(shown)} |"


if __name__ == "__main__":
    sys.exit(main())
