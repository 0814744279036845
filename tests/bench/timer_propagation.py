"""What the worker does, until an open page hears of it: SQLite, no Redis; docs/benchmarks-timer-propagation.md."""

from __future__ import annotations

import os
import statistics
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from harvest_bridge.env import ROOT
from harvest_bridge.sandbox.testing import RunningSandbox, running_sandbox
from tests.processes import running_bridge
from tests.timer_widget.fault_harness import Clicker, link
from tests.timer_widget.open_pages import OpenPage, open_pages

PAGE = ROOT / "docs" / "benchmarks-timer-propagation.md"
ROUNDS = 20
TENANT = "news"
LONGEST_SECONDS = 120.0


def main() -> None:
    load = os.getloadavg()[0]
    with (
        tempfile.TemporaryDirectory(prefix="hb-news-") as folder,
        running_sandbox() as sandbox,
        running_bridge(Path(folder), harvest_url=sandbox.url, with_worker=True) as bridge,
        open_pages() as pages,
    ):
        link(bridge, sandbox, TENANT)
        project, task = sandbox.pick("carmen")
        clicker = Clicker(bridge, "carmen", TENANT, {"project_id": project.id, "task_id": task.id})
        page = pages.open(bridge.url, clicker.session())
        seconds = sorted(_seconds(clicker, page, sandbox, number) for number in range(ROUNDS))
    row = f"| {ROUNDS} | {statistics.median(seconds):.1f} | {seconds[-1]:.1f} |"
    PAGE.write_text(_TEXT.format(row=row, load=load, day=datetime.now(UTC).date()))
    print(row)


def _seconds(clicker: Clicker, page: OpenPage, sandbox: RunningSandbox, number: int) -> float:
    """From the worker's write, as Harvest has it, until the page hears that no click waits any more."""
    sandbox.fault("status", method="POST", path="/v2/time_entries", status=503, times=1)
    before, notes = len(page.states), f"News {number}"
    asked = {"spent_date": sandbox.now().date().isoformat(), "hours": "0.5", "notes": notes, **clicker.pick}
    clicker.press("/timer/entry", datetime.now(UTC), **asked)
    _wait(lambda: any(entry.notes == notes for entry in sandbox.entries("carmen")))
    began = time.monotonic()
    _wait(lambda: any(state["clicks"] == [] for state in page.states[before:]))
    return time.monotonic() - began


def _wait(is_so: Callable[[], bool]) -> None:
    deadline = time.monotonic() + LONGEST_SECONDS
    while not is_so():
        assert time.monotonic() < deadline, "this did not come about"
        time.sleep(0.02)


_TEXT = """# What the worker does, until open pages hear of it

Written by `python -m tests.bench.timer_propagation` on {day}, load average {load:.0f} when it began: one web process,
one worker, SQLite, no Redis, in front of the sandbox. Added time meets a 503 and is left to the worker, which does it a
second later; counted is from its write, as Harvest has it, until the page's stream says that no click waits any more.
The goal is 2 s.

| changes | median seconds | worst |
| --- | --- | --- |
{row}

Code: [timer_propagation.py](../tests/bench/timer_propagation.py).
"""

if __name__ == "__main__":
    main()
