"""Clicks under faults and kills, entry by entry; writes docs/benchmarks-timer-faults.md.

`OPERATIONS=10000 python -m tests.bench.timer_faults` is the whole; without it, a fifth of that.
"""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from harvest_bridge.env import ROOT
from harvest_bridge.sandbox.testing import RunningSandbox, running_sandbox
from tests.processes import Bridge, running_bridge
from tests.timer_widget.fault_harness import FAULTS, KILLS, Outcome, clickers_of, link, run

PAGE = ROOT / "docs" / "benchmarks-timer-faults.md"
PEOPLE = ["carmen", "dev", "elif", "finn", "grace", "hana", "ivan", "julia", "kwame", "bruno"]
PLENTY = 1_000_000


def main() -> None:
    operations = int(os.environ.get("OPERATIONS", "2000"))
    pairs = max(1, operations // (2 * len(PEOPLE) * (len(FAULTS) + len(KILLS))))
    with tempfile.TemporaryDirectory(prefix="hb-faults-") as folder, running_sandbox() as sandbox:
        limits = {"HARVEST_REQUESTS_PER_WINDOW": str(PLENTY), "HARVEST_TIMEOUT_SECONDS": "2"}
        with running_bridge(Path(folder), harvest_url=sandbox.url, with_worker=True, **limits) as bridge:
            outcomes = [_row(bridge, sandbox, faults, pairs) for faults in (*FAULTS, *KILLS)]
    PAGE.write_text(_page(outcomes))
    print(f"{PAGE.relative_to(ROOT)} is written")


def _row(bridge: Bridge, sandbox: RunningSandbox, faults: str, pairs: int) -> Outcome:
    sandbox.reset()
    sandbox.switch(requests_per_window=PLENTY)
    tenant = f"{faults} {os.getpid()}"
    with clickers_of(bridge, sandbox, PEOPLE, tenant, lambda who: link(bridge, sandbox, tenant, who)) as people:
        outcome = run(bridge, sandbox, people, faults, pairs=pairs)
    print(outcome, flush=True)
    return outcome


def _page(outcomes: list[Outcome]) -> str:
    rows = [
        f"| {each.faults} | {each.operations:,} | {each.told_done:,} | {each.told_pending:,} | {each.right:,} | "
        f"{each.lost} | {each.doubled} | {len(each.wrong)} | {each.worst_seconds:.1f} |"
        for each in outcomes
    ]
    database = "PostgreSQL" if os.environ.get("TEST_DATABASE") == "postgres" else "SQLite"
    return _TEXT.format(rows="\n".join(rows), operations=sum(each.operations for each in outcomes), database=database)


_TEXT = """# The timer under faults

`make bench` writes this page. Ten people start and stop timers, one pair after another at moments of the last three
days, through a running bridge (one web process, one worker, {database}) in front of the sandbox, while faults of one
kind meet about every third call, or a process is killed every few seconds; then every entry in Harvest is compared
with what was clicked. {operations:,} clicks in all.

An entry is right if it is one, has ended, and is as long as its clicks are apart, to 75 seconds: two hundredths of an
hour. A click is told as done if that is its first answer, else as pending (202). The worst is the longest time from a
click until it was told as done, while the faults of its kind went on.
Code: [fault_harness.py](../tests/timer_widget/fault_harness.py).

| faults | clicks | told done | told pending | entries right | lost | doubled | wrong | worst seconds |
| --- | --- | --- | --- | --- | --- | --- | --- | --- |
{rows}
"""

if __name__ == "__main__":
    main()
