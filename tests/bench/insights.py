"""What answers cost over a million entries of 500 people in three years, on both databases.

`python -m tests.bench.insights` writes docs/benchmarks-insights.md; `… 0.05` takes a twentieth of the entries.
"""

from __future__ import annotations

import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from harvest_bridge.env import ROOT

ENTRIES, PEOPLE, PROJECTS, CLIENTS, DAYS = 1_000_000, 500, 400, 80, 1095
ROUNDS = 7
PAGE = ROOT / "docs" / "benchmarks-insights.md"
BARS = {
    "utilization of 500 people × 104 weeks": (300, 3000),
    "margins of 400 projects, a year": (300, 3000),
    "margins of 400 projects, three years": (1000, 3000),
    "utilization of 500 people × 156 weeks": (1000, 3000),
    "budgets of 400 projects": (1000, 3000),
}


def fill(share: float) -> Any:
    """A mirror of so many entries, written in bulk: what is asked for is reading."""
    from django.contrib.auth.models import User  # noqa: F401 (the apps are loaded)
    from django.utils import timezone

    from harvest_bridge.connections.models import Connection
    from harvest_bridge.hosts.services import create_host_app
    from tests.bench.insights_filling import entries_in_bulk
    from tests.insights.mirrored import Mirrored
    from tests.insights.records import client, person, project, task

    host = create_host_app(name="Bench", origins=["http://127.0.0.1:1"])
    connection = Connection.objects.create(
        host_app=host.host_app,
        tenant_id="bench",
        kind="account",
        status="active",
        harvest_account_id=1,
        harvest_account_name="Bench",
        harvest_user_id=1,
        linked_by="bench",
        access_roles=["administrator"],
    )
    mirrored = Mirrored(connection)
    mirrored.put("users", *(person(n, created_at="2023-01-01T00:00:00Z") for n in range(1, PEOPLE + 1)))
    mirrored.put("clients", *(client(n) for n in range(1, CLIENTS + 1)))
    budget = {"budget_by": "project", "budget": 10_000}
    mirrored.put("projects", *(project(n, 1 + n % CLIENTS, **budget) for n in range(1, PROJECTS + 1)))
    mirrored.put("tasks", *(task(n) for n in range(1, 11)))
    entries_in_bulk(mirrored.mirror, int(ENTRIES * share), today=timezone.now().date())
    return connection


def measured(ask: Any) -> tuple[float, float]:
    """Milliseconds of the median and of the slowest of seven, after one that is not counted."""
    ask()
    taken = []
    for _ in range(ROUNDS):
        began = time.perf_counter()
        ask()
        taken.append((time.perf_counter() - began) * 1000)
    return statistics.median(taken), max(taken)


def questions(connection: Any) -> dict[str, Any]:
    """Each as its route does it: from the question to the bytes of the answer."""
    from datetime import timedelta

    from django.utils import timezone
    from rest_framework.renderers import JSONRenderer

    from harvest_bridge.insights.budgets.report import Budgets
    from harvest_bridge.insights.profitability import query_parameters as money
    from harvest_bridge.insights.profitability.report import Report as MoneyReport
    from harvest_bridge.insights.utilization import query_parameters as hours
    from harvest_bridge.insights.utilization.report import Report as HoursReport

    today = timezone.now().date()
    monday = today - timedelta(days=today.weekday())

    def written(rows: Any) -> None:
        JSONRenderer().render(rows)

    def utilization(weeks: int) -> None:
        given = {"from": str(monday - timedelta(weeks=weeks)), "to": str(monday - timedelta(days=1))}
        report = HoursReport(connection, hours.question_of({**given, "interval": "week"}))
        written([report.shown(line) for line in report.lines])

    def margins(days: int) -> None:
        given = {"from": str(today - timedelta(days=days - 1)), "to": str(today)}
        report = MoneyReport(connection, money.question_of(given))
        written([report.shown(line) for line in report.lines])

    def budgets() -> None:
        found = Budgets(connection, now=timezone.now())
        written([found.shown(one) for one in found.all()])

    return {
        "utilization of 500 people × 104 weeks": lambda: utilization(104),
        "margins of 400 projects, a year": lambda: margins(365),
        "margins of 400 projects, three years": lambda: margins(DAYS),
        "utilization of 500 people × 156 weeks": lambda: utilization(156),
        "budgets of 400 projects": budgets,
    }


def measure(share: float) -> dict[str, Any]:
    """On the database of this process."""
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import connection as database

    call_command("migrate", verbosity=0)
    account = fill(share)
    with database.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE" if database.vendor == "postgresql" else "ANALYZE")
    asked = questions(account)
    found: dict[str, Any] = {name: measured(ask) for name, ask in asked.items()}
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    for _ in range(3):
        for ask in asked.values():
            ask()
    found["grown"] = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    return found


def main(share: float = 1.0) -> None:
    from tests.services import postgres_cluster

    with tempfile.TemporaryDirectory(prefix="hb-bench-") as folder, postgres_cluster() as url:
        found = {
            "PostgreSQL": _in_a_process(share, folder, url),
            "SQLite": _in_a_process(share, folder, f"sqlite:///{Path(folder) / 'bench.sqlite3'}"),
        }
    PAGE.write_text(written_page(found, share))
    print(f"{PAGE.relative_to(ROOT)} is written")


def _in_a_process(share: float, folder: str, url: str) -> dict[str, Any]:
    given = {**os.environ, "DATABASE_URL": url, "DEBUG": "1", "VAR_DIR": folder, "LOG_LEVEL": "ERROR"}
    given["DJANGO_SETTINGS_MODULE"] = "harvest_bridge.settings"
    words = [sys.executable, "-m", "tests.bench.insights", "measure", str(share)]
    done = subprocess.run(words, env=given, cwd=ROOT, capture_output=True, text=True, check=True)
    answer: dict[str, Any] = json.loads(done.stdout.strip().splitlines()[-1])
    return answer


def written_page(found: dict[str, dict[str, Any]], share: float) -> str:
    lines = [
        "# What answers cost",
        "",
        f"{int(ENTRIES * share):,} time entries of {PEOPLE} people on {PROJECTS} projects in three years. Milliseconds",
        "from the question to the bytes of the answer: the median of seven, and the slowest. Written by `make bench`",
        "(`tests/bench/insights.py`).",
        "",
        "| question | PostgreSQL | at most | SQLite | at most |",
        "| --- | --- | --- | --- | --- |",
    ]
    for name, (postgres, sqlite) in BARS.items():
        cells = [f"{found[which][name][0]:,.0f} ({found[which][name][1]:,.0f})" for which in ("PostgreSQL", "SQLite")]
        lines.append(f"| {name} | {cells[0]} | {postgres:,} | {cells[1]} | {sqlite:,} |")
    grown = ", ".join(f"{each['grown']:,.0f} MB on {which}" for which, each in found.items())
    lines += ["", f"Memory after asking each three times more: {grown} more at its highest.", ""]
    return "\n".join(lines)


if __name__ == "__main__":
    if sys.argv[1:2] == ["measure"]:
        print(json.dumps(measure(float(sys.argv[2]))))
    else:
        main(float(sys.argv[1]) if len(sys.argv) > 1 else 1.0)
