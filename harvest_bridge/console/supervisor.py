"""Child processes that never outlive us: started in their own group, watched, stopped together."""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO
from urllib.error import HTTPError
from urllib.request import ProxyHandler, build_opener

PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None
_open_directly = build_opener(ProxyHandler({})).open


class ProcessDied(Exception):
    """A child ended by itself; the message has its name, exit status and last lines."""


def die_with_parent() -> None:
    """For `preexec_fn`: the kernel ends this child when its parent goes, even by kill -9. Linux only."""
    if _libc is not None:
        _libc.prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


def answers(url: str) -> bool:
    """Whether a GET on `url` is answered, and not by a 5xx; past any proxy of the shell's."""
    try:
        with _open_directly(url, timeout=2):
            return True
    except HTTPError as error:
        error.close()
        return error.code < 500
    except OSError:
        return False


@dataclass
class ManagedProcess:
    """One child: what to run, where it writes, and the address that tells when it is ready.

    Shape: `ready_url` None means ready as soon as it lives. `log` is written anew at each start; None: it writes where
    we do.
    """

    name: str
    argv: Sequence[str]
    environment: Mapping[str, str]
    log: Path | None
    ready_url: str | None = None
    directory: Path | None = None
    inherited: Sequence[int] = ()  # descriptors that it keeps, such as a socket that several processes listen on
    _process: subprocess.Popen[bytes] | None = field(default=None, init=False, repr=False)
    _read_up_to: int = field(default=0, init=False, repr=False)

    @property
    def pid(self) -> int:
        if self._process is None:
            raise ProcessDied(f"{self.name} does not run")
        return self._process.pid

    @property
    def is_alive(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def start(self) -> None:
        self._read_up_to = 0
        with self._output() as output:
            self._process = subprocess.Popen(  # noqa: S603
                list(self.argv),
                env=dict(self.environment),
                cwd=self.directory,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT if self.log else None,
                start_new_session=True,
                pass_fds=self.inherited,
                preexec_fn=die_with_parent,
            )

    def _output(self) -> contextlib.AbstractContextManager[IO[bytes] | None]:
        if self.log is None:
            return contextlib.nullcontext()
        self.log.parent.mkdir(parents=True, exist_ok=True)
        return self.log.open("wb")

    def is_ready(self) -> bool:
        """Errors: ProcessDied."""
        self.raise_if_dead()
        return self.ready_url is None or answers(self.ready_url)

    def wait_until_ready(self, *, timeout: float = 120.0) -> None:
        """Errors: ProcessDied; TimeoutError with the last lines."""
        deadline = time.monotonic() + timeout
        while not self.is_ready():
            if time.monotonic() > deadline:
                raise TimeoutError(f"{self.name} was not ready after {timeout:.0f} s:\n{self.last_lines()}")
            time.sleep(0.05)

    def raise_if_dead(self) -> None:
        if not self.is_alive:
            status = self._process.returncode if self._process else "not started"
            raise ProcessDied(f"{self.name} ended by itself (status {status}):\n{self.last_lines()}")

    def last_lines(self, count: int = 20) -> str:
        text = self.log.read_text(errors="replace") if self.log and self.log.exists() else ""
        return "\n".join(text.splitlines()[-count:]) or "(no output)"

    def new_lines(self) -> list[str]:
        """What it wrote to its log since the last call, in whole lines."""
        if self.log is None:
            return []
        with self.log.open("rb") as file:
            file.seek(self._read_up_to)
            whole = file.read().rpartition(b"\n")[0]
        self._read_up_to += len(whole) + 1 if whole else 0
        return whole.decode(errors="replace").splitlines()

    def ask_to_stop(self) -> None:
        self._signal_group(signal.SIGTERM)

    def stop(self, *, timeout: float = 10.0) -> None:
        """Stop the child and whatever it started, politely first; nothing is left when this returns."""
        self.ask_to_stop()
        if self._process is not None:
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(timeout)
        self.kill()

    def kill(self) -> None:
        """What a crash or the kernel's memory killer does: no warning, no clean-up."""
        self._signal_group(signal.SIGKILL)
        if self._process is not None:
            self._process.wait()
            self._process = None

    def _signal_group(self, number: int) -> None:
        if self._process is not None:
            with contextlib.suppress(ProcessLookupError, PermissionError):  # the whole group has ended already
                os.killpg(self._process.pid, number)


def stop_all(processes: Sequence[ManagedProcess], *, timeout: float = 10.0) -> None:
    """Ask all of them first, then wait for each, so that together they take as long as the slowest."""
    for process in processes:
        process.ask_to_stop()
    for process in processes:
        process.stop(timeout=timeout)
