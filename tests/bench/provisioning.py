"""What a typical won deal takes on a running bridge, with its worker, against a Harvest that answers in 50 ms.

`python -m tests.bench.provisioning` writes the section *A typical deal* of docs/benchmarks-provisioning.md.
"""

from __future__ import annotations

import statistics
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from harvest_bridge.sandbox.testing import RunningSandbox, running_sandbox
from tests.bench.provisioning_faults import FAULTS_HEADING, PAGE
from tests.bench.webhook_page import run_on
from tests.processes import Bridge, running_bridge
from tests.services import postgres_cluster
from tests.timer_widget.fault_harness import link

Json = dict[str, Any]
ROUNDS = 10
HARVEST_SECONDS = 0.05
LONGEST_WAIT = 60
MOST_CALLS, MOST_SECONDS = 20, 3.0
HEADING = "## A typical deal"
TEXT = """## A typical deal

Written by `make bench` on {run_on}.

One new client, one new project, five tasks that the account has, and eight people, {rounds} times each, on a running
bridge with a worker, against a Harvest that takes 50 ms for an answer. Seconds from the request to
`POST /provisioning/runs` until the run is completed; calls as Harvest's journal has them, the dry run's not among them.
Goal: {calls} calls and {seconds:.0f} s.

| database | deal | calls | seconds, median | slowest |
| --- | --- | --- | --- | --- |
{rows}

"""
_TASKS = ("Design", "Development", "Project Management", "Research", "Content")
_PEOPLE = ("bruno", "carmen", "dev", "elif", "finn", "grace", "hana", "ivan")
# What is special of the deal: whether it is planned first, whether its project has a code, how many default tasks.
KINDS: dict[str, tuple[bool, bool, int]] = {
    "begun at once": (False, False, 0),
    "begun at once, with a code": (False, True, 0),
    "dry run first, with a code": (True, True, 0),
    "begun at once, with a code, three default tasks": (False, True, 3),
}


@dataclass
class Deals:
    bridge: Bridge
    sandbox: RunningSandbox
    account: str

    def run(self, number: int, kind: str) -> tuple[int, float]:
        """Calls and seconds of one deal."""
        is_planned, has_code, defaults = KINDS[kind]
        with self.sandbox.world.lock:
            for task in self.sandbox.account.tasks:
                task.is_default = task.name in _TASKS[:defaults]
        body = _deal(number, has_code=has_code)
        if is_planned:
            self._post({**body, "dry_run": True})
        before, began = len(self.sandbox.requests()), time.perf_counter()
        run = self._post({**body, "wait": LONGEST_WAIT})
        seconds = time.perf_counter() - began
        assert run["status"] == "completed", run["error"]
        return len(self.sandbox.requests()) - before, seconds

    def _post(self, body: Json) -> Json:
        query = {"integrated_account_id": self.account}
        answer = self.bridge.api.post("/provisioning/runs", params=query, json=body, timeout=2 * LONGEST_WAIT)
        answer.raise_for_status()
        found: Json = answer.json()
        return found


def _deal(number: int, *, has_code: bool) -> Json:
    project = {"name": "Web shop", "bill_by": "Project", "hourly_rate": 120, "budget_by": "project", "budget": 200}
    return {
        "external_id": f"deal-{number}",
        "client": {"name": f"Customer {number:04}"},
        "project": project | ({"code": f"C-{number:04}"} if has_code else {}),
        "tasks": [{"name": name} for name in _TASKS],
        "people": [{"email": f"{name}@fennelfinch.example"} for name in _PEOPLE],
    }


def measured(database_url: str = "") -> Iterator[tuple[str, int, list[float]]]:
    """By kind of deal: the most calls, and each deal's seconds."""
    with ExitStack() as at_the_end:
        folder = Path(at_the_end.enter_context(tempfile.TemporaryDirectory(prefix="hb-deal-")))
        sandbox = at_the_end.enter_context(running_sandbox(entries=50))
        bridge = at_the_end.enter_context(
            running_bridge(folder, harvest_url=sandbox.url, with_worker=True, database_url=database_url)
        )
        link(bridge, sandbox, "acme", "alice", is_account=True)
        account = bridge.api.get("/integrated-account", params={"tenant_id": "acme"}).json()["result"][0]["id"]
        sandbox.switch(latency_seconds=HARVEST_SECONDS)
        deals, number = Deals(bridge, sandbox, account), 0
        deals.run(number, next(iter(KINDS)))  # once the worker is there
        for kind in KINDS:
            found = []
            for _ in range(ROUNDS):
                number += 1
                found.append(deals.run(number, kind))
            yield kind, max(calls for calls, _ in found), [seconds for _, seconds in found]


def main() -> None:
    rows = []
    for database in ("SQLite", "PostgreSQL"):
        with ExitStack() as at_the_end:
            url = at_the_end.enter_context(postgres_cluster()) if database == "PostgreSQL" else ""
            for kind, calls, seconds in measured(url):
                rows.append(
                    f"| {database} | {kind} | {calls} | {statistics.median(seconds):.2f} | {max(seconds):.2f} |"
                )
                print(rows[-1], flush=True)
    shown = "\n".join(rows)
    text = TEXT.format(run_on=run_on(), rounds=ROUNDS, calls=MOST_CALLS, seconds=MOST_SECONDS, rows=shown)
    before, _, after = PAGE.read_text().partition(FAULTS_HEADING)
    PAGE.write_text(before.partition(HEADING)[0] + text + FAULTS_HEADING + after)
    print(f"docs/{PAGE.name} is written")


if __name__ == "__main__":
    main()
