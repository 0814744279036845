"""A payout statement over 1,000,000 time entries of 500 people in three years, on both databases.

`python -m tests.bench.insights_payouts` writes docs/benchmarks-insights.md's section alone; `… 0.05` with fewer rows.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from harvest_bridge.env import ROOT
from tests.bench.webhook_page import run_on
from tests.services import postgres_server

ENTRIES, PEOPLE, DAYS = 1_000_000, 500, 1095
PAGE, TITLE, HEADING = ROOT / "docs" / "benchmarks-insights.md", "# How fast insights are", "## A payout statement"
TEXT = """
Written by `make bench` on {run_on}: {entries:,} time entries of {people} people over three years;
seconds, the middle of five.

| | SQLite | PostgreSQL | goal |
| --- | --- | --- | --- |
| one person's statement, a month | {sqlite[one]:.2f} | {postgresql[one]:.2f} | 1 |
| all {people} people, a month of {sqlite[lines]:,} lines | {sqlite[month]:.2f} | {postgresql[month]:.2f} | 1 |
"""


def main(share: float = 1.0) -> None:
    entries = int(ENTRIES * share)
    with tempfile.TemporaryDirectory(prefix="hb-bench-") as folder:
        sqlite = measured(f"sqlite:///{folder}/bench.sqlite3", Path(folder), entries)
    with tempfile.TemporaryDirectory(prefix="hb-bench-") as folder, postgres_server() as server:
        postgresql = measured(server.url, Path(folder), entries)
    text = TEXT.format(run_on=run_on(), entries=entries, people=PEOPLE, sqlite=sqlite, postgresql=postgresql)
    write_section(HEADING, text)


def measured(url: str, folder: Path, entries: int) -> dict[str, Any]:
    given = {
        "DATABASE_URL": url,
        "VAR_DIR": str(folder),
        "DEBUG": "1",
        "SECRET_KEY": "bench-" * 12,
        "LOG_LEVEL": "ERROR",
    }
    environment = {**os.environ, **given, "DJANGO_SETTINGS_MODULE": "harvest_bridge.settings"}
    words = [sys.executable, "-m", "tests.bench.insights_payouts_work", str(entries)]
    ran = subprocess.run(words, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True, check=True)
    found: dict[str, Any] = json.loads(ran.stdout.splitlines()[-1])
    return found


def write_section(heading: str, text: str) -> None:
    """Other sections of the page are left as they are."""
    body = PAGE.read_text() if PAGE.exists() else TITLE
    parts = [f"## {part.strip()}" for part in body.split("\n## ")[1:]]
    found = {part.split("\n", 1)[0]: part for part in parts} | {heading: f"{heading}\n\n{text.strip()}"}
    PAGE.write_text("\n\n".join([TITLE, *found.values()]) + "\n")
    print(f"docs/{PAGE.name} is written")


if __name__ == "__main__":
    main(*map(float, sys.argv[1:]))
