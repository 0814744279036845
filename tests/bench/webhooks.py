"""How fast webhooks are delivered: one worker on one core, on either database; and beside a receiver that hangs.

`python -m tests.bench.webhooks` writes the section on speed of docs/benchmarks-webhooks.md alone.
"""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from harvest_bridge.env import ROOT
from tests.bench.cores import MEASURED, OTHERS, stay_on
from tests.bench.targets import started
from tests.bench.webhook_page import SPEED, run_on, write_section
from tests.processes import Bridge, running_bridge
from tests.services import free_port, postgres_server

ROUNDS = 3
QUEUED, PACED, PER_SECOND = 3000, 1000, 50


@dataclass
class Speed:
    """Of one database, a value for each round. `alone` and `beside` are 95th percentiles in milliseconds."""

    per_second: list[float] = field(default_factory=list)
    alone: list[float] = field(default_factory=list)
    beside: list[float] = field(default_factory=list)
    burst_alone: list[float] = field(default_factory=list)
    burst_beside: list[float] = field(default_factory=list)


@dataclass
class Deliveries:
    """A bridge whose worker has a core to itself, and a receiver that keeps when each event came."""

    bridge: Bridge
    receiver: str

    def queue_drains(self, count: int) -> float:
        """Deliveries a second of a queue that waited for the worker."""
        with self.webhook("/hook"):
            self.bridge.worker.stop()
            self.happen(count)
            self.start_worker()
            arrived = sorted(self.arrivals(count).values())
        return (len(arrived) - 1) / (arrived[-1] - arrived[0])

    def latency(self, count: int, *, per_second: float, beside_a_dead_one: bool) -> float:
        """Milliseconds from an event's commit to its arrival, the 95th percentile."""
        with ExitStack() as made:
            made.enter_context(self.webhook("/hook"))
            if beside_a_dead_one:
                made.enter_context(self.webhook("/hang"))
            committed = self.happen(count, per_second=per_second)
            arrived = self.arrivals(count)
        waited = sorted(arrived[event_id] - at for event_id, at in committed.items())
        return waited[int(len(waited) * 0.95)] * 1000

    @contextmanager
    def webhook(self, path: str) -> Iterator[None]:
        made = self.bridge.api.post("/webhook", json={"target_url": self.receiver + path}).json()
        try:
            yield
        finally:
            self.bridge.api.delete(f"/webhook/{made['id']}")

    def happen(self, count: int, *, per_second: float = 0) -> dict[str, float]:
        """Event id -> when it was committed."""
        plan = {"host_app_id": self.bridge.host["host_app_id"], "count": count, "per_second": per_second}
        environment = {**self.bridge.environment, "DJANGO_SETTINGS_MODULE": "harvest_bridge.settings"}
        ran = subprocess.run(
            [sys.executable, "-m", "tests.bench.event_writer"],
            input=json.dumps({**plan, "together": 1 if per_second else 100}),
            cwd=ROOT,
            env=environment,
            stdout=subprocess.PIPE,
            text=True,
            check=True,
            preexec_fn=lambda: stay_on(OTHERS),
        )
        return {event_id: float(at) for event_id, at in map(str.split, ran.stdout.splitlines())}

    def arrivals(self, count: int, *, longest_seconds: float = 300) -> dict[str, float]:
        """Errors: TimeoutError."""
        found: dict[str, float] = {}
        deadline = time.monotonic() + longest_seconds
        while len(found) < count:
            if time.monotonic() > deadline:
                raise TimeoutError(f"{len(found)} of {count} came: {self.bridge.worker.last_lines()}")
            time.sleep(0.5)
            found |= httpx.get(f"{self.receiver}/got", trust_env=False).json()
        return found

    def start_worker(self) -> None:
        self.bridge.worker.start()
        time.sleep(0.5)
        stay_on(MEASURED, self.bridge.worker.pid)  # threads that it starts later inherit it


@contextmanager
def deliveries(database_url: str = "") -> Iterator[Deliveries]:
    with ExitStack() as at_the_end:
        folder = Path(at_the_end.enter_context(tempfile.TemporaryDirectory(prefix="hb-bench-")))
        port = free_port()
        receiver = started(at_the_end, folder, "receiver", port, ["-m", "tests.bench.webhook_receiver", str(port)])
        stay_on(OTHERS, receiver.pid)
        (folder / "bridge").mkdir()
        running = running_bridge(
            folder / "bridge",
            harvest_url="http://127.0.0.1:9",
            database_url=database_url,
            with_worker=True,
            WEBHOOK_ALLOW_LOOPBACK="1",
        )
        bridge = at_the_end.enter_context(running)
        stay_on(OTHERS, bridge.web.pid)
        stay_on(MEASURED, bridge.worker.pid)
        yield Deliveries(bridge, f"http://127.0.0.1:{port}")


def measure(database_url: str = "", *, rounds: int = ROUNDS) -> Speed:
    found = Speed()
    with deliveries(database_url) as one:
        one.latency(100, per_second=PER_SECOND, beside_a_dead_one=False)
        for number in range(rounds):
            found.per_second.append(one.queue_drains(QUEUED))
            # In turns, and in another order each time, as the machine is never quite still.
            for is_beside in (False, True) if number % 2 else (True, False):
                paced, burst = (found.beside, found.burst_beside) if is_beside else (found.alone, found.burst_alone)
                paced.append(one.latency(PACED, per_second=PER_SECOND, beside_a_dead_one=is_beside))
                burst.append(one.latency(PACED, per_second=0, beside_a_dead_one=is_beside))
            print(f"webhooks: round {number + 1} of {rounds}: {found}", flush=True)
    return found


TEXT = """
Written by `make bench` on {run_on}.

One worker on a core of its own; receiver, web process, database and whoever commits the events on another. Each number
is the median of {rounds} rounds, in brackets the best.

| | {databases} | goal |
| --- | {dashes} | --- |
{rows}

The receiver that hangs takes each request and never answers, and gets every event that the other one gets. A sudden
thousand is committed at once, so its last event waits until the others have gone. Of what
the hanging one gets four are under way at first and one later, each a socket that is waited for without taking a turn
of the loop; between rounds the ratios spread more than that, with whatever else runs on the machine.
"""


def _shown(values: Sequence[float], best: Callable[[Sequence[float]], float] = min) -> str:
    return f"{statistics.median(values):.0f} [{best(values):.0f}]"


def _ratio(these: Sequence[float], those: Sequence[float]) -> str:
    return f"{statistics.median(these) / statistics.median(those):.2f} [{min(these) / min(those):.2f}] ×"


def report(found: dict[str, Speed]) -> str:
    shown: dict[str, tuple[Callable[[Speed], str], str]] = {
        f"deliveries a second, of {QUEUED:,} that waited": (lambda one: _shown(one.per_second, max), "≥ 200"),
        f"from commit to arrival at {PER_SECOND} a second, p95, ms": (lambda one: _shown(one.alone), "≤ 1000"),
        "the same beside a receiver that hangs": (lambda one: _shown(one.beside), ""),
        "which is": (lambda one: _ratio(one.beside, one.alone), "≤ 1.05 ×"),
        f"from commit to arrival of a sudden {PACED:,}, p95, ms": (lambda one: _shown(one.burst_alone), ""),
        "the same beside a receiver that hangs ": (lambda one: _shown(one.burst_beside), ""),
        "which is ": (lambda one: _ratio(one.burst_beside, one.burst_alone), "≤ 1.05 ×"),
    }
    rows = [
        f"| {name.strip()} | {' | '.join(show(one) for one in found.values())} | {goal} |"
        for name, (show, goal) in shown.items()
    ]
    return TEXT.format(
        run_on=run_on(),
        rounds=len(next(iter(found.values())).alone),
        databases=" | ".join(found),
        dashes=" | ".join("---" for _ in found),
        rows="\n".join(rows),
    )


def main(rounds: int = ROUNDS) -> None:
    found = {"SQLite": measure(rounds=rounds)}
    with postgres_server() as server:
        found["PostgreSQL"] = measure(server.url, rounds=rounds)
    write_section(SPEED, report(found))


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
