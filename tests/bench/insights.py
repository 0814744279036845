"""What answers of insights cost over a million entries of 500 people in three years, on both databases.

`python -m tests.bench.insights` writes docs/benchmarks-insights.md; `… 0.05` takes a twentieth of the entries.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from harvest_bridge.env import ROOT
from tests.bench.cores import MEASURED, OTHERS, cpu_seconds, stay_on
from tests.bench.insights_filling import DAYS, ENTRIES, PEOPLE, PROJECTS
from tests.bench.webhook_page import run_on
from tests.processes import Bridge, running_bridge
from tests.services import postgres_server

ROUNDS, MORE_ROUNDS = 5, 5
PAGE = ROOT / "docs" / "benchmarks-insights.md"
# Milliseconds at most, on PostgreSQL and on SQLite; none where the plan names none.
GOALS: dict[str, tuple[int, int] | None] = {
    "utilization of 500 people × 104 weeks, a page of 100": (300, 300),
    "utilization of 500 people × 104 weeks, all 52,000 figures on one page": (300, 300),
    "utilization of 500 people × 156 weeks, a page of 100": None,
    "utilization of 400 projects × 36 months, all on one page": None,
    "margins of 400 projects, a year": (300, 300),
    "margins of 400 projects, three years": (1000, 3000),
    "margins of 400 projects, three years but a day at both ends": (1000, 3000),
    "margins of 500 people, three years": None,
    "budgets of 400 projects": None,
    "payout statement of one person, a month": (1000, 1000),
    "payouts of 500 people, a month": None,
}
TEXT = """# How fast insights are

Written by `make bench` on {run_on}.

A bridge with {entries:,} time entries of {people} people on {projects} projects in three years, asked over HTTP.
Milliseconds from the request to the last byte of the answer: the median of {rounds}, the slowest, and the web process's
own processor time.

| question | PostgreSQL | slowest | processor | goal | SQLite | slowest | processor | goal |
| --- | --- | --- | --- | --- | --- | --- | --- | --- |
{rows}

Totals of months, which the worker keeps, stand for every month but this one, which is read entry by entry.

| memory of the web process, MB | PostgreSQL | SQLite |
| --- | --- | --- |
| after every question was asked {rounds} times | {before} |
| after {more} times more | {after} |
"""


@dataclass
class Asker:
    """Asks one account of a bridge."""

    bridge: Bridge
    connection_id: str

    def get(self, path: str, **query: Any) -> Any:
        answer = self.bridge.api.get(path, params={"integrated_account_id": self.connection_id, **query}, timeout=120)
        answer.raise_for_status()
        return answer

    def plan(self, first: date, last: date, people: list[int]) -> str:
        body = {"kind": "free", "from": str(first), "to": str(last), "people": people, "by": "bench"}
        query = {"integrated_account_id": self.connection_id}
        answer = self.bridge.api.post("/insights/payouts", params=query, json=body)
        answer.raise_for_status()
        return f"/insights/payouts/{answer.json()['id']}"


def main(share: float = 1.0) -> None:
    entries, found = int(ENTRIES * share), {}
    with tempfile.TemporaryDirectory(prefix="hb-bench-") as folder, postgres_server() as server:
        stay_on(OTHERS, server.pid)
        found["PostgreSQL"] = measured(entries, Path(folder), server.url)
    with tempfile.TemporaryDirectory(prefix="hb-bench-") as folder:
        found["SQLite"] = measured(entries, Path(folder), f"sqlite:///{folder}/bench.sqlite3")
    PAGE.write_text(written_page(found, entries))
    print(f"docs/{PAGE.name} is written")


def measured(entries: int, folder: Path, url: str) -> dict[str, Any]:
    stay_on(OTHERS)
    with filled_bridge(entries, folder, url) as asker:
        asked = questions(asker)
        found: dict[str, Any] = {}
        for name, ask in asked.items():
            found[name] = milliseconds(ask, asker.bridge.web.pid)
            print(f"insights: {name}: {', '.join(f'{value:.0f}' for value in found[name])} ms", flush=True)
        found["before"] = memory(asker.bridge.web.pid)
        for _ in range(MORE_ROUNDS):
            for ask in asked.values():
                ask()
        found["after"] = memory(asker.bridge.web.pid)
    return found


@contextmanager
def filled_bridge(entries: int, folder: Path, url: str) -> Iterator[Asker]:
    with ExitStack() as at_the_end:
        given = {"harvest_url": "http://127.0.0.1:9", "database_url": url, "LOG_LEVEL": "ERROR"}
        bridge = at_the_end.enter_context(running_bridge(folder, **given))
        words = [sys.executable, "-m", "tests.bench.insights_filling", bridge.host["host_app_id"], str(entries)]
        stay_on(MEASURED, bridge.web.pid)
        given = {**bridge.environment, "DJANGO_SETTINGS_MODULE": "harvest_bridge.settings"}
        ran = subprocess.run(words, cwd=ROOT, env=given, stdout=subprocess.PIPE, text=True, check=True)
        yield Asker(bridge, ran.stdout.split()[-1])


def questions(asker: Asker) -> dict[str, Callable[[], Any]]:
    today = datetime.now(UTC).date()
    monday, start = today - timedelta(days=today.weekday()), today - timedelta(days=DAYS - 1)
    month = (monday - timedelta(days=60), monday - timedelta(days=31))
    everybody, one = (
        asker.plan(*month, []),
        f"{asker.plan(month[0] - timedelta(days=40), month[0] - timedelta(days=11), [42])}/people/42",
    )

    def hours(first: date, last: date, **query: Any) -> Callable[[], Any]:
        return lambda: asker.get("/insights/utilization", **{"from": first, "to": last, **query})

    def money(first: date, last: date, **query: Any) -> Callable[[], Any]:
        return lambda: asker.get("/insights/profitability", **{"from": first, "to": last, "limit": 2000, **query})

    weeks, sunday = (lambda count: monday - timedelta(weeks=count)), monday - timedelta(days=1)
    asked = (
        hours(weeks(104), sunday, interval="week"),
        hours(weeks(104), sunday, interval="week", limit=2000),
        hours(weeks(156), sunday, interval="week"),
        hours(start, today, interval="month", by="project", limit=2000),
        money(today - timedelta(days=364), today),
        money(start, today),
        money(start + timedelta(days=1), today - timedelta(days=1)),
        money(start, today, by="person"),
        lambda: asker.get("/insights/budgets", limit=2000),
        lambda: asker.get(one),
        lambda: asker.get(everybody),
    )
    return dict(zip(GOALS, asked, strict=True))


def milliseconds(ask: Callable[[], Any], pid: int) -> tuple[float, float, float]:
    """The median, the slowest, and the processor time of this process for each, after one that is not counted."""
    ask()
    taken, before = [], cpu_seconds(pid)
    for _ in range(ROUNDS):
        began = time.perf_counter()
        ask()
        taken.append((time.perf_counter() - began) * 1000)
    return statistics.median(taken), max(taken), (cpu_seconds(pid) - before) / ROUNDS * 1000


def memory(pid: int) -> float:
    """Megabytes that a process holds."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return int(next(line for line in lines if line.startswith("VmRSS")).split()[1]) / 1024


def written_page(found: dict[str, dict[str, Any]], entries: int) -> str:
    rows = []
    for name, goals in GOALS.items():
        cells = [name]
        for one, goal in zip(found.values(), goals or ("", ""), strict=True):
            median, slowest, processor = one[name]
            cells += [f"**{median:,.0f}**", f"{slowest:,.0f}", f"{processor:,.0f}", f"{goal}"]
        rows.append(f"| {' | '.join(cells)} |")
    held = {when: " | ".join(f"{one[when]:.0f}" for one in found.values()) for when in ("before", "after")}
    counts = {"entries": entries, "people": PEOPLE, "projects": PROJECTS, "rounds": ROUNDS, "more": MORE_ROUNDS}
    return TEXT.format(run_on=run_on(), rows="\n".join(rows), **held, **counts)


if __name__ == "__main__":
    main(*map(float, sys.argv[1:]))
