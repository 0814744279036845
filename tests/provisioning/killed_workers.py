"""Invariant 32 with real processes: deals in pairs that race for one client, while workers are ended by kill -9.

Harvest loses answers, throttles, resets connections, is late, and is edited by hand. Its own journal tells what was
carried out, whether the answer arrived or not; it is compared with the plans, and its records with what was asked.
"""

from __future__ import annotations

import random
import threading
import time
import uuid
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from harvest_bridge.console.supervisor import ManagedProcess, ProcessDied
from harvest_bridge.env import ROOT
from harvest_bridge.sandbox.journal import Journal
from harvest_bridge.sandbox.testing import RunningSandbox, running_sandbox
from tests.processes import Bridge, running_bridge
from tests.timer_widget.fault_harness import link

from .journals import Deal, Journals

Json = dict[str, Any]
_PLENTY = 1_000_000
START = {
    "HARVEST_REQUESTS_PER_WINDOW": str(_PLENTY),
    "HARVEST_TIMEOUT_SECONDS": "5",
    "HARVEST_QUIET_SECONDS": "15",
    "PROVISIONING_THREADS": "8",
}
# About one request in seven.
_PENDING_FAULTS, _WITHIN = 4, 60
FAULTS: list[Json] = [
    {"kind": "status", "path": "/v2/*", "status": 429, "retry_after": 1},
    {"kind": "status", "path": "/v2/*", "status": 503},
    {"kind": "html_error", "path": "/v2/*"},
    {"kind": "reset", "path": "/v2/*"},
    {"kind": "cut_body", "path": "/v2/*"},
    {"kind": "lost_answer", "method": "P*", "path": "/v2/*"},
    {"kind": "lost_answer", "method": "POST", "path": "/v2/*"},
    {"kind": "truncated_json", "method": "P*", "path": "/v2/*"},
    {"kind": "latency", "method": "POST", "path": "/v2/*", "seconds": 7},  # after the bridge has given up
]
_TASKS = ("Design", "Development", "Research", "Content", "Quality Assurance")
_PEOPLE = ("bruno", "carmen", "dev", "elif", "finn", "grace", "hana", "ivan")
_LONGEST_SECONDS = 600.0


@dataclass
class KilledWorkers:
    """One run. Shape: `happened` counts what went wrong, or was done by hand; `problems` is what must stay empty."""

    bridge: Bridge
    sandbox: RunningSandbox
    workers: list[ManagedProcess]
    deals: int
    seed: int = 1
    account: str = ""
    happened: Counter[str] = field(default_factory=Counter)
    problems: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.random = random.Random(self.seed)
        self.sandbox.world.journal = Journal(size=_PLENTY)
        self.wanted = {f"deal-{number}": self._wanted(number) for number in range(self.deals)}
        self.told = {name: Deal(name, wanted) for name, wanted in self.wanted.items()}

    def _wanted(self, number: int) -> Json:
        """Each pair is for one new client, spelled in two ways, and for a task that nobody has yet."""
        client = f"{number // 2:04} Racing Client"
        names = [*self.random.sample(_TASKS, 3), f"Workshop {number // 2:04}"]
        project = {"name": f"Project {number:04}", "code": f"P-{number:04}", "budget_by": "project", "budget": 10}
        return {
            "client": {"name": client if number % 2 else client.upper().replace(" ", "  ")},
            "project": project,
            "tasks": [{"name": name} for name in names],
            "people": [{"email": f"{name}@fennelfinch.example"} for name in self.random.sample(_PEOPLE, 4)],
        }

    def go(self, *, clients: int = 4, kill_every: int = 100) -> None:
        """A worker is killed after so many requests, about; in this thread, as its child would end with another."""
        pairs = [list(self.told.values())[place : place + 2] for place in range(0, self.deals, 2)]
        with ThreadPoolExecutor(clients) as pool:
            asked = [pool.submit(self._ask_for_pair, pair) for pair in pairs]
            self._until(lambda: self._is_over(asked), kill_every)
            for future in asked:
                future.result()
        self._look()

    def _ask_for_pair(self, pair: list[Deal]) -> None:
        """Both planned, mostly; then both begun, twice each, at the same moment."""
        if self.random.random() < 0.8:
            for deal in pair:
                deal.keep(self.post("runs", {**deal.wanted, "external_id": deal.name, "dry_run": True})["plan"])
        events = [deal for deal in pair for _ in range(2)]
        threads = [threading.Thread(target=self._begin, args=[deal]) for deal in events]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    def _begin(self, deal: Deal) -> None:
        deal.run_ids.add(self.post("runs", {**deal.wanted, "external_id": deal.name})["id"])

    def post(self, path: str, body: Json) -> Json:
        """As a host does: again until there is an answer."""
        until = time.monotonic() + _LONGEST_SECONDS
        while time.monotonic() < until:
            with suppress(httpx.HTTPError):
                answer = self.bridge.api.post(
                    f"/provisioning/{path}", json=body, params={"integrated_account_id": self.account}
                )
                if answer.status_code in (200, 202):
                    found: Json = answer.json()
                    return found
                assert answer.status_code == 429 or answer.status_code >= 500, answer.text
                time.sleep(min(float(answer.headers.get("Retry-After", 0)), 1))
            time.sleep(0.1)
        raise AssertionError(f"{path}: was never taken")

    def runs(self, **query: object) -> list[Json]:
        answer = self.bridge.api.get(
            "/provisioning/runs", params={"integrated_account_id": self.account, "limit": 100, **query}
        )
        assert answer.status_code == 200, answer.text
        found: list[Json] = answer.json()["result"]
        return found

    def _until(self, is_over: Callable[[], bool], kill_every: int) -> None:
        """Faults, kills and edits by hand, until every deal is done; a person continues what has stopped."""
        until, next_kill = time.monotonic() + _LONGEST_SECONDS + self.deals * 2, kill_every
        while not is_over():
            assert time.monotonic() < until, [self.runs(status=status) for status in ("queued", "running", "waiting")]
            self._order_faults()
            self._edit_by_hand()
            self._continue_what_stopped()
            if (received := len(self.sandbox.requests())) >= next_kill:
                self._kill(self.random.choice(self.workers))
                next_kill = received + self.random.randrange(kill_every // 2, kill_every * 2)
            time.sleep(0.05)
        self.sandbox.clear_faults()

    def _is_over(self, asked: list[Future[None]]) -> bool:
        """One that goes from state to state may escape a look at each; those that are complete stay so."""
        if not all(future.done() for future in asked):
            return False
        if any(self.runs(status=status, limit=1) for status in ("queued", "running", "waiting", "blocked")):
            return False
        return sum(1 for _ in self._completed()) == self.deals

    def _completed(self) -> Iterator[Json]:
        query: Json = {"integrated_account_id": self.account, "status": "completed", "limit": 100}
        while query.get("next_cursor", True):
            page = self.bridge.api.get("/provisioning/runs", params=query).json()
            yield from page["result"]
            query["next_cursor"] = page["next_cursor"]

    def _order_faults(self) -> None:
        while len(self.sandbox.world.faults.pending()) < _PENDING_FAULTS:
            self.sandbox.fault(**self.random.choice(FAULTS), after=self.random.randrange(_WITHIN))

    def _kill(self, worker: ManagedProcess) -> None:
        worker.kill()
        self.happened["kill -9 of a worker"] += 1
        worker.start()

    def _edit_by_hand(self) -> None:
        """Somebody takes people off projects, edits notes, and makes a client that a deal is about to make."""
        account, choose = self.sandbox.account, self.random
        with self.sandbox.world.lock:
            ours = [one for one in account.user_assignments if one.project.name.startswith("Project ")][-200:]
            if ours and choose.random() < 0.05:
                taken = choose.choice(ours)
                account.user_assignments.remove(taken)
                self.told[_deal_of(taken.project.name)].taken_off.add(taken.user.id)
                self.happened["a person taken off by hand"] += 1
            projects = [one for one in account.projects if one.name.startswith("Project ")][-50:]
            if projects and choose.random() < 0.2:
                choose.choice(projects).notes = f"edited {choose.random()}"
                self.happened["notes edited by hand"] += 1

    def _continue_what_stopped(self) -> None:
        for run in self.runs(status="waiting", limit=20):
            if run["status"] == "waiting" and not (run["error"] or {}).get("code"):
                self.problems.append(f"{run['external_id']} waits without a reason")
        for run in self.runs(status="blocked"):
            error = run["error"] or {}
            if not error.get("code") or not error.get("message"):
                self.problems.append(f"{run['external_id']} is blocked without a reason")
            self.happened[f"blocked: {error.get('code')}"] += 1
            self.told[run["external_id"]].keep(self.whole(run["id"])["plan"], is_new=True)
            self.post(f"runs/{run['id']}/continue", {})

    def whole(self, run_id: str) -> Json:
        answer = self.bridge.api.get(f"/provisioning/runs/{run_id}", params={"integrated_account_id": self.account})
        assert answer.status_code == 200, answer.text
        found: Json = answer.json()
        return found

    def _look(self) -> None:
        received = self.sandbox.requests()
        self.happened["requests"] = len(received)
        self.happened.update(f"fault: {one.fault}" for one in received if one.fault)
        self.happened["e-mails"] = len(list(self.sandbox.world.outbox))
        journals = Journals(self.sandbox, self.told)
        for deal in self.told.values():
            if len(deal.run_ids) != 1:
                self.problems.append(f"{deal.name} has {len(deal.run_ids)} runs")
            for run_id in deal.run_ids:
                journals.compare(deal, self.whole(run_id))
        journals.compare_pairs()
        journals.count_records()
        self.problems += journals.problems
        self.happened["as the dry run said"] = journals.as_planned
        self.happened["as a plan said that was continued with"] = journals.as_continued


def _deal_of(project_name: str) -> str:
    return f"deal-{int(project_name.split()[1])}"


@contextmanager
def running(
    folder: Path, deals: int, *, workers: int, database_url: str = "", seed: int = 1
) -> Iterator[KilledWorkers]:
    with (
        ExitStack() as at_the_end,
        running_sandbox(entries=50) as sandbox,
        running_bridge(folder, harvest_url=sandbox.url, with_worker=True, database_url=database_url, **START) as bridge,
    ):
        sandbox.switch(requests_per_window=_PLENTY)
        tenant, processes = uuid.uuid4().hex, [bridge.worker]
        link(bridge, sandbox, tenant, "alice", is_account=True)
        for number in range(1, workers):
            log = bridge.folder / f"worker-{number}.log"
            process = ManagedProcess(f"worker {number}", bridge.worker.argv, bridge.environment, log, None, ROOT)
            at_the_end.callback(process.stop)
            process.start()
            processes.append(process)
        run = KilledWorkers(bridge, sandbox, processes, deals, seed)
        run.account = bridge.api.get("/integrated-account", params={"tenant_id": tenant}).json()["result"][0]["id"]
        yield run
        with suppress(ProcessDied):
            sandbox.clear_faults()
