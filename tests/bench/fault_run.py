"""Events through days of a dead receiver while workers are killed and the database restarts: real processes."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any

from standardwebhooks import Webhook, WebhookVerificationError

from harvest_bridge.console.supervisor import ManagedProcess, stop_all
from harvest_bridge.env import ROOT
from tests.processes import Bridge, running_bridge
from tests.services import PostgresServer, free_port, postgres_server
from tests.webhooks.receiver import Got, running_receiver, status

_HOUR = 3600.0
_SETTINGS = {"DJANGO_SETTINGS_MODULE": "harvest_bridge.settings"}


@dataclass(frozen=True)
class Plan:
    """Half of the kills and restarts fall into the time of the dead receiver, the others into that after it.

    Shape: `dead_hours` pass in `dead_seconds`. Of these nobody listens in the first half; in the second all is
    answered 503, `turned_away` deliveries at least.
    """

    events: int = 100_000
    dead_hours: float = 72
    dead_seconds: float = 360
    kills: int = 20
    restarts: int = 2
    seconds_between: float = 8
    writers: int = 4
    workers: int = 2
    turned_away: int = 100
    longest_seconds: float = 3000

    @property
    def times_as_fast(self) -> float:
        return self.dead_hours * _HOUR / self.dead_seconds


@dataclass
class Ledger:
    """What the receiver keeps. `changed` are ids that came with another body, `refused` what did not verify."""

    secret: str
    is_well: bool = False
    bodies: dict[str, bytes] = field(default_factory=dict)
    times: Counter[str] = field(default_factory=Counter)
    turned_away: int = 0
    changed: set[str] = field(default_factory=set)
    refused: int = 0

    async def __call__(self, got: Got, writer: Any) -> None:
        if not self.is_well:
            self.turned_away += 1
            await status(503)(got, writer)
            return
        self._keep(got)
        await status(200)(got, writer)

    def _keep(self, got: Got) -> None:
        try:
            event = Webhook(self.secret).verify(got.body, got.headers)
        except WebhookVerificationError:
            self.refused += 1
            return
        event_id = got.headers["webhook-id"]
        self.times[event_id] += 1
        if self.bodies.setdefault(event_id, got.body) != got.body or event["id"] != event_id:
            self.changed.add(event_id)


@dataclass
class Outcome:
    """Ids: `happened` as writers had them committed, `polled` as the stream has them, `received` by the receiver."""

    happened: set[str]
    polled: dict[str, Any]
    ledger: Ledger
    attempts: int
    kills: int
    restarts: int

    @property
    def lost(self) -> set[str]:
        return (self.happened | set(self.polled)) - set(self.ledger.bodies)

    @property
    def strange(self) -> set[str]:
        """Received though the stream does not have them."""
        return set(self.ledger.bodies) - set(self.polled)

    @property
    def polled_otherwise(self) -> set[str]:
        return {one for one, event in self.polled.items() if event != json.loads(self.ledger.bodies.get(one, b"0"))}

    @property
    def repeated(self) -> int:
        return sum(times > 1 for times in self.ledger.times.values())

    @property
    def has_gaps(self) -> bool:
        return [event["sequence"] for event in self.polled.values()] != list(range(1, len(self.polled) + 1))


class FaultRun:
    """One run on one database.

    A writer whose commit was not answered writes the same again, so the stream may have more than `happened`.
    """

    def __init__(self, plan: Plan, bridge: Bridge, restart_database: Callable[[], None] | None) -> None:
        self.plan, self.bridge, self._restart_server = plan, bridge, restart_database
        self.kills = self.restarts = 0
        self._port = free_port()
        self._made = bridge.api.post("/webhook", json={"target_url": f"http://127.0.0.1:{self._port}/hook"}).json()
        self.ledger = Ledger(self._made["secret"])
        self._workers = [self._worker(number) for number in range(plan.workers)]

    def _worker(self, number: int) -> ManagedProcess:
        words = ["-m", "tests.bench.fast_worker", datetime.now(UTC).isoformat(), str(self.plan.times_as_fast)]
        environment = {**self.bridge.environment, **_SETTINGS}
        log = self.bridge.folder / f"worker-{number}.log"
        return ManagedProcess(f"worker {number}", [sys.executable, *words], environment, log, directory=ROOT)

    def run(self) -> Outcome:
        with ExitStack() as at_the_end:
            at_the_end.callback(stop_all, self._workers)
            for worker in self._workers:
                worker.start()
            writers = [at_the_end.enter_context(self._writer(number)) for number in range(self.plan.writers)]
            self._through_the_dead_time(at_the_end)
            self.ledger.is_well = True
            self._faults(self.plan.kills - self.kills, self.plan.restarts - self.restarts, self.plan.seconds_between)
            happened = {line.split()[0] for writer in writers for line in _lines_of(writer)}
            _wait_until(self._is_all_delivered, self.plan.longest_seconds)
            return self._outcome(happened)

    def _through_the_dead_time(self, at_the_end: ExitStack) -> None:
        plan, began = self.plan, time.monotonic()
        kills, restarts = plan.kills // 2, plan.restarts // 2
        gap = plan.dead_seconds / 2 / (kills + restarts + 1)
        self._faults(kills // 2, restarts, gap)
        _sleep_until(began + plan.dead_seconds / 2)
        at_the_end.enter_context(running_receiver(self._port)).answers = [self.ledger]
        self._faults(kills - kills // 2, 0, gap)
        _sleep_until(began + plan.dead_seconds)
        _wait_until(lambda: self.ledger.turned_away >= plan.turned_away, self.plan.longest_seconds)

    def _faults(self, kills: int, restarts: int, gap: float) -> None:
        for number in range(kills + restarts):
            time.sleep(gap)
            if number == (kills + restarts) // 2 and restarts:
                self._restart()
            else:
                self._kill(self._workers[self.kills % len(self._workers)])

    def _kill(self, worker: ManagedProcess) -> None:
        worker.kill()
        worker.start()
        self.kills += 1

    def _restart(self) -> None:
        """PostgreSQL's server; SQLite lives in our processes, so all of them are killed at once."""
        if self._restart_server is not None:
            self._restart_server()
        else:
            processes = [self.bridge.web, *self._workers]
            for process in processes:
                process.kill()
            for process in processes:
                process.start()
            self.bridge.web.wait_until_ready()
        self.restarts += 1

    @contextmanager
    def _writer(self, number: int) -> Iterator[subprocess.Popen[bytes]]:
        share = self.plan.events // self.plan.writers
        # All is written by the time that nine tenths of the dead time are over.
        pace = share / (self.plan.dead_seconds * 0.9)
        plan = {"host_app_id": self.bridge.host["host_app_id"], "count": share, "together": 20, "per_second": pace}
        environment = {**self.bridge.environment, **_SETTINGS}
        words = [sys.executable, "-m", "tests.bench.event_writer"]
        log = (self.bridge.folder / f"writer-{number}.log").open("w+b")
        with log, subprocess.Popen(words, stdin=subprocess.PIPE, stdout=log, env=environment, cwd=ROOT) as process:
            process.output = log  # type: ignore[attr-defined]
            _input_of(process).write(json.dumps(plan).encode())
            _input_of(process).close()
            try:
                yield process
            finally:
                process.kill()

    def _is_all_delivered(self) -> bool:
        shown = self.bridge.api.get(f"/webhook/{self._made['id']}").json()
        return bool(self.ledger.bodies) and not shown["pending_count"]

    def _outcome(self, happened: set[str]) -> Outcome:
        polled: dict[str, Any] = {}
        path, query = f"/webhook/{self._made['id']}/events", {"limit": "1000"}
        while page := self.bridge.api.get(path, params=query).json():
            if not page["result"]:
                break
            polled |= {event["id"]: event for event in page["result"]}
            query["after"] = page["next_cursor"]
        code = "from harvest_bridge.webhooks.models import Attempt; print(Attempt.objects.count())"
        attempts = int(self.bridge.manage("shell", "--no-imports", "-c", code).split()[-1])
        return Outcome(happened, polled, self.ledger, attempts, self.kills, self.restarts)


def on_sqlite(plan: Plan, folder: Path) -> Outcome:
    with _bridge(folder, "") as bridge:
        return FaultRun(plan, bridge, None).run()


def on_postgresql(plan: Plan, folder: Path) -> Outcome:
    with postgres_server() as server, _bridge(folder, server.url) as bridge:
        return FaultRun(plan, bridge, lambda: _restart(server)).run()


@contextmanager
def _bridge(folder: Path, database_url: str) -> Iterator[Bridge]:
    settings = {"WEBHOOK_ALLOW_LOOPBACK": "1"}
    with running_bridge(folder, harvest_url="http://127.0.0.1:9", database_url=database_url, **settings) as bridge:
        yield bridge


def _restart(server: PostgresServer) -> None:
    server.stop()
    time.sleep(1)
    server.start()


def _lines_of(process: subprocess.Popen[bytes]) -> list[str]:
    """Errors: RuntimeError where a writer failed."""
    if process.wait() != 0:
        raise RuntimeError("a writer failed")
    log: IO[bytes] = process.output  # type: ignore[attr-defined]
    log.seek(0)
    return log.read().decode().splitlines()


def _input_of(process: subprocess.Popen[bytes]) -> IO[bytes]:
    assert process.stdin is not None
    return process.stdin


def _wait_until(is_so: Callable[[], bool], longest_seconds: float) -> None:
    """Errors: TimeoutError."""
    deadline = time.monotonic() + longest_seconds
    while not is_so():
        if time.monotonic() > deadline:
            raise TimeoutError(f"not within {longest_seconds} seconds")
        time.sleep(0.2)


def _sleep_until(moment: float) -> None:
    time.sleep(max(0.0, moment - time.monotonic()))
