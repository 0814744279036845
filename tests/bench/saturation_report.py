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

The same beside a stranger (another integration, a script) who spends 50 requests on the same token at once, every seven
seconds for two thirds of the time. The pacer learns from the first refusals how much Harvest lets through, and leaves
room; figures are of the time after that, a minute being one of Harvest's own, three times as long as here.

| | SQLite | Redis | goal |
| --- | --- | --- | --- |
{beside}
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


@dataclass(frozen=True)
class BesideStranger:
    """Shape: `first_refusals` is how many of ours were refused until the pacer had learned; `stranger_share` how much
    of the stranger's requests were let through; `ours` how many of ours. Units: milliseconds.
    """

    store: str
    first_refusals: int
    refusals_per_minute: float
    p50: float
    p99: float
    stranger_share: float
    ours: int


def write_saturation(measured: Sequence[Saturation], beside: Sequence[BesideStranger]) -> None:
    """In place of the part that was there."""
    page = ROOT / "docs" / "benchmarks.md"
    before = page.read_text().partition(HEADING)[0].rstrip()
    page.write_text(f"{before}\n\n{part(measured, beside)}")


def part(measured: Sequence[Saturation], beside: Sequence[BesideStranger]) -> str:
    rows = [
        ["requests"] + [str(one.requests) for one in measured] + [""],
        ["answered 429"] + [str(one.refused) for one in measured] + ["0"],
        ["most in any window"] + [str(one.fullest) for one in measured] + ["≤ 100"],
        ["other failures"] + [str(one.failures) for one in measured] + ["0"],
        ["of the allowance used"] + [f"{one.share:.1%}" for one in measured] + ["≥ 97 %"],
        ["wait added to a click, p50, ms"] + [f"{one.p50:.0f}" for one in measured] + [""],
        ["wait added to a click, p99, ms"] + [f"{one.p99:.0f}" for one in measured] + ["≤ 250"],
    ]
    beside_rows = [
        ["answered 429 until learned"] + [str(one.first_refusals) for one in beside] + [""],
        ["answered 429, a minute, from then on"] + [f"{one.refusals_per_minute:.1f}" for one in beside] + ["≤ 3"],
        ["wait added to a click, p50, ms"] + [f"{one.p50:.0f}" for one in beside] + [""],
        ["wait added to a click, p99, ms"] + [f"{one.p99:.0f}" for one in beside] + ["≤ 2000"],
        ["of the stranger's requests let through"] + [f"{one.stranger_share:.0%}" for one in beside] + [""],
        ["of ours"] + [str(one.ours) for one in beside] + [""],
    ]
    load = " ".join(f"{value:.1f}" for value in os.getloadavg())
    when = datetime.now(UTC).strftime("%d %B %Y")
    return PART.format(when=when, load=load, rows=_lines(rows), beside=_lines(beside_rows))


def _lines(rows: Sequence[Sequence[str]]) -> str:
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)
