"""docs/benchmarks-mirror.md: what the mirror costs. Other sections of the page are left as they are."""

from __future__ import annotations

from typing import Any

from harvest_bridge.env import ROOT
from tests.bench.webhook_page import run_on

PAGE = ROOT / "docs" / "benchmarks-mirror.md"
TITLE, SPEED = "# How fast the mirror reads", "## Reading an account"

TEXT = """
Written by `make bench` on {run_on}.

A Harvest of its own process with as many time entries, 30 ms a page and the documented limit, 100 requests in any 15
seconds; the mirror has a core to itself, Harvest and database another. PostgreSQL runs with `fsync` off.

| | SQLite | PostgreSQL | goal |
| --- | --- | --- | --- |
{rows}

Beside it, in the same run, before the same Harvest:

| | calls | seconds | the mirror |
| --- | --- | --- | --- |
{others}

- **Bare paging** asks for the same pages, one every {pace} s, which is Harvest's limit, and stores nothing.
- **tap-harvest** 3.1.1, its time entries alone, is held back by this Harvest where it would get a 429, at which it
  gives up after five tries.
- **A connector of 50-row pages** is counted without a limit: what it takes is its calls, 100 in 15 s.

{fleet}
"""


def write_section(heading: str, text: str) -> None:
    """Errors: none; a page that is not there yet is begun."""
    body = PAGE.read_text() if PAGE.exists() else TITLE
    parts = [f"## {part.strip()}" for part in body.split("\n## ")[1:]]
    found = {part.split("\n", 1)[0]: part for part in parts} | {heading: f"{heading}\n\n{text.strip()}"}
    PAGE.write_text("\n\n".join([TITLE, *found.values()]) + "\n")
    print(f"docs/{PAGE.name} is written")


def write_speed(found: dict[str, Any]) -> None:
    write_section(SPEED, report(found))


def report(found: dict[str, Any]) -> str:
    both = [name for name in ("sqlite", "postgresql") if name in found]
    bare = found["bare"]["seconds"]
    shown = {
        f"{found['entries']:,} time entries from empty, s": lambda one, many: f"{one['first']['seconds']:.1f}",
        "which is, of bare paging": lambda one, many: f"{one['first']['seconds'] / bare:.2f} ×",
        "processor time of it, s": lambda one, many: f"{one['first']['cpu']:.1f}",
        f"{found['many']:,} time entries from empty, s": lambda one, many: f"{many['first']['seconds']:.1f}",
        "share of Harvest's limit that was used": lambda one, many: f"{100 * used(many['first']):.0f} %",
        "answers with 429": lambda one, many: str(many["first"]["journal"]["refused"]),
        "most memory, of which idle, MB": lambda one, many: (
            f"{many['first']['peak_mb']:.0f}, {many['first']['idle_mb']:.0f}"
        ),
        "nothing changed: calls, of streams": lambda one, many: f"{calls(many['again'])}, {many['again']['streams']}",
        "nothing changed: rows written": lambda one, many: str(many["again"]["writes"]),
        f"the feed of {found['many']:,}, read through the API, rows a second": lambda one, many: (
            f"{many['feed']['rows'] / many['feed']['seconds']:,.0f}"
        ),
    }
    goals = ["", "≤ 1.15 ×", "", "≤ 80", "≥ 97 %", "0", "≤ 150", "≤ 1 for each", "0", "≥ 20,000"]
    rows = []
    for (name, show), goal in zip(shown.items(), goals, strict=True):
        values = [show(found[one], found[f"{one}_many"]) for one in both]
        rows.append(f"| {name} | {' | '.join(values)} | {goal} |")
    return TEXT.format(
        run_on=run_on(),
        rows="\n".join(rows),
        others="\n".join(_others(found)),
        pace=0.15,
        fleet=_fleet(found["fleet"]),
    )


def used(first: dict[str, Any]) -> float:
    """Calls that were made of those that Harvest admits in that time: 100 at once, and 100 in each 15 s."""
    journal = first["journal"]
    return min(1.0, calls(first) / (100 + max(0.0, journal["seconds"]) * 100 / 15)) if journal["seconds"] else 1.0


def calls(part: dict[str, Any]) -> int:
    return sum(part["journal"]["asked"].values())


def _others(found: dict[str, Any]) -> list[str]:
    mirror, tap = found["sqlite"]["first"], found["tap"]
    took = tap["seconds"]
    bare, connector = found["bare"], found["connector"]
    slower, fewer = took / mirror["seconds"], connector["calls"] / mirror["journal"]["asked"]["/v2/time_entries"]
    ratio = mirror["seconds"] / bare["seconds"]
    pages = mirror["journal"]["asked"]["/v2/time_entries"]
    return [
        f"| the mirror, SQLite | {pages:,} | {mirror['seconds']:.1f} | |",
        f"| bare paging | {bare['calls']:,} | {bare['seconds']:.1f} | {ratio:.2f} × its time |",
        f"| tap-harvest | {tap['calls']:,} | {took:.0f} | {slower:.0f} × faster (goal ≥ 20) |",
        f"| 50-row pages | {connector['calls']:,} | {connector['calls'] / 100 * 15:.0f} | "
        f"{fewer:.0f} × fewer calls (goal 40) |",
    ]


def _fleet(told: dict[str, Any]) -> str:
    return (
        f"**{told['mirrors']} accounts on one worker**, nothing changed, changes asked for every two minutes: "
        f"{100 * told['core']:.0f} % of a core, {told['calls']:,} calls in a minute, {told['late']} accounts late, "
        f"{told['peak_mb']:.0f} MB."
    )
