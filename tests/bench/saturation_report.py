"""The part of docs/benchmarks.md about saturation."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from harvest_bridge.env import ROOT

HEADING = "## Saturation"
PART = (
    HEADING
    + """

{when}, load average {load}. Sixteen callers, half API and half backfill, ask for all they can get on
one token through four processes that share the allowance, 100 requests in 5 s here, in the store named; people click in
the timer meanwhile, twice a second. A Harvest in a process of its own, which answers in 30 ms, counts arrivals in a
sliding window and refuses what is too much.

| | SQLite | Redis | goal |
| --- | --- | --- | --- |
{rows}

Once a slot is had, its request is on its way; it stays taken until a window after the answer. So however long a request
travels, no sliding window can see too many: what that costs is the way there and back, once a window.
"""
)


@dataclass(frozen=True)
class Saturation:
    """Shape: `refused` is how many requests the judge answered 429; `fullest` the most in any sliding window;
    `failures` what callers met besides.

    Units: `share` is what was used of the allowance after the first window; the clicks' added waits are milliseconds.
    """

    store: str
    requests: int
    refused: int
    fullest: int
    share: float
    p50: float
    p99: float
    clicks: int
    failures: int


def write_saturation(measured: Sequence[Saturation]) -> None:
    """In place of the part that was there."""
    page = ROOT / "docs" / "benchmarks.md"
    before = page.read_text().partition(HEADING)[0].rstrip()
    page.write_text(f"{before}\n\n{part(measured)}")


def part(measured: Sequence[Saturation]) -> str:
    rows = [
        ["requests"] + [str(one.requests) for one in measured] + [""],
        ["answered 429"] + [str(one.refused) for one in measured] + ["0"],
        ["most in any window"] + [str(one.fullest) for one in measured] + ["≤ 100"],
        ["other failures"] + [str(one.failures) for one in measured] + ["0"],
        ["of the allowance used"] + [f"{one.share:.1%}" for one in measured] + ["≥ 97 %"],
        ["wait added to a click, p50, ms"] + [f"{one.p50:.0f}" for one in measured] + [""],
        ["wait added to a click, p99, ms"] + [f"{one.p99:.0f}" for one in measured] + ["≤ 250"],
    ]
    load = " ".join(f"{value:.1f}" for value in os.getloadavg())
    lines = "\n".join(f"| {' | '.join(row)} |" for row in rows)
    return PART.format(when=datetime.now(UTC).strftime("%d %B %Y"), load=load, rows=lines)
