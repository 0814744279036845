"""Many open pages and many clicks on one process of one core; `python -m tests.bench.timer_load` writes
docs/benchmarks-timer-load.md alone. Bars: issue 16, section 12, and widget.md E14, E17.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from harvest_bridge.env import ROOT
from harvest_bridge.sandbox.testing import RunningSandbox, running_sandbox
from tests.bench.cores import MEASURED, OTHERS, cpu_seconds, stay_on, waited_seconds
from tests.processes import Bridge, running_bridge
from tests.timer_widget.fault_harness import link

PAGE = ROOT / "docs" / "benchmarks-timer-load.md"
# Each account has an allowance of its own: at 50 clicks a second, 75 of its 100 calls in 15 s.
ACCOUNTS, PEOPLE, PAGES_EACH, PAGES = 20, 100, 20, 2000
IDLE_SECONDS = int(os.environ.get("IDLE_SECONDS", "60"))
CLICKS_A_SECOND, CLICK_SECONDS = int(os.environ.get("CLICKS_A_SECOND", "50")), 40
ALONE_CLICKS = 100
PLENTY = 1_000_000
PREPARE = """
import json
from harvest_bridge.connections.models import Connection
from harvest_bridge.unified.identities.models import Identity
from timer_widget.models import Person
from timer_widget.sessions.exchange import open_session
sessions = []
for number, user_id in enumerate({user_ids!r}):
    tenant_id = f"load-{{number % {accounts}}}"
    connection = Connection.objects.get(tenant_id=tenant_id, kind="account")
    Identity.objects.create(connection=connection, external_id=str(user_id), state="matched", harvest_user_id=user_id)
    person = Person.objects.create(host_app=connection.host_app, tenant_id=tenant_id, user_id=str(user_id))
    opened = [open_session(person=person, origin={origin!r}, item_ids=None)[1] for _ in range({pages})]
    sessions.append(opened)
print(json.dumps(sessions))
"""


@dataclass
class Load:
    """Units: megabytes, shares of one core, milliseconds."""

    pages: int = 0
    still_open: int = 0
    growth: float = 0.0
    idle: float = 0.0
    signs: int = 0
    looks: float = 0.0
    start: dict[int, float] = field(default_factory=dict)
    clicks: list[float] = field(default_factory=list)
    not_done: int = 0
    a_second: float = 0.0
    core: float = 0.0
    waited: float = 0.0
    each: float = 0.0
    upstream: float = 0.0
    mean_load: str = ""


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="hb-load-") as folder, running_sandbox(entries=75_000) as sandbox:
        limits = {"MAX_CONNECTIONS": "8000", "MAX_CONNECTIONS_PER_ADDRESS": "8000", "LOG_LEVEL": "WARNING"}
        with running_bridge(Path(folder), harvest_url=sandbox.url, **limits) as bridge:
            write(measure(bridge, sandbox))
    print(f"{PAGE.relative_to(ROOT)} is written")


def measure(bridge: Bridge, sandbox: RunningSandbox) -> Load:
    sandbox.switch(requests_per_window=PLENTY)
    for number in range(ACCOUNTS):
        link(bridge, sandbox, f"load-{number}", "alice", is_account=True)
    users = [user for user in sandbox.account.users if user.is_active][:PEOPLE]
    given = {"user_ids": [user.id for user in users], "origin": bridge.host_origin, "pages": PAGES_EACH}
    given["accounts"] = ACCOUNTS
    sessions = json.loads(bridge.manage("shell", "-c", PREPARE.format(**given)).splitlines()[-1])
    people = [_person(sandbox, user, opened[0]) for user, opened in zip(users, sessions, strict=True)]
    pid, found = bridge.web.pid, Load(mean_load=" ".join(f"{each:.1f}" for each in os.getloadavg()))
    stay_on(MEASURED, pid)
    stay_on(OTHERS)
    clicked(bridge, people, count=2 * PEOPLE, per_second=10)  # what is asked once is known
    with pages_open(bridge, [sessions[0][0]]):
        found.start[1] = _middle(clicked(bridge, people, count=ALONE_CLICKS, per_second=5))
    every = [session for opened in zip(*sessions, strict=True) for session in opened][:PAGES]
    before = _megabytes(pid)
    with pages_open(bridge, every) as streams:
        found.pages = len(every)
        time.sleep(10)
        _measure_idle(found, pid, sandbox)
        found.growth = _megabytes(pid) - before
        print(
            f"{found.growth:.0f} MB, {found.idle * 100:.1f} % of the core, {found.looks:.0f} calls in 15 s", flush=True
        )
        began = cpu_seconds(pid)
        few = clicked(bridge, people, count=ALONE_CLICKS, per_second=5)
        found.start[PAGES], found.each = _middle(few), (cpu_seconds(pid) - began) / ALONE_CLICKS - found.idle / 5
        began, waited, upstream = cpu_seconds(pid), waited_seconds(pid), cpu_seconds(os.getpid())
        said = clicked(bridge, people, count=CLICKS_A_SECOND * CLICK_SECONDS, per_second=CLICKS_A_SECOND)
        found.core = (cpu_seconds(pid) - began) / said["seconds"]
        found.waited = (waited_seconds(pid) - waited) / said["seconds"]
        found.upstream = (cpu_seconds(os.getpid()) - upstream) / said["seconds"]
        found.clicks, found.not_done = said["milliseconds"], said["not_done"]
        found.a_second = (len(found.clicks) + found.not_done) / said["seconds"]
        assert streams.stdin is not None
        assert streams.stdout is not None
        streams.stdin.close()
        still_open, found.signs = map(int, streams.stdout.readline().split())
        found.still_open = still_open
    return found


def _measure_idle(found: Load, pid: int, sandbox: RunningSandbox) -> None:
    sandbox.journal.clear()
    before, began = cpu_seconds(pid), time.monotonic()
    time.sleep(IDLE_SECONDS)
    took = time.monotonic() - began
    found.idle = (cpu_seconds(pid) - before) / took
    found.looks = len(sandbox.requests()) / took * 15


@contextmanager
def pages_open(bridge: Bridge, sessions: list[str]) -> Iterator[subprocess.Popen[str]]:
    argv = [sys.executable, "-m", "tests.bench.timer_pages"]
    with subprocess.Popen(argv, cwd=ROOT, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(json.dumps({"port": int(bridge.url.rpartition(":")[2]), "sessions": sessions}) + "\n")
        process.stdin.flush()
        assert int(process.stdout.readline()) == len(sessions)
        yield process
        process.stdin.close()
        process.stdout.read()


def clicked(bridge: Bridge, people: list[dict[str, Any]], *, count: int, per_second: float) -> dict[str, Any]:
    plan = json.dumps({"url": bridge.url, "people": people, "count": count, "per_second": per_second}) + "\n"
    argv = [sys.executable, "-m", "tests.bench.timer_clicks"]
    ended = subprocess.run(argv, cwd=ROOT, input=plan, text=True, stdout=subprocess.PIPE, check=True)
    said: dict[str, Any] = json.loads(ended.stdout)
    return said


def _person(sandbox: RunningSandbox, user: Any, session: str) -> dict[str, Any]:
    account = sandbox.account
    project = next(each.project for each in account.user_assignments if each.user is user and each.project.is_active)
    task = next(each.task for each in account.task_assignments if each.project is project and each.is_active)
    return {"session": session, "pick": {"project_id": project.id, "task_id": task.id, "notes": ""}}


def _megabytes(pid: int) -> float:
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return int(next(line for line in lines if line.startswith("VmRSS")).split()[1]) / 1024


def _middle(said: dict[str, Any]) -> float:
    return statistics.median(said["milliseconds"])


TEXT = """# The timer under load

Written by `make bench`: one web process on one core, SQLite, in front of the sandbox on another core with the clients;
load average when it began: {mean_load}. {people} people of {accounts} accounts, each through its administrator's
connection; {pages:,} open pages.
A click's time is the whole of it as its page sees it, with the two calls to the sandbox, which answers at once.

| | measured | bar |
| --- | --- | --- |
{rows}
"""


def write(found: Load) -> None:
    share = statistics.quantiles(found.clicks, n=20)
    rows: list[tuple[str, str, str]] = [
        (f"MB of memory for {found.pages:,} open streams", f"{found.growth:.0f}", "≤ 100"),
        ("streams still open after the clicks", f"{found.still_open:,}", f"{found.pages:,}"),
        ("% of the core while nobody clicks", f"{found.idle * 100:.1f}", "≤ 10"),
        ("calls of Harvest in 15 s meanwhile, for each account", f"{found.looks / ACCOUNTS:.1f}", "≤ 20"),
        (f"clicks a second, of {CLICKS_A_SECOND} that were to come for {CLICK_SECONDS} s", f"{found.a_second:.1f}", ""),
        ("clicks not done at once", f"{found.not_done}", "≤ 0"),
        ("ms of a click, p50", f"{statistics.median(found.clicks):.0f}", ""),
        ("ms of a click, p95", f"{share[18]:.0f}", "≤ 100"),
        ("% of the core meanwhile", f"{found.core * 100:.0f}", ""),
        ("ms of processor time for each click", f"{found.core / found.a_second * 1000:.1f}", ""),
        ("ms of processor time for each click at five a second", f"{found.each * 1000:.1f}", ""),
        ("% of the time in which a thread of ours was ready and had no core", f"{found.waited * 100:.0f}", ""),
        ("% of the other core that the sandbox took meanwhile", f"{found.upstream * 100:.0f}", ""),
        ("ms of a click, p50, at five a second and one open page", f"{found.start[1]:.0f}", ""),
        (f"ms of the same with {found.pages:,} open pages", f"{found.start[PAGES]:.0f}", ""),
    ]
    table = "\n".join(f"| {name} | {value} | {bar} |" for name, value, bar in rows)
    PAGE.write_text(
        TEXT.format(rows=table, people=PEOPLE, accounts=ACCOUNTS, pages=found.pages, mean_load=found.mean_load)
    )


if __name__ == "__main__":
    main()
