"""Clicks under faults and kills, entry by entry; writes docs/benchmarks-timer-faults.md.

`OPERATIONS=10000 python -m tests.bench.timer_faults` is the whole; without it, a fifth of that.
"""

from __future__ import annotations

import os
import random
import signal
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from harvest_bridge.console.supervisor import ManagedProcess
from harvest_bridge.env import ROOT
from harvest_bridge.sandbox.testing import RunningSandbox, running_sandbox
from tests.processes import Bridge, running_bridge
from tests.services import postgres_cluster, redis_server
from tests.timer_widget.fault_harness import FAULTS, KILLS, Kill, Outcome, clickers_of, kill_one, link, run

PAGE = ROOT / "docs" / "benchmarks-timer-faults.md"
PEOPLE = ["carmen", "dev", "elif", "finn", "grace", "hana", "ivan", "julia", "kwame", "bruno"]
PLENTY = 1_000_000
LIMITS = {
    "HARVEST_REQUESTS_PER_WINDOW": str(PLENTY),
    "HARVEST_TIMEOUT_SECONDS": "2",
    "HARVEST_QUIET_SECONDS": "8",
}


def main() -> None:
    operations = int(os.environ.get("OPERATIONS", "2000"))
    rows = FAULTS | KILLS
    pairs = max(1, operations // (2 * len(PEOPLE) * len(rows)))
    with running_sandbox() as sandbox:
        tables = []
        if os.environ.get("ONLY") != "PostgreSQL":
            tables.append(("SQLite, one web process and one worker", _one_of_each(sandbox, rows, pairs)))
        if os.environ.get("ONLY") != "SQLite":
            tables.append(("PostgreSQL and Redis, 4 web processes and 2 workers", _many(sandbox, rows, pairs)))
    PAGE.write_text(_page(tables))
    print(f"{PAGE.relative_to(ROOT)} is written")


def _one_of_each(sandbox: RunningSandbox, rows: Iterable[str], pairs: int) -> list[Outcome]:
    with (
        tempfile.TemporaryDirectory(prefix="hb-faults-") as folder,
        running_bridge(Path(folder), harvest_url=sandbox.url, with_worker=True, **LIMITS) as bridge,
    ):
        return [_row(bridge, sandbox, faults, pairs, kill_one) for faults in rows]


def _many(sandbox: RunningSandbox, rows: Iterable[str], pairs: int) -> list[Outcome]:
    with (
        tempfile.TemporaryDirectory(prefix="hb-faults-") as folder,
        postgres_cluster() as server,
        redis_server() as redis_url,
    ):
        settings = LIMITS | {"REDIS_URL": redis_url}
        with (
            running_bridge(
                Path(folder), harvest_url=sandbox.url, with_worker=True, database_url=server, **settings
            ) as bridge,
            _more_processes(bridge) as other_worker,
        ):

            def kill(bridge: Bridge, faults: str) -> None:
                is_web = "web" in faults or ("both" in faults and random.random() < 0.5)
                _kill_a_child(bridge) if is_web else _kill_a_worker(random.choice([bridge.worker, other_worker]))

            return [_row(bridge, sandbox, faults, pairs, kill) for faults in rows]


@contextmanager
def _more_processes(bridge: Bridge) -> Iterator[ManagedProcess]:
    bridge.web.stop()
    bridge.web.argv = [*bridge.web.argv, "--workers", "4"]
    bridge.web.start()
    bridge.web.wait_until_ready(timeout=120)
    worker = ManagedProcess(
        "worker 2", bridge.worker.argv, bridge.worker.environment, bridge.folder / "worker-2.log", None, ROOT
    )
    worker.start()
    yield worker
    worker.stop()


def _kill_a_child(bridge: Bridge) -> None:
    """uvicorn starts another one."""
    pid = bridge.web.pid
    children = [int(each) for each in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    serving = [each for each in children if "spawn_main" in Path(f"/proc/{each}/cmdline").read_text()]
    if len(serving) == 4:
        os.kill(random.choice(serving), signal.SIGKILL)


def _kill_a_worker(worker: ManagedProcess) -> None:
    worker.kill()
    worker.start()


def _row(bridge: Bridge, sandbox: RunningSandbox, faults: str, pairs: int, kill: Kill) -> Outcome:
    sandbox.reset()
    sandbox.switch(requests_per_window=PLENTY)
    tenant = f"{faults} {os.getpid()}"
    with clickers_of(bridge, sandbox, PEOPLE, tenant, lambda who: link(bridge, sandbox, tenant, who)) as people:
        outcome = run(bridge, sandbox, people, faults, pairs=pairs, kill=kill)
    print(outcome, flush=True)
    return outcome


def _page(tables: list[tuple[str, list[Outcome]]]) -> str:
    clicks = sum(each.operations for _, outcomes in tables for each in outcomes)
    return _TEXT.format(tables="\n".join(_table(title, outcomes) for title, outcomes in tables), operations=clicks)


def _table(title: str, outcomes: list[Outcome]) -> str:
    rows = [
        f"| {each.faults} | {each.operations:,} | {each.told_done:,} | {each.told_pending:,} | {each.right:,} | "
        f"{each.lost} | {each.doubled} | {len(each.wrong)} | {each.worst_seconds:.1f} |"
        for each in outcomes
    ]
    return "\n".join([f"## {title}", "", _HEAD, *rows, ""])


_HEAD = """| faults | clicks | told done | told pending | entries right | lost | doubled | wrong | worst seconds |
| --- | --- | --- | --- | --- | --- | --- | --- | --- |"""
_TEXT = """# The timer under faults

`make bench` writes this page with a fifth of the clicks; `OPERATIONS=10000 python -m tests.bench.timer_faults` is the
whole. Ten people start and stop timers, one pair after another at moments of the last three days, through a running
bridge in front of the sandbox, while faults of one kind meet about every third call, browsers lose answers or the
network, or a process is killed every few seconds; then every entry in Harvest is compared with what was clicked.
{operations:,} clicks in all. A write without an answer is awaited for 8 s (`HARVEST_QUIET_SECONDS`), and arrives 6 s
late at most.

An entry is right if it is one, has ended, and is as long as its clicks are apart, to 75 seconds: two hundredths of an
hour. A click is told as done if that is its first answer, else as pending (202). The worst is the longest time from a
click until it was told as done, while the faults of its kind went on.
Code: [fault_harness.py](../tests/timer_widget/fault_harness.py).

{tables}
"""

if __name__ == "__main__":
    main()
