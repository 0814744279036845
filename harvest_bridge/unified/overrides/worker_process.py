"""A worker process that evaluates expressions and can be killed at any moment."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

import orjson

from .worker import wire

_ROOT = str(Path(__file__).resolve().parents[3])
# Isolated (-I): neither the environment, with its secrets, nor the working directory reaches the child.
_START = (
    "import sys; sys.path.append(sys.argv[1]); from harvest_bridge.unified.overrides.worker.main import main; main()"
)
_START_SECONDS = 20.0
# jlens's allocator otherwise reserves 1 GiB at once, which the limit on memory could not count.
_ENVIRONMENT = {"MIMALLOC_ARENA_RESERVE": "32768"}  # KiB


class WorkerLost(Exception):
    """It was killed by us for being late, found no more memory, was killed by somebody else, or fell over."""

    def __init__(self, *, was_late: bool, was_out_of_memory: bool) -> None:
        super().__init__("late" if was_late else "out of memory" if was_out_of_memory else "dead")
        self.was_late = was_late
        self.was_out_of_memory = was_out_of_memory


class Worker:
    """One child. Shape of messages: `worker.main`."""

    def __init__(self) -> None:
        self._link, theirs = socket.socketpair()
        with theirs:
            self._process: subprocess.Popen[bytes] = subprocess.Popen(  # noqa: S603 (our own code; the path is no input)
                [sys.executable, "-I", "-c", _START, _ROOT],
                stdin=theirs.fileno(),
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                cwd="/",
                env=_ENVIRONMENT,
                start_new_session=True,
            )
        self._has_answered = False
        self.answered_bytes = 0
        self.is_alive = True

    @property
    def pid(self) -> int:
        return self._process.pid

    def ask(self, message: Any, *, seconds: float) -> None:
        """Errors: WorkerLost."""
        self._link.settimeout(self._max_wait(seconds))
        try:
            wire.send(self._link, message)
        except OSError as error:
            raise self._lost(error) from error

    def answer(self, *, seconds: float) -> Any:
        """The next message of the child, of `answered_bytes`. Errors: WorkerLost."""
        self._link.settimeout(self._max_wait(seconds))
        try:
            message = wire.receive_bytes(self._link)
        except (OSError, EOFError) as error:
            raise self._lost(error) from error
        self._has_answered, self.answered_bytes = True, len(message)
        return orjson.loads(message)

    def end(self) -> None:
        """Kill it, if need be, and bury it."""
        self.is_alive = False
        self._link.close()
        self._process.kill()
        self._process.wait()

    def _max_wait(self, seconds: float) -> float:
        """The first answer also waits for Python to start, which on a busy machine takes its time."""
        return max(seconds, 0.001) + (0 if self._has_answered else _START_SECONDS)

    def _lost(self, error: Exception) -> WorkerLost:
        """Rust aborts a process that gets no memory."""
        self.end()
        was_late = isinstance(error, TimeoutError)
        was_out_of_memory = not was_late and self._process.returncode == -signal.SIGABRT
        return WorkerLost(was_late=was_late, was_out_of_memory=was_out_of_memory)
