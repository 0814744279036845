"""`make fault-run`: the fault run on SQLite and PostgreSQL, some twenty minutes; fails where anything was lost."""

from __future__ import annotations

import sys
import tempfile
import time
from pathlib import Path

from tests.bench.fault_run import Outcome, Plan, on_postgresql, on_sqlite
from tests.bench.webhook_page import FAULTS, run_on, write_section

TEXT = """
Written by `make fault-run` on {run_on}.

{writers} programs commit {events:,} events for one webhook. The clock of the worker's schedules runs {fast:g} times as
fast: {hours:g} hours in which its receiver is dead, half of them without anybody who listens, half answering 503. Then
it takes what comes. Workers ({workers} at a time) are ended by `kill -9` and started anew, half of the times while the
receiver is dead, half while the queue drains; so is the database restarted (for SQLite: every process killed at once).
Each delivery is verified by `standardwebhooks` as it arrives.

| | {databases} |
| --- | {dashes} |
{rows}

A dead receiver is asked ten times a second at most, by the real clock, so here the earliest events have their whole
schedule of attempts and the latest none before the receiver is back. What is received twice was under way when its
worker was killed.
"""


def rows(found: dict[str, tuple[Outcome, float]]) -> list[str]:
    shown = {
        "events committed": lambda one: f"{len(one.polled):,}",
        "workers killed": lambda one: one.kills,
        "database restarted": lambda one: one.restarts,
        "attempts in all": lambda one: f"{one.attempts:,}",
        "of these answered 503": lambda one: f"{one.ledger.turned_away:,}",
        "events received": lambda one: f"{len(one.ledger.bodies):,}",
        "**lost**": lambda one: f"**{len(one.lost)}**",
        "received under two ids, or changed": lambda one: len(one.ledger.changed | one.strange),
        "refused by the verifier": lambda one: one.ledger.refused,
        "received more than once, same id and bytes": lambda one: one.repeated,
        "polled otherwise than delivered": lambda one: len(one.polled_otherwise),
        "gaps in the sequence": lambda one: "yes" if one.has_gaps else "none",
    }
    lines = [f"| {name} | {' | '.join(str(show(one)) for one, _ in found.values())} |" for name, show in shown.items()]
    return [*lines, f"| minutes | {' | '.join(f'{seconds / 60:.0f}' for _, seconds in found.values())} |"]


def main(plan: Plan) -> int:
    found: dict[str, tuple[Outcome, float]] = {}
    for name, run in (("SQLite", on_sqlite), ("PostgreSQL", on_postgresql)):
        with tempfile.TemporaryDirectory(prefix="hb-faults-") as folder:
            began = time.monotonic()
            found[name] = (run(plan, Path(folder)), time.monotonic() - began)
        print(name, *rows({name: found[name]}), sep="\n", flush=True)
    text = TEXT.format(
        run_on=run_on(),
        writers=plan.writers,
        workers=plan.workers,
        events=plan.events,
        hours=plan.dead_hours,
        fast=plan.times_as_fast,
        databases=" | ".join(found),
        dashes=" | ".join("---" for _ in found),
        rows="\n".join(rows(found)),
    )
    write_section(FAULTS, text)
    return any(one.lost or one.ledger.changed or one.strange or one.has_gaps for one, _ in found.values())


if __name__ == "__main__":
    sys.exit(main(Plan()))
