"""Web process and worker under one supervisor: started together, started anew when one dies, stopped together.

`manage.py serve` becomes this program once the database is migrated: it needs nothing of Django's, and so 15 MB.
"""

from __future__ import annotations

import argparse
import os
import signal
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from harvest_bridge.console.supervisor import ManagedProcess, stop_all

FINISH_SECONDS = 30  # what is in flight may take so long after a SIGTERM
_LONGEST_WAIT = 30.0
_SOUND_AFTER_SECONDS = 60.0


@dataclass
class Restarts:
    """When a child that died is started again: after 1, 2, 4 … 30 s, and anew after 1 s once it ran for a minute."""

    started_at: float = 0.0
    wait: float = 1.0

    def died(self, now: float) -> float:
        """Seconds until its next start."""
        if now - self.started_at > _SOUND_AFTER_SECONDS:
            self.wait = 1.0
        wait, self.wait = self.wait, min(2 * self.wait, _LONGEST_WAIT)
        return wait


@dataclass
class Supervisor:
    """Keeps `processes` running until `stop` is called.

    A child that ends before all were ready once ends us too: its settings are wrong, and whoever started us must know.
    """

    processes: Sequence[ManagedProcess]
    _asked: threading.Event = field(default_factory=threading.Event)
    _restarts: dict[str, Restarts] = field(default_factory=dict)
    _due: dict[str, float] = field(default_factory=dict)

    def stop(self, *_: object) -> None:
        self._asked.set()

    def run(self) -> int:
        """The exit status: 0 when it was asked to stop, 1 when a child refused to start."""
        try:
            for process in self.processes:
                self._start(process)
            return self._keep_running() if self._became_ready() else 1
        finally:
            say("stopping: what is in flight is finished first")
            stop_all(self.processes, timeout=FINISH_SECONDS + 5)

    def _became_ready(self) -> bool:
        while not all(_is_ready(process) for process in self.processes):
            if self._asked.wait(0.1):
                return True
            dead = [process.name for process in self.processes if not process.is_alive]
            if dead:
                say(f"{dead[0]} ended before it was ready; what it said stands above")
                return False
        say("web process and worker are ready")
        return True

    def _keep_running(self) -> int:
        while not self._asked.wait(0.2):
            for process in self.processes:
                if not process.is_alive:
                    self._start_again(process)
        return 0

    def _start_again(self, process: ManagedProcess) -> None:
        now = time.monotonic()
        if process.name not in self._due:
            wait = self._restarts[process.name].died(now)
            self._due[process.name] = now + wait
            say(f"{process.name} ended by itself; it starts again in {wait:.0f} s")
        elif now >= self._due[process.name]:
            del self._due[process.name]
            self._start(process)

    def _start(self, process: ManagedProcess) -> None:
        self._restarts.setdefault(process.name, Restarts()).started_at = time.monotonic()
        process.start()


def _is_ready(process: ManagedProcess) -> bool:
    return process.is_alive and process.is_ready()


def processes(host: str, port: int, environment: Mapping[str, str]) -> list[ManagedProcess]:
    """The web process at `host` and `port`, and a worker. Both write where we do."""
    probed = "127.0.0.1" if host in ("0.0.0.0", "::") else host  # noqa: S104
    web = ["-m", "uvicorn", "harvest_bridge.asgi:application", "--host", host, "--port", str(port)]
    finish = ["--timeout-graceful-shutdown", str(FINISH_SECONDS)]
    return [
        _process("web", *web, *finish, environment=environment, ready_url=f"http://{probed}:{port}/health/ready"),
        _process("worker", "manage.py", "run_huey", environment=environment),
    ]


def _process(name: str, *argv: str, environment: Mapping[str, str], ready_url: str | None = None) -> ManagedProcess:
    return ManagedProcess(name, [sys.executable, *argv], environment, log=None, ready_url=ready_url)


def say(text: str) -> None:
    print(f"serve: {text}", file=sys.stderr, flush=True)


def main(argv: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="manage.py serve")
    parser.add_argument("--host", required=True)
    parser.add_argument("--port", type=int, required=True)
    options = parser.parse_args(argv)
    supervisor = Supervisor(processes(options.host, options.port, os.environ))
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, supervisor.stop)
    return supervisor.run()


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
